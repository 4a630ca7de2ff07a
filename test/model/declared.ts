// What the group's commits say is finished, read by the letter of the format and not by the code under test: everything
// below the offset, and of `u1:` metadata what is not listed. After the prefix stand, in base64, varints: the
// distance from the offset to the end of what is known, then the distances between unfinished offsets, the first of
// which is the committed one.
import type { CommittedProgress } from '../../src/ports.ts'

export interface Declared {
  readonly offset: number
  /** Behind the offset. */
  readonly finished: ReadonlySet<number>
}

export const nothingDeclared: Declared = { offset: 0, finished: new Set() }

export function declaredBy({ offset, metadata }: CommittedProgress): Declared {
  const from = Number(offset)
  if (metadata === '') return { offset: from, finished: new Set() }
  if (!metadata.startsWith('u1:')) throw new Error(`metadata of another kind: ${metadata}`)
  const [length = 0, ...distances] = varints(Buffer.from(metadata.slice(3), 'base64'))
  const unfinished = new Set([from])
  let last = from
  for (const distance of distances) {
    last += distance
    unfinished.add(last)
  }
  const behind = Array.from({ length }, (_, index) => from + index)
  return { offset: from, finished: new Set(behind.filter((each) => !unfinished.has(each))) }
}

export function isDeclared({ offset, finished }: Declared, each: number): boolean {
  return each < offset || finished.has(each)
}

function varints(bytes: Uint8Array): number[] {
  const numbers: number[] = []
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte % 128) * scale
    scale *= 128
    if (byte >= 128) continue
    numbers.push(value)
    value = 0
    scale = 1
  }
  return numbers
}
