// The body of an `application/x-www-form-urlencoded` POST, as a browser writes it: a space is `+`, a plus `%2B`.
import { sendable } from '../domain/sendable-text.ts'
import { plainText } from './encoder.ts'
import type { Encoder } from './encoder.ts'

export const formEncoder: Encoder = {
  clean: sendable,
  lead: (name) => name,
  write: (pairs) => ({
    text: new URLSearchParams(
      pairs.map(({ lead, value }): [string, string] => [lead, plainText(value)]),
    ).toString(),
    typeParameters: '',
  }),
}
