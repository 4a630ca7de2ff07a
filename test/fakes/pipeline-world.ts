// A whole worker without its edges: the pipeline, the table and the gate on fakes, in virtual time.
// What outlives a process (topics, receivers, the group) stands apart from what dies with it, so that a test can
// let one die and start the next.
import type { DeliverySettings } from '../../src/pipeline/delivery-world.ts'
import type { IntakeBounds } from '../../src/pipeline/intake-queue.ts'
import type { LiveIsolation } from '../../src/pipeline/live-isolation.ts'
import type { LivePauses } from '../../src/pipeline/live-pauses.ts'
import type { LiveTable } from '../../src/pipeline/live-table.ts'
import type { ParkedWorld } from '../../src/pipeline/parked-life.ts'
import type { PartitionWorld } from '../../src/pipeline/partition-pipeline.ts'
import type { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { StartGate } from '../../src/pipeline/start-gate.ts'
import type { IsolationBounds } from '../../src/isolation/isolation-options.ts'
import type { Tracer } from '../../src/ports.ts'
import type { RetryPolicy } from '../../src/retry/next-step.ts'
import type { BudgetBounds, InFlightBudget } from '../../src/progress/in-flight-budget.ts'
import { callEvent } from './call-events.ts'
import { coreOn } from './core.ts'
import type { CoreEdges, CoreSettings } from './core.ts'
import { FakeDeadLetterSink } from './fake-dead-letter-sink.ts'
import { FakeEventDecoder } from './fake-event-decoder.ts'
import { FakeEventSource } from './fake-event-source.ts'
import { FakeHttpSender } from './fake-http-sender.ts'
import { FakeOutcomeSink } from './fake-outcome-sink.ts'
import { FakeParking, RetryLog } from './fake-parking.ts'
import { FakePauseSource } from './fake-pause-source.ts'
import { FakeTableSource } from './fake-table-source.ts'
import { RecordingObserver } from './recording-observer.ts'
import { seededRandom } from './seeded-random.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface WorldOptions {
  readonly partitions?: number
  readonly budget?: Partial<BudgetBounds>
  readonly bounds?: Partial<IntakeBounds>
  readonly fanoutLimit?: number
  readonly chunkSize?: number
  readonly delivery?: Partial<DeliverySettings>
  readonly retry?: Partial<RetryPolicy>
  readonly lanes?: Partial<IsolationBounds>
  readonly ordering?: 'call' | 'none'
  readonly batchSize?: number
  /** Default: none. */
  readonly tracer?: Tracer
  /** Default: nothing is suspended. */
  readonly suspensions?: (clock: VirtualClock) => NonNullable<CoreEdges['suspensions']>
}

export const sessionTimeoutMs = 10_000
export const commitIntervalMs = 500
export const revokeSettleMs = 6_000
export const writeMs = 2_000

/** What a process dies with. */
export class FakeProcess {
  readonly observer = new RecordingObserver()
  readonly deadLetters = new FakeDeadLetterSink()
  readonly parking: FakeParking
  readonly tableSource: FakeTableSource
  readonly pauseSource: FakePauseSource
  readonly live: LiveTable
  readonly pauses: LivePauses
  readonly gate: StartGate
  readonly budget: InFlightBudget
  readonly isolation: LiveIsolation
  readonly parked: ParkedWorld
  readonly partition: PartitionWorld
  readonly pipeline: Pipeline

  constructor(world: PipelineWorld, outcomes: FakeOutcomeSink) {
    const { clock, source, decoder, sender, retries } = world
    const { observer, deadLetters } = this
    this.tableSource = world.tableSource
    this.pauseSource = world.pauseSource
    this.parking = new FakeParking(retries)
    const told = { clock, random: seededRandom(7), observer, source, sender, outcomes }
    const read = { decoder, parkedDecoder: retries.decoder(decoder), parking: this.parking, deadLetters }
    const { tracer, suspensions } = world.options
    const edges = {
      ...told,
      ...read,
      ...(tracer === undefined ? {} : { tracer }),
      ...(suspensions === undefined ? {} : { suspensions: suspensions(clock) }),
    }
    const core = coreOn(edges, coreSettingsOf(world.options))
    this.live = core.live
    this.pauses = core.pauses
    this.gate = core.gate
    this.budget = core.budget
    this.isolation = core.isolation
    this.parked = core.parked
    this.partition = core.partition
    this.pipeline = core.pipeline
  }

  /** Table first, then the group: as a worker does. */
  async start(clock: VirtualClock): Promise<void> {
    await clock.run(this.live.hydrate(this.tableSource))
    await clock.run(this.pauses.hydrate(this.pauseSource))
    await clock.run(this.pipeline.start())
    await clock.advance(0)
  }
}

/** What a test does not say. */
function coreSettingsOf(options: WorldOptions): CoreSettings {
  return {
    sessionTimeoutMs,
    maxTableAgeMs: 300_000,
    budget: { maxDeliveries: 1_000, maxBytes: 1_000_000, maxParkedAtOnce: 500, ...options.budget },
    intake: { maxQueuedRecords: 500, maxQueuedBytes: 500_000, ...options.bounds },
    lanes: { ...laneBounds, ...options.lanes },
    delivery: {
      ...deliverySettings,
      ...options.delivery,
      retry: { ...retryPolicy, ...options.delivery?.retry, ...options.retry },
    },
    horizons: { horizonMs: { call_start: 600_000, call_end: 86_400_000 }, toleranceMs: 300_000 },
    fanout: { limit: options.fanoutLimit ?? 1_000, chunkSize: options.chunkSize ?? 50 },
    ordering: options.ordering ?? 'call',
    pipeline: { commitIntervalMs, revokeSettleMs, writeMs },
  }
}

/** What outlives a process. */
export class PipelineWorld {
  readonly clock = new VirtualClock()
  readonly source: FakeEventSource
  readonly tableSource = new FakeTableSource(this.clock)
  readonly pauseSource = new FakePauseSource(this.clock)
  readonly decoder = new FakeEventDecoder()
  readonly sender = new FakeHttpSender(this.clock)
  readonly outcomes = new FakeOutcomeSink()
  readonly retries: RetryLog
  /** Of the processes that are started from now on. */
  options: WorldOptions

  constructor(options: WorldOptions = {}) {
    this.options = options
    const { partitions = 1, batchSize = 100, retry } = options
    const delaysMs = [0, ...(retry?.delaysMs ?? retryPolicy.delaysMs), deliverySettings.pauseDelayMs]
    this.source = new FakeEventSource({ clock: this.clock, partitions, batchSize, delaysMs })
    this.retries = new RetryLog(this.source)
  }

  /** A process of its own, not started. `outcomes`: where it writes, if not where all do. */
  process(outcomes = this.outcomes): FakeProcess {
    return new FakeProcess(this, outcomes)
  }

  async started(): Promise<FakeProcess> {
    const process = this.process()
    await process.start(this.clock)
    return process
  }

  /** Publishes call events, decodable, by their ids. */
  events(partition: number, ...eventIds: readonly string[]): void {
    for (const eventId of eventIds) {
      const event = callEvent(eventId, { occurred_at: this.clock.nowMs() })
      this.decoder.means(eventId, { kind: 'event', event })
    }
    this.source.append(partition, ...eventIds)
  }

  /** Event ids as the receivers saw them, in the order in which the attempts began; repeats included. */
  get sent(): readonly string[] {
    return this.sender.ledger.map(({ request }) =>
      String((JSON.parse(request.body ?? '{}') as { call?: string }).call).replace('call of ', ''),
    )
  }
}

const scheduleMs = [5_000, 30_000, 300_000, 1_800_000, 7_200_000, 28_800_000]

export const retryPolicy: RetryPolicy = {
  quickTries: 2,
  quickWaitMs: 250,
  quickWindowMs: 5_000,
  scheduleMs,
  delaysMs: scheduleMs,
  roomDelaysMs: scheduleMs,
  mendedAfterMs: 1_800_000,
}

export const laneBounds: IsolationBounds = {
  laneConcurrency: 64,
  originConcurrency: 256,
  ratePerSecond: null,
  maxWaitMs: 1_000,
  maxWaiting: 500,
  maxOldAttempts: 500,
  maxLanes: 1_000,
}

const deliverySettings: Omit<DeliverySettings, 'retry'> = {
  limits: { connectTimeoutMs: 5_000, totalTimeoutMs: 10_000 },
  statuses: {
    retried: ['408', '425', '429', '5xx'],
    mended: ['3xx', '401', '404'],
    quickFailureWithinMs: 1_000,
  },
  userAgent: 'test',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
  excerpts: true,
  tracePropagation: 'traceparent',
  shadow: new Set(),
  pauseDelayMs: 900_000,
}
