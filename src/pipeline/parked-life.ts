// The life of a record of a retry topic that is due: its deliveries go on, or it is moved on because its receiver asked
// for more time than the topic's delay, or they are dropped as copies.
import type { CallEvent } from '../domain/call-event.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
import { largestDelayWithin } from '../domain/retry-delays.ts'
import { resume } from '../join/join.ts'
import type { ParkedDecoder, SourceRecord } from '../ports.ts'
import type { ParkedCopies } from '../progress/parked-copies.ts'
import { deliverAll } from './delivering.ts'
import type { DeliveringWorld } from './delivering.ts'
import { DeliveryWrites } from './delivery-writes.ts'
import { begun, horizonsIn, putAside } from './event-life.ts'
import type { BeginLife, EventWorld, TracedRecord } from './event-life.ts'
import { sizeOf } from './intake-queue.ts'
import { withoutCopies } from './without-copies.ts'

export interface ParkedWorld {
  readonly event: EventWorld
  readonly decoder: ParkedDecoder
}

/** As readEvent. `copies`: of the deliveries of this partition number. */
export async function readParked(
  record: SourceRecord,
  signal: AbortSignal,
  world: ParkedWorld,
  copies: ParkedCopies,
): Promise<BeginLife> {
  const decoded = await world.decoder.decode(record, signal)
  const parent = decoded.kind === 'parked' ? decoded.parked.trace : null
  return (taken) =>
    begun(taken, { record, parent }, world.event, (traced) =>
      decoded.kind === 'parked'
        ? goOn(decoded, record, traced, world.event, copies)
        : putAside(decoded, record, traced, world.event),
    )
}

function goOn(
  { parked, event }: { readonly parked: ParkedDelivery; readonly event: CallEvent },
  record: SourceRecord,
  whole: TracedRecord,
  { delivering }: EventWorld,
  copies: ParkedCopies,
): Promise<void> | null {
  const { clock, table } = delivering.delivery
  const all = resume({ ...parked, trace: whole.trace }, event, horizonsIn(table))
  const { deliveries, taken } = withoutCopies(
    all,
    { position: record.position, taken: whole },
    copies,
    delivering.delivery,
  )
  if (deliveries.length === 0) {
    taken.done('finished')
    return null
  }
  // A copy that is moved on, too, would count its parkings apart from then on, and pass for a delivery of its own.
  const waitMs = (parked.progress.notBeforeMs ?? 0) - clock.nowMs()
  if (waitMs > 0)
    return moveOn({ parked, event, waitMs }, record, { ...taken, trace: whole.trace }, delivering)
  return deliverAll({ deliveries, bytes: sizeOf(record), from: 'retry_topic' }, taken, delivering)
}

/** Resolves when the budget has room for it: what is behind it may be due, and does not wait for its being written. */
async function moveOn(
  { parked, event, waitMs }: { parked: ParkedDelivery; event: CallEvent; waitMs: number },
  record: SourceRecord,
  taken: TracedRecord,
  { delivery, budget }: DeliveringWorld,
): Promise<void> {
  const { clock, observer, settings } = delivery
  const hold = { bytes: sizeOf(record), accountId: event.account_id, kind: 'parked' } as const
  const asked = budget.acquire(hold, clock.monotonicMs())
  if (asked instanceof Promise) await asked
  const writes = new DeliveryWrites(delivery, taken.signals, taken.trace)
  // It waits for that time now; one that waited for room would be due at once where there is some.
  const progress = { ...parked.progress, parkedTimes: parked.progress.parkedTimes + 1, expectedAtMs: null }
  writes.park({ ...parked, progress }, largestDelayWithin(settings.retry.delaysMs, waitMs), null)
  observer.observe({ kind: 'moved_on' })
  void writes.settled().then((acknowledged) => {
    budget.release(hold, clock.monotonicMs())
    taken.done(acknowledged ? 'finished' : 'left')
  })
}
