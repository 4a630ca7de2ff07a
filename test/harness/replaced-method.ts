// A method of a class replaced at run time, for seeding a fault into code that stays as it is.

type Method<Owner, Name extends keyof Owner> = Owner[Name] extends (...given: infer Given) => infer Result
  ? (this: Owner, original: (...given: Given) => Result, ...given: Given) => Result
  : never

/**
 * Puts `method` in the place of one of a class's, once the answer is called; it is given the one that stood there, bound
 * to its owner. The answer's answer puts that one back.
 */
export function replace<Owner extends object, Name extends keyof Owner & string>(
  { prototype }: { readonly prototype: Owner },
  name: Name,
  method: Method<Owner, Name>,
): () => () => void {
  return () => {
    const original = Object.getOwnPropertyDescriptor(prototype, name)
    const value: unknown = original?.value
    if (original === undefined || typeof value !== 'function') throw new Error(`there is no ${name}`)
    const replacement = function (this: Owner, ...given: unknown[]): unknown {
      return Reflect.apply(method, this, [value.bind(this), ...given])
    }
    Object.defineProperty(prototype, name, { ...original, value: replacement })
    return () => Object.defineProperty(prototype, name, original)
  }
}
