// What the catalogue says about one call parameter, and how its value is told apart by those who write it.
// Invariant: a value that is not known is null; no 0, dash or false ever stands for "unknown".
import type { CallEventRecord } from './records.ts'

/**
 * A value ready to be written: text, id or phone number as string, count or seconds as number, flag as boolean,
 * list as array, time in epoch milliseconds; null = not known.
 */
export type ParameterValue = null | string | number | boolean | readonly string[] | ParameterTime

interface ParameterTime {
  readonly kind: 'time'
  /** Epoch milliseconds. */
  readonly ms: number
}

/**
 * What kind of value it is. `text` is free text of people or advertising, the only kind that may be shortened;
 * `word` comes from a small vocabulary or has a fixed form; an `id` or `phone` is never taken for a number.
 */
type ParameterType = 'id' | 'word' | 'text' | 'phone' | 'url' | 'number' | 'flag' | 'time' | 'list'

/** Whether an event of one type carries the value. `never`: it is sent as not known. */
type Availability = 'always' | 'when_known' | 'never'

/** The heading under which a parameter is listed. */
export type ParameterGroup =
  'identity' | 'numbers' | 'timing' | 'course' | 'recording' | 'visit' | 'account' | 'labels'

interface ParameterDescription {
  /** One sentence without its full stop. */
  readonly meaning: string
  readonly type: ParameterType
  /** Unit of a number that has one: seconds. */
  readonly unit?: 's'
  /** Form or usual vocabulary, where the type alone does not tell. */
  readonly format?: string
  readonly atStart: Availability
  readonly atEnd: Availability
  /** As JSON would show it; times in ISO 8601. All examples tell of the same call. */
  readonly example: string | number | boolean | readonly string[]
}

/** Name of a field of the call event that is a parameter as it stands. */
type StoredParameterName = Exclude<keyof CallEventRecord, 'occurred_at'>

interface StoredRow extends ParameterDescription {
  readonly name: StoredParameterName
  /** Only where the field alone does not say it all. */
  readonly value?: (event: CallEventRecord) => ParameterValue
}

interface DerivedRow extends ParameterDescription {
  readonly name: string
  readonly derivedFrom: readonly StoredParameterName[]
  readonly value: (event: CallEventRecord) => ParameterValue
}

/** A line of the catalogue as it is written down. */
export type ParameterRow = StoredRow | DerivedRow

/** Lines of the catalogue under their headings. */
export type ParameterRows = { readonly [Group in ParameterGroup]?: readonly ParameterRow[] }

/** A call parameter: what a client may pick as the value of a request's parameter. */
export interface Parameter<Name extends string = string> extends ParameterDescription {
  readonly name: Name
  readonly group: ParameterGroup
  /** Fields of the event that it is computed from; empty where it is a field itself. */
  readonly derivedFrom: readonly StoredParameterName[]
  /** The value in this event. Total: it throws for no event. */
  readonly value: (event: CallEventRecord) => ParameterValue
}
