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

/** `recordTimestampMs`: epoch milliseconds; negative where the record has none, as Kafka writes it. */
export function eventTimeOf(event: CallEvent, recordTimestampMs: number, horizons: Horizons): EventTime {
  const differenceMs = Math.abs(event.occurred_at - recordTimestampMs)
  const trusted = recordTimestampMs < 0 || differenceMs <= horizons.toleranceMs
  const eventTimeMs = trusted ? event.occurred_at : recordTimestampMs
  return {
    eventTimeMs,
    expiresAtMs: eventTimeMs + horizons.horizonMs[event.event_type],
    distrustedByMs: trusted ? null : differenceMs,
  }
}
