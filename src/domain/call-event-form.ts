// A call event as a person writes it down for a dry run: its fields by name, as JSON.
// Invariant: what is read has every field of the record, each of the type that the topic's schema gives it; nothing
// is converted but a time, so that what is rendered from it is what the same event in the topic would give.
import type { CallEvent, EventType } from './call-event.ts'
import { eventTypes } from './call-event.ts'
import { shapeOf } from './form-object.ts'
import { nearestName } from './nearest-name.ts'
import { findParameter, parameterCatalogue } from './parameter-catalogue.ts'
import { readTimeText } from './time-text.ts'
import type { WebhookFault } from './webhook-fault.ts'

export type CallEventReading =
  | { readonly kind: 'valid'; readonly event: CallEvent }
  | { readonly kind: 'invalid'; readonly faults: readonly WebhookFault[] }

type FieldKind = 'id' | 'event_type' | 'text' | 'number' | 'flag' | 'time' | 'list'

interface Field {
  readonly name: string
  readonly kind: FieldKind
  readonly presence: 'required' | 'nullable'
}

type Value = string | number | boolean | readonly string[] | null
type Refusal = Pick<WebhookFault, 'rule' | 'found' | 'allowed'>
type ValueReading = { readonly value: Value } | { readonly refusal: Refusal }

const required: ReadonlyMap<string, FieldKind> = new Map([
  ['event_id', 'id'],
  ['event_type', 'event_type'],
  ['call_id', 'id'],
  ['account_id', 'id'],
])

// The stored parameters are the event's fields; only the event's own time is none.
const fields: readonly Field[] = [
  { name: 'occurred_at', kind: 'time', presence: 'required' },
  ...parameterCatalogue.filter(({ derivedFrom }) => derivedFrom.length === 0).map(fieldOf),
]

const fieldNames: ReadonlySet<string> = new Set(fields.map(({ name }) => name))

/** Avro's `int`: the largest count or number of seconds that a record can hold. */
const maxInt = 2_147_483_647
/** The largest time that JavaScript can tell, in epoch milliseconds. */
const maxTimeMs = 8_640_000_000_000_000
/** Unknown fields told one by one: a form may be anything. */
const maxUnknownFields = 20

const allowedOf: Readonly<Record<FieldKind, string>> = {
  id: 'text of 1 to 200 characters without a line feed',
  event_type: eventTypes.join(', '),
  text: 'text or null',
  number: `a whole number up to ${maxInt}, or null`,
  flag: 'true, false or null',
  time: 'a time such as 2026-03-14T09:15:02Z, or epoch milliseconds',
  list: 'a list of texts, or null',
}

/** Absent nullable fields are null. Never throws; every fault of the form is told. */
export function readCallEventForm(form: unknown): CallEventReading {
  if (typeof form !== 'object' || form === null || Array.isArray(form)) {
    const found = `the call event is ${shapeOf(form)}`
    return invalid([{ path: '', rule: 'type', found, allowed: 'an object with the fields of a call event' }])
  }
  const given = new Map<string, unknown>(Object.entries(form))
  const unknown = [...given.keys()].filter((name) => !fieldNames.has(name))
  const faults = unknown.slice(0, maxUnknownFields).map(unknownField)
  const values: Record<string, Value> = {}
  for (const field of fields) {
    const read = readField(field, given.get(field.name) ?? null)
    if ('refusal' in read) faults.push({ path: field.name, ...read.refusal })
    else values[field.name] = read.value
  }
  return faults.length > 0 ? invalid(faults) : { kind: 'valid', event: values as unknown as CallEvent }
}

function fieldOf({ name, type }: { readonly name: string; readonly type: string }): Field {
  const kind = required.get(name)
  if (kind !== undefined) return { name, kind, presence: 'required' }
  const isOwnKind = type === 'number' || type === 'flag' || type === 'time' || type === 'list'
  return { name, kind: isOwnKind ? type : 'text', presence: 'nullable' }
}

function readField({ kind, presence }: Field, given: unknown): ValueReading {
  const refuse = (rule: WebhookFault['rule'], found: string): ValueReading => ({
    refusal: { rule, found, allowed: allowedOf[kind] },
  })
  if (given === null) return presence === 'nullable' ? { value: null } : refuse('required', 'is missing')
  const mistyped = (): ValueReading => refuse('type', `is ${shapeOf(given)}`)
  switch (kind) {
    case 'id':
      if (typeof given !== 'string') return mistyped()
      if (given === '' || given.length > 200) return refuse('length', `has ${given.length} characters`)
      return given.includes('\n') ? refuse('form', 'contains a line feed') : { value: given }
    case 'event_type':
      if (typeof given !== 'string') return mistyped()
      return isEventType(given) ? { value: given } : refuse('one_of', 'is none that is known')
    case 'text':
      return typeof given === 'string' ? { value: given } : mistyped()
    case 'flag':
      return typeof given === 'boolean' ? { value: given } : mistyped()
    case 'number':
      if (typeof given !== 'number') return mistyped()
      return Number.isInteger(given) && Math.abs(given) <= maxInt
        ? { value: given }
        : refuse('range', `is ${given}`)
    case 'time':
      return readTime(given, refuse) ?? mistyped()
    case 'list':
      if (!Array.isArray(given)) return mistyped()
      return given.every((item): item is string => typeof item === 'string')
        ? { value: given }
        : refuse('type', 'holds something else than texts')
  }
}

function readTime(
  given: unknown,
  refuse: (rule: WebhookFault['rule'], found: string) => ValueReading,
): ValueReading | null {
  if (typeof given === 'number') {
    return Number.isInteger(given) && Math.abs(given) <= maxTimeMs
      ? { value: given }
      : refuse('range', `is ${given}`)
  }
  if (typeof given !== 'string') return null
  const epochMs = readTimeText(given)
  return epochMs === null ? refuse('form', 'is text that tells no time with its zone') : { value: epochMs }
}

function isEventType(text: string): text is EventType {
  return eventTypes.some((type) => type === text)
}

function invalid(faults: readonly WebhookFault[]): CallEventReading {
  return { kind: 'invalid', faults }
}

function unknownField(name: string): WebhookFault {
  const derivedFrom = findParameter(name)?.derivedFrom
  if (derivedFrom !== undefined) {
    const allowed = `what it follows from: ${derivedFrom.join(', ')}`
    return { path: name, rule: 'unknown_field', found: 'is computed, and no field of a call event', allowed }
  }
  const shown = name.slice(0, 64)
  const near = nearestName(shown, [...fieldNames])
  const allowed = near === null ? 'occurred_at and the stored call parameters' : `perhaps ${near} was meant`
  return { path: shown, rule: 'unknown_field', found: 'is no field of a call event', allowed }
}
