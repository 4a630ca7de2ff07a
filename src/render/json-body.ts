// The body of a JSON POST: one flat object with the client's own names.
// Written member by member because an object literal would swallow a name such as `__proto__` and reorder
// names that look like array indices.
import type { ParameterValue } from '../domain/parameter-catalogue.ts'
import { sendable } from '../domain/sendable-text.ts'
import { isoSeconds } from './plain-text.ts'
import type { RenderedPair } from './rendered-pair.ts'

/** A value that is not known is `null`; names are unique by validation. */
export function jsonBody(pairs: readonly RenderedPair[]): string {
  return `{${pairs.map(({ name, value }) => `${JSON.stringify(name)}:${jsonValue(value)}`).join(',')}}`
}

function jsonValue(value: ParameterValue): string {
  if (typeof value === 'string') return JSON.stringify(sendable(value))
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if ('kind' in value) return JSON.stringify(isoSeconds(value.ms))
  return JSON.stringify(value.map(sendable))
}
