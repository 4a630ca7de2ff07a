// One record's life: decoded already, it becomes deliveries, a dead letter, or nothing.
// Invariant: `done` is called exactly once, with `finished` only when all that the event led to is acknowledged.
import type { CallEvent } from '../domain/call-event.ts'
import type { Delivery } from '../domain/delivery.ts'
import { deliveryIdOf } from '../join/delivery-id.ts'
import { eventTimeOf } from '../join/event-time.ts'
import type { EventTime, Horizons } from '../join/event-time.ts'
import { join } from '../join/join.ts'
import type { DeadLetterSink, DecodedEvent, SourceRecord } from '../ports.ts'
import type { InFlightBudget } from '../progress/in-flight-budget.ts'
import { deliver } from './delivery-life.ts'
import type { DeliveryWorld, LifeResult } from './delivery-life.ts'
import { sizeOf } from './intake-queue.ts'
import { fanoutOutcome } from './outcome-of.ts'

export interface EventWorld {
  readonly delivery: DeliveryWorld
  readonly deadLetters: DeadLetterSink
  readonly budget: InFlightBudget
  readonly horizons: Horizons
  readonly fanoutLimit: number
}

/** `left`: the offset must not be committed; whoever reads the partition next begins anew. */
export type EventResult = 'finished' | 'left'

interface Taken {
  readonly record: SourceRecord
  /** Cuts attempts short. */
  readonly signal: AbortSignal
  done(result: EventResult): void
}

/** Resolves when the event's deliveries have begun, not when they are over. Never rejects. */
export async function beginEvent(decoded: DecodedEvent, taken: Taken, world: EventWorld): Promise<void> {
  try {
    await dispatch(decoded, taken, world)
  } catch (error) {
    observeTrouble(error, world)
    taken.done('left')
  }
}

async function dispatch(decoded: DecodedEvent, taken: Taken, world: EventWorld): Promise<void> {
  const { observer } = world.delivery
  switch (decoded.kind) {
    case 'event':
      return fanOut(decoded.event, taken, world)
    case 'undecodable': {
      const { reason, detail } = decoded
      const { partition, offset } = taken.record.position
      await world.deadLetters.write({ record: taken.record, reason, detail })
      observer.observe({ kind: 'dead_lettered', reason, partition, offset })
      break
    }
    case 'unknown_type':
      observer.observe({ kind: 'event_skipped', reason: 'unknown_event_type' })
      break
  }
  taken.done('finished')
}

async function fanOut(event: CallEvent, taken: Taken, world: EventWorld): Promise<void> {
  const { delivery, horizons, fanoutLimit } = world
  const { clock, observer, table } = delivery
  const source = taken.record.position
  const time = eventTimeOf(event, taken.record.timestampMs, horizons)
  observeEvent(event, time, delivery)
  const joined = join({ event, source, time }, table.lookup(event).keys(), fanoutLimit)
  switch (joined.kind) {
    case 'deliveries':
      return deliverAll(joined.deliveries, taken, world)
    case 'no_match':
      observer.observe({ kind: 'event_skipped', reason: 'no_webhook' })
      break
    case 'too_many': {
      const about = { deliveryId: deliveryIdOf(event.event_id, ''), source, eventTimeMs: time.eventTimeMs }
      const outcome = fanoutOutcome(event, { ...about, nowMs: clock.nowMs() })
      observer.observe({ kind: 'outcome', outcome, detail: `${joined.matches} webhooks match` })
      await delivery.outcomes.write(outcome)
      break
    }
  }
  taken.done('finished')
}

async function deliverAll(deliveries: readonly Delivery[], taken: Taken, world: EventWorld): Promise<void> {
  const { delivery: deliveryWorld, budget } = world
  const takenAtMs = deliveryWorld.clock.monotonicMs()
  const bytes = sizeOf(taken.record)
  let remaining = deliveries.length
  let result: EventResult = 'finished'
  const over = (life: LifeResult): void => {
    budget.release(bytes)
    if (life === 'left') result = 'left'
    remaining -= 1
    if (remaining === 0) taken.done(result)
  }
  for (const delivery of deliveries) {
    await budget.acquire(bytes)
    deliver(delivery, takenAtMs, deliveryWorld, taken.signal).then(over, (error: unknown) => {
      observeTrouble(error, world)
      over('left')
    })
  }
}

function observeEvent(event: CallEvent, time: EventTime, { clock, observer }: DeliveryWorld): void {
  observer.observe({
    kind: 'event_taken',
    eventType: event.event_type,
    ageMs: clock.nowMs() - time.eventTimeMs,
  })
  if (time.distrustedByMs === null) return
  observer.observe({ kind: 'event_time_distrusted', differenceMs: time.distrustedByMs })
}

function observeTrouble(error: unknown, { delivery }: EventWorld): void {
  const text = error instanceof Error ? error.message : String(error)
  delivery.observer.observe({ kind: 'trouble', where: 'pipeline', error: text })
}
