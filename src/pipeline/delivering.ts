// The deliveries of one record, begun one after the other as the budget has room, and done when all are.
// Invariant: each holds its part of the budget until what ends or parks it is acknowledged.
import type { Delivery } from '../domain/delivery.ts'
import type { EventsInHand } from '../progress/events-in-hand.ts'
import type { Grant, Hold, InFlightBudget, WorkKind } from '../progress/in-flight-budget.ts'
import type { CallOrder } from './call-order.ts'
import { deliver } from './delivery-life.ts'
import type { DeliveryWrites } from './delivery-writes.ts'
import { endedWith } from './ended-span.ts'
import type { DeliveryWorld, LifeResult, LifeSignals } from './delivery-world.ts'
import type { TakeTurns } from './take-turns.ts'

export interface DeliveringWorld {
  readonly delivery: DeliveryWorld
  readonly budget: InFlightBudget
  readonly inHand: EventsInHand
  readonly turns: TakeTurns
  /** Null: a call's start and end are not kept in order. */
  readonly order: CallOrder | null
}

/** `left`: the offset must not be committed; whoever reads the partition next begins anew. */
export type RecordResult = 'finished' | 'left'

export interface TakenRecord {
  readonly signals: LifeSignals
  /** Called exactly once, with `finished` only when all that the record led to is acknowledged. */
  done(result: RecordResult): void
}

/** Done with this result once all that was written for it is acknowledged, and left where it is not. Never rejects. */
export async function doneOnceWritten(
  taken: TakenRecord,
  result: RecordResult,
  writes: DeliveryWrites,
): Promise<void> {
  taken.done((await writes.settled()) ? result : 'left')
}

export interface Batch {
  readonly deliveries: readonly Delivery[]
  /** Bytes that each of them keeps alive. */
  readonly bytes: number
  readonly from: 'event' | 'retry_topic'
}

/** Null: all have begun. Where the budget has no room, resolves when they have; not when they are over. */
export function deliverAll(
  { deliveries, bytes, from }: Batch,
  taken: TakenRecord,
  world: DeliveringWorld,
): Promise<void> | null {
  const { budget, turns } = world
  const { clock } = world.delivery
  const takenAtMs = clock.monotonicMs()
  let remaining = deliveries.length
  let result: RecordResult = 'finished'
  const over = (life: LifeResult, hold: Hold): void => {
    budget.release(hold, clock.monotonicMs())
    if (life === 'left') result = 'left'
    remaining -= 1
    if (remaining === 0) taken.done(result)
  }
  const left = deliveries.values()
  const beginThoseLeft = (): Promise<void> | null => {
    for (const delivery of left) {
      const { event_type, account_id } = delivery.event
      const kind: WorkKind = from === 'retry_topic' ? 'parked' : event_type === 'call_start' ? 'start' : 'end'
      const hold = { bytes, accountId: account_id, kind }
      const granted = (grant: Grant): void => {
        const beginning = { takenAtMs, kind, grant, signals: taken.signals }
        void begin(delivery, beginning, world).then((life) => over(life, hold))
      }
      const asked = budget.acquire(hold, clock.monotonicMs())
      if (asked instanceof Promise) return asked.then(granted).then(beginThoseLeft).then(nothing)
      granted(asked)
    }
    return null
  }
  turns.took(deliveries.length)
  return beginThoseLeft()
}

function nothing(): void {}

interface Beginning {
  readonly takenAtMs: number
  readonly kind: WorkKind
  readonly grant: Grant
  readonly signals: LifeSignals
}

function begin(given: Delivery, beginning: Beginning, world: DeliveringWorld): Promise<LifeResult> {
  const { takenAtMs, kind, grant, signals } = beginning
  const { deliveryId, webhookId, event, trace } = given
  const about = { deliveryId, webhookId, eventId: event.event_id, accountId: event.account_id }
  const span = world.delivery.tracer.begin({ kind: 'delivery', ...about }, trace)
  const delivery = span.context === trace ? given : { ...given, trace: span.context }
  const { untilStartTried, outOfTheWay } = placeInCall(delivery, world)
  const taken = { takenAtMs, urgency: kind, grant, signals, untilStartTried, outOfTheWay }
  const life = deliver(delivery, taken, world.delivery)
  return endedWith(span, life, (result) =>
    result === 'ended' ? { kind: 'done' } : { kind: 'failed', reason: 'left' },
  )
}

const free = { untilStartTried: null, outOfTheWay: () => {} }

/** Only where neither was tried or put off yet: what comes back later may pass the other. */
function placeInCall(
  { event, webhookId, progress }: Delivery,
  { order, delivery: { table } }: DeliveringWorld,
): { readonly untilStartTried: Promise<void> | null; outOfTheWay(): void } {
  const entry = table.find(webhookId)
  if (order === null || entry?.kind !== 'valid' || progress.attempts + progress.deferrals > 0) return free
  const { call_id, event_type } = event
  const { origin } = entry.webhook
  return event_type === 'call_start'
    ? { ...free, outOfTheWay: order.startTaken(call_id, origin) }
    : { ...free, untilStartTried: order.untilStartTried(call_id, origin) }
}
