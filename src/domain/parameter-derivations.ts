// Parameters that follow from stored ones: flags, durations and phone digits.
// Invariant: where what they follow from is not known, or clocks contradict each other, the answer is null and
// never a guess, since a receiver cannot tell a guess from a fact.
import type { ParameterValue } from './parameter-entry.ts'
import type { CallEventRecord } from './records.ts'

/** E.164: a plus, no leading zero, at most 15 digits. */
const phoneNumber = /^\+([1-9]\d{1,14})$/

const year10000Ms = Date.UTC(10_000, 0)

/** Digits of an E.164 number; null for a SIP address, an extension or any other text. */
export function digitsOf(number: string | null): string | null {
  return number === null ? null : (phoneNumber.exec(number)?.[1] ?? null)
}

/** Whether an operator answered. A start is sent only for a connected call, so there silence means yes. */
export function isAnswered(event: CallEventRecord): boolean | null {
  return event.is_answered ?? (event.event_type === 'call_start' ? true : null)
}

/** When the conversation began, or the call arrived if it was never connected. */
export function startOfCall(event: CallEventRecord): ParameterValue {
  const connected = wasConnected(event)
  if (connected === null) return null
  const ms = connected ? event.time_answer : event.time_received
  return ms === null ? null : { kind: 'time', ms }
}

/** Whole seconds of conversation; 0 only where it is certain that nobody answered. */
export function talkSeconds(event: CallEventRecord): number | null {
  return wasConnected(event) === false ? 0 : wholeSeconds(event.time_answer, event.time_end)
}

/** Whole seconds until the answer, or until the end of a call that was never connected. */
export function waitSeconds(event: CallEventRecord): number | null {
  const connected = wasConnected(event)
  if (connected === null) return null
  return wholeSeconds(event.time_received, connected ? event.time_answer : event.time_end)
}

/**
 * Seconds between two epoch milliseconds, rounded down; null where one is missing or they run backwards, and where one
 * is written as not known: before 1970, where platforms put times that they do not know, or after 9999.
 */
export function wholeSeconds(fromMs: number | null, toMs: number | null): number | null {
  if (fromMs === null || toMs === null || toMs < fromMs) return null
  if (fromMs < 0 || toMs >= year10000Ms) return null
  return Math.floor((toMs - fromMs) / 1000)
}

/** Null: the platform said neither whether anybody answered nor when. */
function wasConnected(event: CallEventRecord): boolean | null {
  return isAnswered(event) ?? (event.time_answer === null ? null : true)
}
