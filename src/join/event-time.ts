// How old an event is and until when it is worth delivering. The producer's own clock is believed as long as it
// agrees with the record's timestamp: one machine with a wrong date must not expire (or keep alive) its calls.
import type { CallEvent, EventType } from '../domain/call-event.ts'

export interface Horizons {
  /** Milliseconds after the event during which each type is worth delivering. */
  readonly horizonMs: Readonly<Record<EventType, number>>
  /** Milliseconds by which an event's own time may differ from its record's. */
  readonly toleranceMs: number
}

export interface EventTime {
  /** Epoch milliseconds. */
  readonly eventTimeMs: number
  readonly expiresAtMs: number
  /** Milliseconds between the two times where the event's own was not believed, else null. */
  readonly distrustedByMs: number | null
}

/** The year 9999's last millisecond. Times beyond it, or before 1970, could be neither added to nor written. */
const lastMs = 253_402_300_799_999

/** `recordTimestampMs`: epoch milliseconds; negative where the record has none, as Kafka writes it. */
export function eventTimeOf(event: CallEvent, recordTimestampMs: number, horizons: Horizons): EventTime {
  const differenceMs = Math.abs(event.occurred_at - recordTimestampMs)
  const trusted = recordTimestampMs < 0 || differenceMs <= horizons.toleranceMs
  const eventTimeMs = Math.min(Math.max(trusted ? event.occurred_at : recordTimestampMs, 0), lastMs)
  return {
    eventTimeMs,
    expiresAtMs: eventTimeMs + horizons.horizonMs[event.event_type],
    distrustedByMs: trusted ? null : differenceMs,
  }
}
