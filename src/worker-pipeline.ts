// The core of a worker, put together: what decides and orchestrates, given the adapters that it acts through.
import { createEventDecoder, createParkedDecoder } from './kafka/codec.ts'
import { chunkOverflowBytes } from './kafka/parked-record.ts'
import { readSchema } from './kafka/schema-files.ts'
import type { WriterSchemas } from './kafka/writer-schemas.ts'
import { CallOrder } from './pipeline/call-order.ts'
import { LiveIsolation } from './pipeline/live-isolation.ts'
import type { LivePauses } from './pipeline/live-pauses.ts'
import type { LiveSuspensions } from './pipeline/live-suspensions.ts'
import { Pipeline } from './pipeline/pipeline.ts'
import type { StartGate } from './pipeline/start-gate.ts'
import { TakeTurns } from './pipeline/take-turns.ts'
import { toldParking } from './pipeline/told-parking.ts'
import type {
  Clock,
  DeadLetterSink,
  EventSource,
  HttpSender,
  Observer,
  OutcomeSink,
  Parking,
  Tracer,
} from './ports.ts'
import type { CommitHealth } from './progress/commit-health.ts'
import { EventsInHand } from './progress/events-in-hand.ts'
import { InFlightBudget } from './progress/in-flight-budget.ts'
import { realQuickTries } from './runtime/quick-tries.ts'
import { systemRandom } from './runtime/random.ts'
import { deliverySettingsOf, horizonsOf, isolationBoundsOf } from './settings/delivery-settings.ts'
import type { Settings } from './settings/schema.ts'
import type { GlobalTable } from './table/global-table.ts'

export interface WorkerParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly observer: Observer
  readonly tracer: Tracer
  readonly source: EventSource
  readonly sender: HttpSender
  readonly outcomes: OutcomeSink
  readonly parking: Parking
  readonly deadLetters: DeadLetterSink
  readonly schemas: WriterSchemas
  /** Longer ones become dead letters. */
  readonly maxEventBytes: number
  readonly table: GlobalTable
  readonly pauses: LivePauses
  readonly suspensions: Pick<LiveSuspensions, 'holds'>
  readonly gate: StartGate
  readonly commits: CommitHealth
}

/** For writing what became of an attempt that was cut; with the time to settle still below the session timeout. */
const writeMs = 2_000

/** `onFailure`: the source has given up; the process should end. */
export function createPipeline(parts: WorkerParts, onFailure: (error: Error) => void): Pipeline {
  const { settings, clock, observer, source, gate, commits, schemas, maxEventBytes } = parts
  const turns = new TakeTurns(clock)
  const overflowBytes = chunkOverflowBytes(settings.fanout.chunkSize)
  const events = createEventDecoder(readSchema('call-event'), schemas, maxEventBytes - overflowBytes)
  // What is parked has fitted once, whatever a chunk's size was then.
  const parkedEvents = createEventDecoder(readSchema('call-event'), schemas, maxEventBytes)
  const parkedSchema = readSchema('parked-delivery')
  const delivery = {
    clock,
    random: systemRandom,
    sender: parts.sender,
    quickTries: realQuickTries,
    outcomes: parts.outcomes,
    parking: toldParking(parts.parking, (place) => pipeline.parked(place)),
    observer,
    tracer: parts.tracer,
    gate,
    isolation: new LiveIsolation(clock, systemRandom, observer, isolationBoundsOf(settings)),
    table: parts.table,
    pauses: parts.pauses,
    suspensions: parts.suspensions,
    settings: deliverySettingsOf(settings),
  }
  const delivering = {
    delivery,
    budget: new InFlightBudget(settings.inFlight),
    inHand: new EventsInHand(),
    turns,
    order: settings.ordering === 'call' ? new CallOrder() : null,
  }
  const event = {
    delivering,
    decoder: events,
    deadLetters: parts.deadLetters,
    horizons: horizonsOf(settings),
    fanout: settings.fanout,
  }
  const bounds = {
    maxQueuedRecords: settings.inFlight.queuedRecordsPerPartition,
    // Two fetches' worth: one being taken, one waiting.
    maxQueuedBytes: 2 * settings.kafka.maxBytesPerPartition,
  }
  const pipeline: Pipeline = new Pipeline(
    {
      source,
      commits,
      partition: {
        clock,
        observer,
        gate,
        turns,
        bounds,
        hasSpareRoom: (webhookId) => delivery.isolation.hasSpareRoom(webhookId),
        mayGoOn: (pausedBy) => parts.pauses.mayGoOn(pausedBy),
      },
      parked: { event, decoder: createParkedDecoder(parkedSchema, schemas, parkedEvents, maxEventBytes) },
      settings: {
        commitIntervalMs: settings.commit.intervalMs,
        // Below the session timeout, with what is written after it: nobody beats for us while a rejoin waits. Nothing is
        // delivered meanwhile, so it is short: with a stop that waited for attempts that hang, all is delivered again
        // within 5 s of their end.
        revokeSettleMs: Math.floor(settings.kafka.sessionTimeoutMs * 0.4),
        writeMs,
      },
    },
    onFailure,
  )
  parts.pauses.onLifted(() => pipeline.look())
  return pipeline
}
