// A configured name with the value it has in one event: what every encoder is given.
import type { ParameterValue } from '../domain/parameter-catalogue.ts'

export interface RenderedPair {
  /** Already safe to send. */
  readonly name: string
  /** Null = not known (yet). */
  readonly value: ParameterValue
}
