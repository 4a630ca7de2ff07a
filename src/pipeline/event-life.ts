// One call event's life: decoded, it becomes deliveries, chunks of them, a dead letter, or nothing.
import type { CallEvent } from '../domain/call-event.ts'
import { traceContextIn } from '../domain/trace-context.ts'
import type { TraceContext } from '../domain/trace-context.ts'
import { deliveryIdOf } from '../join/delivery-id.ts'
import { eventTimeOf } from '../join/event-time.ts'
import type { EventTime, Horizons } from '../join/event-time.ts'
import { join } from '../join/join.ts'
import type { FanoutBounds, HorizonOf } from '../join/join.ts'
import type { DecodedEvent } from '../domain/decoded.ts'
import type { DeadLetterSink, EventDecoder, SourceRecord } from '../ports.ts'
import type { ParkedCopies } from '../progress/parked-copies.ts'
import type { GlobalTable } from '../table/global-table.ts'
import { DeliveryWrites } from './delivery-writes.ts'
import { deliverAll, doneOnceWritten } from './delivering.ts'
import type { DeliveringWorld, TakenRecord } from './delivering.ts'
import type { DeliveryWorld } from './delivery-world.ts'
import { sizeOf } from './intake-queue.ts'
import { fanoutOutcome } from './outcome-of.ts'
import { withoutCopies } from './without-copies.ts'

export interface EventWorld {
  readonly delivering: DeliveringWorld
  readonly decoder: EventDecoder
  readonly deadLetters: DeadLetterSink
  readonly horizons: Horizons
  readonly fanout: FanoutBounds
}

/** Begins what a record leads to. Null: that has begun; otherwise resolves when it has, and never rejects. */
export type BeginLife = (taken: TakenRecord) => Promise<void> | null

/**
 * Reads a record, at once where its schema is known. Rejects when `signal` aborts before it could be read. `copies`: of
 * the deliveries of its partition number.
 */
export function readEvent(
  record: SourceRecord,
  signal: AbortSignal,
  world: EventWorld,
  copies: ParkedCopies,
): BeginLife | Promise<BeginLife> {
  const decoded = world.decoder.decode(record, signal)
  return decoded instanceof Promise
    ? decoded.then((later) => beginningOf(later, record, world, copies))
    : beginningOf(decoded, record, world, copies)
}

function beginningOf(
  decoded: DecodedEvent,
  record: SourceRecord,
  world: EventWorld,
  copies: ParkedCopies,
): BeginLife {
  return (taken) => {
    const beginning = { record, parent: traceContextIn(record.headers) }
    if (decoded.kind !== 'event')
      return begun(taken, beginning, world, (traced) => putAside(decoded, record, traced, world))
    const { event } = decoded
    const time = eventTimeOf(event, record.timestampMs, world.horizons)
    return begun(inHand(taken, time, world), beginning, world, (traced) =>
      fanOut({ event, time }, record, traced, world, copies),
    )
  }
}

/** Until the record is done, its event counts as undelivered. */
function inHand(taken: TakenRecord, { eventTimeMs }: EventTime, { delivering }: EventWorld): TakenRecord {
  const outOfHand = delivering.inHand.take(eventTimeMs)
  return {
    signals: taken.signals,
    done(result) {
      outOfHand()
      taken.done(result)
    },
  }
}

/** Whose life begins. `parent`: what led to it. */
interface Beginning {
  readonly record: SourceRecord
  readonly parent: TraceContext | null
}

/** A record with its place in a trace. */
export interface TracedRecord extends TakenRecord {
  readonly trace: TraceContext | null
}

/** Runs a record's life; what nobody foresaw leaves its offset uncommitted. */
export function begun(
  { signals, done }: TakenRecord,
  { record, parent }: Beginning,
  world: EventWorld,
  begin: (taken: TracedRecord) => Promise<void> | null,
): Promise<void> | null {
  const span = world.delivering.delivery.tracer.begin({ kind: 'record', source: record.position }, parent)
  const taken: TracedRecord = {
    signals,
    trace: span.context,
    done(result) {
      span.end(result === 'finished' ? { kind: 'done' } : { kind: 'failed', reason: 'left' })
      done(result)
    },
  }
  const broke = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error)
    world.delivering.delivery.observer.observe({ kind: 'trouble', where: 'pipeline', error: text })
    taken.done('left')
  }
  try {
    return begin(taken)?.catch(broke) ?? null
  } catch (error) {
    broke(error)
    return null
  }
}

/** A record that holds no event that can be delivered. */
export async function putAside(
  decoded: Exclude<DecodedEvent, { readonly kind: 'event' }>,
  record: SourceRecord,
  taken: TakenRecord,
  world: EventWorld,
): Promise<void> {
  const { observer } = world.delivering.delivery
  switch (decoded.kind) {
    case 'undecodable': {
      const { reason, detail } = decoded
      const { partition, offset } = record.position
      await world.deadLetters.write({ record, reason, detail })
      observer.observe({ kind: 'dead_lettered', reason, partition, offset })
      break
    }
    case 'unknown_type':
      observer.observe({ kind: 'event_skipped', reason: 'unknown_event_type' })
      break
  }
  taken.done('finished')
}

export function horizonsIn(table: GlobalTable): HorizonOf {
  return (webhookId) => {
    const entry = table.find(webhookId)
    return entry?.kind === 'valid' ? entry.webhook.retryHorizonMs : null
  }
}

function fanOut(
  { event, time }: { readonly event: CallEvent; readonly time: EventTime },
  record: SourceRecord,
  taken: TracedRecord,
  world: EventWorld,
  copies: ParkedCopies,
): Promise<void> | null {
  const { delivering, fanout } = world
  const { delivery } = delivering
  const { clock, observer, table } = delivery
  const source = record.position
  observeEvent(event, time, delivery)
  const eventBytes = record.value ?? new Uint8Array()
  const ids = table.lookup(event)
  const joined = join({ event, eventBytes, source, time, trace: taken.trace }, ids, horizonsIn(table), fanout)
  switch (joined.kind) {
    case 'deliveries': {
      const left = withoutCopies(joined.deliveries, { position: source, taken }, copies, delivery)
      if (left.deliveries.length > 0)
        return deliverAll(
          { deliveries: left.deliveries, bytes: sizeOf(record), from: 'event' },
          left.taken,
          delivering,
        )
      left.taken.done('finished')
      return null
    }
    case 'chunks': {
      const writes = new DeliveryWrites(delivery, taken.signals, taken.trace)
      for (const chunk of joined.chunks) writes.park(chunk, 0, null)
      observer.observe({ kind: 'chunked', chunks: joined.chunks.length })
      return doneOnceWritten(taken, 'finished', writes)
    }
    case 'no_match':
      observer.observe({ kind: 'event_skipped', reason: 'no_webhook' })
      taken.done('finished')
      return null
    case 'too_many': {
      const writes = new DeliveryWrites(delivery, taken.signals, taken.trace)
      const about = { deliveryId: deliveryIdOf(event.event_id, ''), source, eventTimeMs: time.eventTimeMs }
      const outcome = fanoutOutcome(event, { ...about, nowMs: clock.nowMs() })
      writes.outcome(outcome, `${joined.matches} webhooks match`)
      return doneOnceWritten(taken, 'finished', writes)
    }
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
