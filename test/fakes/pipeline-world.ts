// A whole worker without its edges: the pipeline, the table and the gate on fakes, in virtual time.
// What outlives a process (topics, receivers, the group) stands apart from what dies with it, so that a test can
// let one die and start the next.
import { LiveTable } from '../../src/pipeline/live-table.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PartitionWorld } from '../../src/pipeline/partition-pipeline.ts'
import { StartGate } from '../../src/pipeline/start-gate.ts'
import { CommitHealth } from '../../src/progress/commit-health.ts'
import { InFlightBudget } from '../../src/progress/in-flight-budget.ts'
import type { BudgetBounds } from '../../src/progress/in-flight-budget.ts'
import type { IntakeBounds } from '../../src/pipeline/intake-queue.ts'
import type { DeliverySettings } from '../../src/pipeline/delivery-life.ts'
import { callEvent } from './call-events.ts'
import { FakeDeadLetterSink } from './fake-dead-letter-sink.ts'
import { FakeEventDecoder } from './fake-event-decoder.ts'
import { FakeEventSource } from './fake-event-source.ts'
import { FakeHttpSender } from './fake-http-sender.ts'
import { FakeOutcomeSink } from './fake-outcome-sink.ts'
import { fakeQuickTries } from './fake-quick-tries.ts'
import { FakeTableSource } from './fake-table-source.ts'
import { RecordingObserver } from './recording-observer.ts'
import { seededRandom } from './seeded-random.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface WorldOptions {
  readonly partitions?: number
  readonly budget?: Partial<BudgetBounds>
  readonly bounds?: Partial<IntakeBounds>
  readonly fanoutLimit?: number
  readonly delivery?: Partial<DeliverySettings>
  readonly batchSize?: number
}

export const sessionTimeoutMs = 10_000
export const commitIntervalMs = 500
export const revokeSettleMs = 6_000

/** What a process dies with. */
export class FakeProcess {
  readonly observer = new RecordingObserver()
  readonly deadLetters = new FakeDeadLetterSink()
  readonly commits = new CommitHealth()
  readonly live: LiveTable
  readonly gate: StartGate
  readonly budget: InFlightBudget
  readonly partition: PartitionWorld
  readonly pipeline: Pipeline
  readonly tableSource: FakeTableSource

  constructor(world: PipelineWorld, outcomes: FakeOutcomeSink) {
    const { clock, source, options } = world
    this.tableSource = world.tableSource
    this.live = new LiveTable(clock, this.observer)
    this.gate = new StartGate(
      clock,
      {
        tableReady: () => this.live.ready,
        caughtUpAsOfMs: () => this.live.caughtUpAsOfMs(),
        lastHeartbeatMs: () => source.lastHeartbeatMs(),
        commitsStuckMs: (nowMs) => this.commits.stuckMs(nowMs),
      },
      { sessionTimeoutMs },
      this.observer,
    )
    this.budget = new InFlightBudget({ maxDeliveries: 1_000, maxBytes: 1_000_000, ...options.budget })
    this.partition = {
      event: {
        delivery: {
          clock,
          random: seededRandom(7),
          sender: world.sender,
          quickTries: fakeQuickTries(clock),
          outcomes,
          observer: this.observer,
          gate: this.gate,
          table: this.live.table,
          settings: { ...deliverySettings, ...options.delivery },
        },
        deadLetters: this.deadLetters,
        budget: this.budget,
        horizons: { horizonMs: { call_start: 600_000, call_end: 86_400_000 }, toleranceMs: 300_000 },
        fanoutLimit: options.fanoutLimit ?? 1_000,
      },
      decoder: world.decoder,
      bounds: { maxQueuedRecords: 500, maxQueuedBytes: 500_000, ...options.bounds },
    }
    this.pipeline = new Pipeline(
      {
        source,
        clock,
        observer: this.observer,
        commits: this.commits,
        partition: this.partition,
        settings: { commitIntervalMs, revokeSettleMs },
      },
      () => {},
    )
  }

  /** Table first, then the group: as a worker does. */
  async start(clock: VirtualClock): Promise<void> {
    await clock.run(this.live.hydrate(this.tableSource))
    await clock.run(this.pipeline.start())
    await clock.advance(0)
  }
}

/** What outlives a process. */
export class PipelineWorld {
  readonly clock = new VirtualClock()
  readonly source: FakeEventSource
  readonly tableSource = new FakeTableSource(this.clock)
  readonly decoder = new FakeEventDecoder()
  readonly sender = new FakeHttpSender(this.clock)
  readonly outcomes = new FakeOutcomeSink()
  readonly options: WorldOptions

  constructor(options: WorldOptions = {}) {
    this.options = options
    const { partitions = 1, batchSize = 100 } = options
    this.source = new FakeEventSource({ clock: this.clock, partitions, batchSize })
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

const deliverySettings: DeliverySettings = {
  limits: { connectTimeoutMs: 5_000, totalTimeoutMs: 10_000 },
  statuses: {
    retried: ['408', '425', '429', '5xx'],
    mended: ['3xx', '401', '404'],
    quickFailureWithinMs: 1_000,
  },
  quickTries: { quickTries: 2, quickWaitMs: 250, quickWindowMs: 5_000 },
  userAgent: 'test',
  maxTargetBytes: 8_000,
  maxBodyBytes: 262_144,
  excerpts: true,
}
