// The core of a worker on whatever edges a test gives it: the table, the gate, the lanes, the budget and the pipeline,
// put together as worker-pipeline.ts does.
import { CallOrder } from '../../src/pipeline/call-order.ts'
import type { DeliverySettings, DeliveryWorld } from '../../src/pipeline/delivery-world.ts'
import type { IntakeBounds } from '../../src/pipeline/intake-queue.ts'
import { LiveIsolation } from '../../src/pipeline/live-isolation.ts'
import { LivePauses } from '../../src/pipeline/live-pauses.ts'
import { LiveTable } from '../../src/pipeline/live-table.ts'
import type { ParkedWorld } from '../../src/pipeline/parked-life.ts'
import type { PartitionWorld } from '../../src/pipeline/partition-pipeline.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineSettings } from '../../src/pipeline/pipeline.ts'
import { StartGate } from '../../src/pipeline/start-gate.ts'
import { TakeTurns } from '../../src/pipeline/take-turns.ts'
import { toldParking } from '../../src/pipeline/told-parking.ts'
import type {
  Clock,
  DeadLetterSink,
  EventDecoder,
  EventSource,
  HttpSender,
  Observer,
  OutcomeSink,
  ParkedDecoder,
  Parking,
  Random,
  Tracer,
} from '../../src/ports.ts'
import type { IsolationBounds } from '../../src/isolation/isolation-options.ts'
import type { FanoutBounds } from '../../src/join/join.ts'
import type { Horizons } from '../../src/join/event-time.ts'
import { CommitHealth } from '../../src/progress/commit-health.ts'
import { EventsInHand } from '../../src/progress/events-in-hand.ts'
import { InFlightBudget } from '../../src/progress/in-flight-budget.ts'
import type { BudgetBounds } from '../../src/progress/in-flight-budget.ts'
import { noTracer } from '../../src/telemetry/no-tracer.ts'
import { fakeQuickTries } from './fake-quick-tries.ts'

export interface CoreEdges {
  readonly clock: Clock
  readonly random: Random
  readonly observer: Observer
  /** Default: none. */
  readonly tracer?: Tracer
  readonly source: EventSource
  /** Default: nothing is suspended. */
  readonly suspensions?: DeliveryWorld['suspensions']
  readonly decoder: EventDecoder
  readonly parkedDecoder: ParkedDecoder
  readonly sender: HttpSender
  readonly outcomes: OutcomeSink
  readonly parking: Parking
  readonly deadLetters: DeadLetterSink
}

export interface CoreSettings {
  readonly sessionTimeoutMs: number
  readonly maxTableAgeMs: number
  readonly budget: BudgetBounds
  readonly intake: IntakeBounds
  readonly lanes: IsolationBounds
  readonly delivery: DeliverySettings
  readonly horizons: Horizons
  readonly fanout: FanoutBounds
  readonly ordering: 'call' | 'none'
  readonly pipeline: PipelineSettings
}

export interface Core {
  readonly live: LiveTable
  readonly pauses: LivePauses
  readonly gate: StartGate
  readonly budget: InFlightBudget
  readonly isolation: LiveIsolation
  readonly parked: ParkedWorld
  readonly partition: PartitionWorld
  readonly pipeline: Pipeline
}

export function coreOn(edges: CoreEdges, settings: CoreSettings): Core {
  const { clock, random, observer, source, parkedDecoder, deadLetters } = edges
  const live = new LiveTable(clock, observer)
  const pauses = new LivePauses(clock, observer)
  const commits = new CommitHealth()
  const gate = new StartGate(
    clock,
    {
      tableReady: () => live.ready && pauses.ready,
      tableAsOfMs: () => live.caughtUpAsOfMs(),
      caughtUpAsOfMs: () => Math.min(live.caughtUpAsOfMs(), pauses.caughtUpAsOfMs()),
      lastHeartbeatMs: () => source.lastHeartbeatMs(),
      commitsStuckMs: (nowMs) => commits.stuckMs(nowMs),
    },
    settings,
    observer,
  )
  const budget = new InFlightBudget(settings.budget)
  const isolation = new LiveIsolation(clock, random, observer, settings.lanes)
  const turns = new TakeTurns(clock)
  const delivery = {
    clock,
    random,
    sender: edges.sender,
    quickTries: fakeQuickTries(clock),
    outcomes: edges.outcomes,
    parking: toldParking(edges.parking, (place) => pipeline.parked(place)),
    observer,
    tracer: edges.tracer ?? noTracer,
    gate,
    isolation,
    table: live.table,
    pauses,
    suspensions: edges.suspensions ?? { holds: () => false },
    settings: settings.delivery,
  }
  const order = settings.ordering === 'none' ? null : new CallOrder()
  const { horizons, fanout } = settings
  const delivering = { delivery, budget, inHand: new EventsInHand(), turns, order }
  const parked = {
    decoder: parkedDecoder,
    event: { decoder: edges.decoder, delivering, deadLetters, horizons, fanout },
  }
  const hasSpareRoom: PartitionWorld['hasSpareRoom'] = (webhookId) => isolation.hasSpareRoom(webhookId)
  const mayGoOn: PartitionWorld['mayGoOn'] = (pausedBy) => pauses.mayGoOn(pausedBy)
  const partition = { clock, observer, gate, turns, bounds: settings.intake, hasSpareRoom, mayGoOn }
  const pipeline: Pipeline = new Pipeline(
    { source, commits, partition, parked, settings: settings.pipeline },
    () => {},
  )
  pauses.onLifted(() => pipeline.look())
  return { live, pauses, gate, budget, isolation, parked, partition, pipeline }
}
