// The core with one thing broken, each in its own way: what the model has to notice. None is a copy of a source: edges are
// wrapped, settings changed, or a method replaced for the time of a run.
import type { ParkedDelivery } from '../../src/domain/parked-delivery.ts'
import { CircuitBreaker } from '../../src/isolation/circuit-breaker.ts'
import { Shares } from '../../src/isolation/shares.ts'
import { StartPace } from '../../src/isolation/start-pace.ts'
import { CallOrder } from '../../src/pipeline/call-order.ts'
import { DeliveryWrites } from '../../src/pipeline/delivery-writes.ts'
import { LiveIsolation } from '../../src/pipeline/live-isolation.ts'
import { LivePauses } from '../../src/pipeline/live-pauses.ts'
import { PartitionPipeline } from '../../src/pipeline/partition-pipeline.ts'
import { StartGate } from '../../src/pipeline/start-gate.ts'
import type { Assignment, EventSource, EventSourceHandler } from '../../src/ports.ts'
import { EventsInHand } from '../../src/progress/events-in-hand.ts'
import { InFlightBudget } from '../../src/progress/in-flight-budget.ts'
import type { Hold } from '../../src/progress/in-flight-budget.ts'
import { OffsetTracker } from '../../src/progress/offset-tracker.ts'
import { ParkedCopies } from '../../src/progress/parked-copies.ts'
import { PauseTable } from '../../src/table/pause-table.ts'
import { GlobalTable } from '../../src/table/global-table.ts'
import type { CoreEdges, CoreSettings } from '../fakes/core.ts'
import { replace } from '../harness/replaced-method.ts'
import type { Bending } from './surroundings.ts'

export interface Mutant extends Bending {
  readonly name: string
  /** What the judges call it; the first that one of them says counts. */
  readonly knownAs: readonly string[]
  /** Replaces methods; the answer puts them back. */
  install?(): () => void
}

function parks(change: (parked: ParkedDelivery) => ParkedDelivery): (edges: CoreEdges) => CoreEdges {
  return (edges) => {
    const { parking } = edges
    const park: typeof parking.park = (parked, delayMs) => parking.park(change(parked), delayMs)
    return { ...edges, parking: { park, stop: () => parking.stop() } }
  }
}

function counts(change: (progress: ParkedDelivery['progress']) => Partial<ParkedDelivery['progress']>) {
  return parks((parked) => ({ ...parked, progress: { ...parked.progress, ...change(parked.progress) } }))
}

/** A source with some of its ways changed. */
function withSource(change: (source: EventSource) => Partial<EventSource>): (edges: CoreEdges) => CoreEdges {
  return (edges) => {
    const { source } = edges
    const plain: EventSource = {
      start: (handler) => source.start(handler),
      pause: (partition) => source.pause(partition),
      resume: (partition) => source.resume(partition),
      commit: (epoch, offsets) => source.commit(epoch, offsets),
      lastHeartbeatMs: () => source.lastHeartbeatMs(),
      stop: () => source.stop(),
    }
    return { ...edges, source: { ...plain, ...change(source) } }
  }
}

function handing(handler: EventSourceHandler, change: Partial<EventSourceHandler>): EventSourceHandler {
  return {
    assigned: (assignment) => handler.assigned(assignment),
    revoking: () => handler.revoking(),
    records: (from, records, endOffset) => handler.records(from, records, endOffset),
    failed: (error) => handler.failed(error),
    ...change,
  }
}

function waitForMissing(): () => void {
  const waiting = new WeakMap<OffsetTracker, { next: bigint; missing: bigint | null }>()
  const putBack = [
    replace(OffsetTracker, 'take', function (original, offset, writtenAtMs) {
      const { next, missing } = waiting.get(this) ?? { next: offset, missing: null }
      waiting.set(this, { next: offset + 1n, missing: missing ?? (offset > next ? next : null) })
      return original(offset, writtenAtMs)
    })(),
    replace(OffsetTracker, 'committable', function (original) {
      const offset = original()
      const missing = waiting.get(this)?.missing ?? null
      return offset === null || missing === null || offset < missing ? offset : missing
    })(),
  ]
  return () => {
    for (const each of putBack) each()
  }
}

const ofCommits: readonly Mutant[] = [
  {
    name: 'a commit goes one too far',
    knownAs: ['overcommit'],
    install: replace(OffsetTracker, 'committable', (original) => {
      const offset = original()
      return offset === null ? null : offset + 1n
    }),
  },
  {
    name: 'a commit forgets one of the unfinished records behind it',
    knownAs: ['overcommit'],
    install: replace(OffsetTracker, 'unfinished', (original) => {
      const { offsets, end } = original()
      return { offsets: offsets.length > 1 ? offsets.slice(0, -1) : offsets, end }
    }),
  },
  {
    name: 'offsets that are missing are waited for',
    // What was finished behind the gap is told from where the commit should have been, and so done again.
    knownAs: ['stuck', 'duplicate'],
    install: waitForMissing,
  },
  {
    name: 'what the commit before knew to be finished is done again',
    knownAs: ['duplicate', 'overcommit', 'parked twice', 'written twice', 'after the end'],
    bend: withSource((source) => ({
      start: (handler) => {
        const forget = (assignment: Assignment): Assignment => ({
          ...assignment,
          owned: assignment.owned.map((each) => ({ ...each, committed: null })),
        })
        return source.start(
          handing(handler, { assigned: (assignment) => handler.assigned(forget(assignment)) }),
        )
      },
    })),
  },
  {
    name: 'commits of a generation that has passed are taken',
    knownAs: ['stale commit', 'set back'],
    takesStaleCommits: true,
  },
  {
    name: 'a rejoin goes ahead without a commit',
    knownAs: ['duplicate', 'parked twice', 'written twice', 'after the end'],
    bend: withSource((source) => {
      let isLeaving = false
      return {
        start: (handler) =>
          source.start(
            handing(handler, {
              assigned: (assignment) => {
                isLeaving = false
                handler.assigned(assignment)
              },
              revoking: () => {
                isLeaving = true
                return handler.revoking()
              },
            }),
          ),
        commit: (epoch, offsets) =>
          isLeaving ? Promise.resolve({ kind: 'committed' }) : source.commit(epoch, offsets),
      }
    }),
  },
]

const ofWrites: readonly Mutant[] = [
  {
    name: 'an outcome names the place before the parking is acknowledged',
    knownAs: ['untrue'],
    install: replace(DeliveryWrites, 'park', function (original, parked, delayMs, outcomeOf) {
      if (outcomeOf !== null) {
        const { outcome, detail } = outcomeOf({ ...parked.source, topic: 'somewhere' })
        this.outcome(outcome, detail)
      }
      original(parked, delayMs, null)
    }),
  },
  {
    name: 'a delivery is over before what it wrote is acknowledged',
    knownAs: ['overcommit', 'memory'],
    install: replace(DeliveryWrites, 'settled', () => Promise.resolve(true)),
  },
  {
    name: 'a delivery is parked twice',
    knownAs: ['parked twice'],
    install: replace(DeliveryWrites, 'park', (original, parked, delayMs, outcomeOf) => {
      original(parked, delayMs, outcomeOf)
      original(parked, delayMs, null)
    }),
  },
  {
    name: 'a chunk forgets its last webhook',
    knownAs: ['overcommit', 'lost'],
    bend: parks((parked) => ({
      ...parked,
      webhookIds: parked.webhookIds.length > 1 ? parked.webhookIds.slice(0, -1) : parked.webhookIds,
    })),
  },
  {
    name: 'nobody waits for a dead letter',
    knownAs: ['overcommit'],
    bend: (edges) => ({
      ...edges,
      deadLetters: { write: () => Promise.resolve(), stop: () => Promise.resolve() },
    }),
  },
]

const ofRetries: readonly Mutant[] = [
  {
    name: 'an attempt is not counted',
    knownAs: ['untrue', 'duplicate'],
    bend: counts(({ attempts }) => ({ attempts: Math.max(0, attempts - 1) })),
  },
  {
    name: 'a deferral counts as an attempt',
    knownAs: ['untrue', 'gap'],
    bend: counts(({ attempts, expectedAtMs }) => ({ attempts: attempts + (expectedAtMs === null ? 0 : 1) })),
  },
  {
    name: 'the place in the schedule is forgotten',
    knownAs: ['schedule'],
    bend: counts(() => ({ backoffStep: 0 })),
  },
  {
    name: 'it is forgotten that a receiver asked for time',
    knownAs: ['too early'],
    bend: counts(() => ({ notBeforeMs: null })),
  },
  {
    name: 'the horizon is worked out anew at each reading',
    knownAs: ['horizon moved', 'past the horizon'],
    bend: (edges) => ({
      ...edges,
      parkedDecoder: {
        async decode(record, signal) {
          const decoded = await edges.parkedDecoder.decode(record, signal)
          if (decoded.kind !== 'parked') return decoded
          return { ...decoded, parked: { ...decoded.parked, expiresAtMs: edges.clock.nowMs() + 50_000 } }
        },
      },
    }),
  },
  {
    name: 'copies are not dropped',
    knownAs: ['duplicate', 'parked twice', 'written twice', 'after the end'],
    install: replace(ParkedCopies, 'look', () => ({ kind: 'new' })),
  },
  {
    name: 'nobody tells of attempts whose maker died',
    knownAs: ['gap'],
    install: replace(ParkedCopies, 'look', (original, ...given) => {
      const look = original(...given)
      return look.kind === 'overtaken' ? { kind: 'copy' } : look
    }),
  },
  {
    name: 'whatever was parked again passes for a copy',
    knownAs: ['overcommit', 'lost'],
    install: replace(ParkedCopies, 'look', (original, delivery, progress, place, nowMs) =>
      original(delivery, { ...progress, parkedTimes: Math.min(1, progress.parkedTimes) }, place, nowMs),
    ),
  },
]

const ofMembership: readonly Mutant[] = [
  {
    name: 'a partition that was lost goes on',
    knownAs: ['not its own', "another's", 'in doubt'],
    install: replace(PartitionPipeline, 'abandon', () => {}),
  },
  {
    name: 'what is in doubt is written',
    knownAs: ['in doubt', "another's"],
    install: replace(StartGate, 'membership', () => null),
  },
  {
    name: 'work begins in doubt',
    knownAs: ['in doubt', "another's", 'not its own', 'not the newest', 'match', 'duplicate'],
    install: replace(StartGate, 'pass', () => null),
  },
  {
    name: 'a pause does not reach the source',
    knownAs: ['left lying'],
    bend: withSource(() => ({ pause: () => {} })),
  },
  {
    name: 'an end does not wait for its start',
    knownAs: ['inversion'],
    install: replace(CallOrder, 'untilStartTried', () => null),
  },
  {
    name: 'a webhook is used as it was when it was first looked up',
    knownAs: ['not the newest', 'untrue'],
    install: () => {
      const found = new WeakMap<GlobalTable, Map<string, ReturnType<GlobalTable['find']>>>()
      return replace(GlobalTable, 'find', function (original, webhookId) {
        const entries = found.get(this) ?? new Map<string, ReturnType<GlobalTable['find']>>()
        found.set(this, entries)
        if (!entries.has(webhookId)) entries.set(webhookId, original(webhookId))
        return entries.get(webhookId)
      })()
    },
  },
]

const ofLanes: readonly Mutant[] = [
  {
    name: 'a place at a receiver that hangs is not given back',
    knownAs: ['memory', 'never well again'],
    install: replace(LiveIsolation, 'ended', (original, permit, ending) => {
      if (ending.kind !== 'hung' && ending.kind !== 'unreachable') original(permit, ending)
    }),
  },
  {
    name: 'a breaker that has opened stays open',
    knownAs: ['never well again'],
    install: () => {
      const opened = new WeakSet<CircuitBreaker>()
      const restore = [
        replace(CircuitBreaker, 'failed', function (original, ...given) {
          const isOpened = original(...given)
          if (isOpened) opened.add(this)
          return isOpened
        })(),
        replace(CircuitBreaker, 'shutForMs', function (original, nowMs) {
          return opened.has(this) ? 1_000 : original(nowMs)
        })(),
      ]
      return () => restore.forEach((each) => each())
    },
  },
  {
    name: 'a half-open breaker lets more than one through',
    knownAs: ['breaker'],
    install: replace(CircuitBreaker, 'shutForMs', function (original, nowMs) {
      return this.state(nowMs).kind === 'half_open' ? null : original(nowMs)
    }),
  },
  {
    name: 'begins are not spaced',
    knownAs: ['rate'],
    install: replace(StartPace, 'began', () => {}),
  },
  {
    name: 'a receiver gets as many at once as it wants',
    knownAs: ['concurrency'],
    install: replace(Shares, 'laneConcurrency', () => 1_000),
  },
  {
    name: 'the budget grants twice what it has',
    knownAs: ['budget', 'half parked'],
    set: (settings: CoreSettings) => ({
      ...settings,
      budget: { ...settings.budget, maxDeliveries: 2 * settings.budget.maxDeliveries },
    }),
  },
  {
    name: 'parked work takes more than half of the budget',
    knownAs: ['half parked'],
    install: () => {
      const asNew = (hold: Hold): Hold => ({ ...hold, kind: 'end' })
      const restore = [
        replace(InFlightBudget, 'acquire', (original, hold, nowMs) => original(asNew(hold), nowMs))(),
        replace(InFlightBudget, 'release', (original, hold, nowMs) => original(asNew(hold), nowMs))(),
      ]
      return () => restore.forEach((each) => each())
    },
  },
  {
    name: 'an event is never out of hand',
    knownAs: ['memory'],
    install: replace(EventsInHand, 'take', (original, eventTimeMs) => {
      original(eventTimeMs)
      return () => {}
    }),
  },
  {
    name: 'the budget is not given back',
    knownAs: ['memory', 'stuck', 'unclean drain', 'never well again'],
    install: replace(InFlightBudget, 'release', (original, hold, nowMs) => {
      if (hold.kind !== 'end') original(hold, nowMs)
    }),
  },
]

const ofPauses: readonly Mutant[] = [
  {
    name: 'an origin that is paused is called all the same',
    knownAs: ['paused'],
    install: replace(PauseTable, 'pausing', (original, webhook) => {
      const key = original(webhook)
      return key?.startsWith('origin:') === true ? null : key
    }),
  },
  {
    name: 'what is paused is parked again and again',
    knownAs: ['written again', 'stuck'],
    install: replace(LivePauses, 'mayGoOn', () => true),
  },
  {
    name: 'the end of a pause is not noticed',
    knownAs: ['resumed late'],
    install: replace(LivePauses, 'mayGoOn', () => false),
  },
]

export const mutants: readonly Mutant[] = [
  ...ofCommits,
  ...ofWrites,
  ...ofRetries,
  ...ofMembership,
  ...ofLanes,
  ...ofPauses,
]
