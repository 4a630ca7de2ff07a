// What one source of settings, a file or the environment, had to say.
import type { NamedSetting } from './setting.ts'

/** A value that a source gives to a setting, unchecked. */
export interface GivenValue {
  readonly setting: NamedSetting
  /** The name by which the source is told in a fault: an environment name or a file's path. */
  readonly origin: string
  readonly value: unknown
}

/** Values in the order in which they count, and what of the source could not be read at all. */
export interface SourceReading {
  readonly given: readonly GivenValue[]
  readonly faults: readonly string[]
}
