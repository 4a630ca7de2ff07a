// What is left of a record's deliveries without those that are further already: copies, and those of an event that was
// read again after what it had led to.
// Invariant: an attempt that led to a later record has an outcome before the record that it was made from is finished.
import type { Delivery } from '../domain/delivery.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { ParkedCopies, TakenPlace } from '../progress/parked-copies.ts'
import { doneOnceWritten } from './delivering.ts'
import type { TakenRecord } from './delivering.ts'
import { DeliveryWrites } from './delivery-writes.ts'
import type { DeliveryWorld } from './delivery-world.ts'
import { untoldOutcome } from './outcome-of.ts'

export interface Remaining {
  readonly deliveries: readonly Delivery[]
  /** The record, done only when what is told of the others is acknowledged, too. */
  readonly taken: TakenRecord
}

/** `copies`: of the deliveries of the record's partition number. */
export function withoutCopies(
  deliveries: readonly Delivery[],
  { position, taken }: { readonly position: RecordPosition; readonly taken: TakenRecord },
  copies: ParkedCopies,
  world: DeliveryWorld,
): Remaining {
  const { clock, observer } = world
  let writes: DeliveryWrites | null = null
  const remaining = deliveries.filter((delivery) => {
    const { deliveryId, replay, progress } = delivery
    // Nearly all: their own text, not a copy of it, is what may be remembered.
    const key = replay === 0 ? deliveryId : `${deliveryId}/${replay}`
    const look = copies.look(key, progress, position, clock.monotonicMs())
    if (look.kind === 'new') return true
    observer.observe({ kind: 'copy_dropped' })
    if (look.kind === 'overtaken') {
      writes ??= new DeliveryWrites(world, taken.signals, delivery.trace)
      tellAttempts(delivery, look.by, writes, clock.nowMs())
    }
    return false
  })
  return { deliveries: remaining, taken: writes === null ? taken : doneWith(writes, taken) }
}

/**
 * Whoever made the attempts that led to `by` was to write their outcomes after it, and may have died in between. Where
 * they were written after all, these stand behind them under the same ids.
 */
function tellAttempts(delivery: Delivery, by: TakenPlace, writes: DeliveryWrites, nowMs: number): void {
  const { attempts, parkedTimes } = delivery.progress
  // Of one that is several parkings ahead, the records between tell of theirs.
  const last = by.parkedTimes === parkedTimes + 1 ? by.attempts : attempts + 1
  for (let attempt = attempts + 1; attempt <= last; attempt += 1) {
    const fault = attempt === by.attempts ? by.lastFault : null
    writes.outcome(untoldOutcome(delivery, { attempt, fault, parked: by.position, nowMs }), null)
  }
}

function doneWith(writes: DeliveryWrites, taken: TakenRecord): TakenRecord {
  return { signals: taken.signals, done: (result) => void doneOnceWritten(taken, result, writes) }
}
