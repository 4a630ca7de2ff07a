// One object of a form as JSON.parse gives it: known fields taken out by type, the rest refused by name.
// Invariants: null is the same as left out; a field that is refused gives null, so that its reader can go on and
// every fault is told. Names that objects inherit (`constructor`, `__proto__`) are names like any other.
import { nearestName } from './nearest-name.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { mask } from './webhook-rules.ts'

export interface FormObjectOptions<Name extends string> {
  /** Where it stands: `authentication`, `headers[2]`; empty for the form itself. */
  readonly path: string
  readonly fields: readonly Name[]
  readonly add: (fault: WebhookFault) => void
}

/** Names shown, and unknown fields told one by one: a form may be anything, also a hundred thousand fields. */
const maxShownName = 64
const maxUnknownFields = 20

const allowedTypes = {
  text: 'text',
  number: 'a number',
  flag: 'true or false',
  list: 'a list',
  object: 'an object',
} as const

/** Null, and a fault told, where the value is no object. */
export function readObject<Name extends string>(
  value: unknown,
  options: FormObjectOptions<Name>,
): FormObject<Name> | null {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return new FormObject(new Map(Object.entries(value)), options)
  }
  const { path, fields, add } = options
  add({ path, rule: 'type', found: `is ${shapeOf(value)}`, allowed: `an object of ${fields.join(', ')}` })
  return null
}

export class FormObject<Name extends string> {
  readonly #values: ReadonlyMap<string, unknown>
  readonly #path: string
  readonly #add: (fault: WebhookFault) => void

  constructor(values: ReadonlyMap<string, unknown>, { path, fields, add }: FormObjectOptions<Name>) {
    this.#values = values
    this.#path = path
    this.#add = add
    this.#refuseUnknown(fields)
  }

  /** Tells of the field's absence where it must be there. Null where it is absent. */
  require(name: Name): void {
    if (this.has(name)) return
    this.#add({ path: this.pathOf(name), rule: 'required', found: 'is missing', allowed: '' })
  }

  has(name: Name): boolean {
    return (this.#values.get(name) ?? null) !== null
  }

  text(name: Name): string | null {
    const value = this.#values.get(name) ?? null
    return value === null || typeof value === 'string' ? value : this.#mistyped(name, 'text')
  }

  /** A text that is shown as a mask; the mask itself is none of its values. */
  maskedText(name: Name): string | null {
    const text = this.text(name)
    if (text !== mask) return text
    this.#add(maskFault(this.pathOf(name)))
    return null
  }

  number(name: Name): number | null {
    const value = this.#values.get(name) ?? null
    return value === null || typeof value === 'number' ? value : this.#mistyped(name, 'number')
  }

  /** Here null is refused: nobody should switch a webhook on by not knowing whether it is. */
  flag(name: Name): boolean | null {
    const value = this.#values.get(name)
    if (value === undefined || typeof value === 'boolean') return value ?? null
    return this.#mistyped(name, 'flag')
  }

  /** `countFault`: what is wrong with that many entries; then none is looked at. */
  list(name: Name, countFault: (count: number) => WebhookFault | null): readonly unknown[] {
    const value = this.#values.get(name) ?? []
    if (!Array.isArray(value)) return this.#mistyped(name, 'list') ?? []
    const fault = countFault(value.length)
    // A hole is an entry that is missing.
    if (fault === null) return Array.from<unknown>(value)
    this.#add(fault)
    return []
  }

  object<Inner extends string>(name: Name, fields: readonly Inner[]): FormObject<Inner> | null {
    if (!this.has(name)) return null
    return readObject(this.#values.get(name), { path: this.pathOf(name), fields, add: this.#add })
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  #mistyped(name: Name, type: keyof typeof allowedTypes): null {
    const found = `is ${shapeOf(this.#values.get(name))}`
    this.#add({ path: this.pathOf(name), rule: 'type', found, allowed: allowedTypes[type] })
    return null
  }

  #refuseUnknown(fields: readonly Name[]): void {
    const known: ReadonlySet<string> = new Set(fields)
    const unknown = [...this.#values.keys()].filter((name) => !known.has(name))
    for (const name of unknown.slice(0, maxUnknownFields)) {
      const shown = name.slice(0, maxShownName)
      const near = nearestName(shown, fields)
      const allowed = near === null ? fields.join(', ') : `perhaps ${near} was meant`
      this.#add({
        path: this.pathOf(shown),
        rule: 'unknown_field',
        found: 'is no field of a webhook',
        allowed,
      })
    }
    const rest = unknown.length - maxUnknownFields
    if (rest <= 0) return
    const found = `has ${rest} more fields that no webhook has`
    this.#add({ path: this.#path, rule: 'unknown_field', found, allowed: fields.join(', ') })
  }
}

export function maskFault(path: string): WebhookFault {
  return {
    path,
    rule: 'form',
    found: `is ${mask}, which stands for a hidden value`,
    allowed: 'the value itself',
  }
}

/** What a value is, without showing it. */
export function shapeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'true or false'
  return typeof value === 'object' ? 'an object' : value === undefined ? 'missing' : `a ${typeof value}`
}
