// Composition of a replay: reads what is to be known from Kafka, and wires the core to it. The command line stands on it,
// and whatever else comes to send deliveries again.
// Invariant: nothing of a run is kept anywhere but in Kafka, so any process can count it, and go on with it.
import type { WebhookId } from './domain/ids.ts'
import type { EventFound } from './domain/event-found.ts'
import { noDelayMs, retryTopicOf } from './domain/retry-topic.ts'
import { deliveryIdOf } from './join/delivery-id.ts'
import { eventTimeOf } from './join/event-time.ts'
import { eventsAt, placeName } from './kafka/events-at.ts'
import { clientConfigOf, createKafkaClient } from './kafka/kafka-client.ts'
import { followOutcomes } from './kafka/outcome-follower.ts'
import { scanOutcomes } from './kafka/outcome-scan.ts'
import { readReplayMarks } from './kafka/replay-marks.ts'
import { openReplayWriter } from './kafka/replay-writer.ts'
import type { Clock } from './ports.ts'
import { DeliveryLedger } from './replay/delivery-ledger.ts'
import type { FailedDelivery } from './replay/delivery-ledger.ts'
import { planReplay } from './replay/replay-plan.ts'
import type { ReplayPlan } from './replay/replay-plan.ts'
import type { ReplayRules } from './replay/replay-records.ts'
import { runReplay } from './replay/replay-run.ts'
import type { ReplayReport } from './replay/replay-run.ts'
import { readSelection, selectionText } from './replay/replay-selection.ts'
import type { ReplaySelection } from './replay/replay-selection.ts'
import { startOfRun } from './replay/run-id.ts'
import { horizonsOf } from './settings/delivery-settings.ts'
import { readKafkaAccess } from './settings/kafka-access.ts'
import type { Settings } from './settings/schema.ts'

/**
 * Read before a window's begin, too: clocks of workers and brokers differ, and a delivery that failed in the window may
 * have been delivered before, by a worker that died and had its event read again.
 */
const marginMs = 3_600_000
/** Of two runs at once the later one sees the earlier one write within this time, at whatever rate from one a second. */
const anotherRunShowsWithinMs = 1_500
/** Outcomes that are younger may not be known yet when a slice goes. */
const outcomesKnownWithinMs = 2_000

export interface ReplayRequest {
  readonly settings: Settings
  readonly clock: Clock
  readonly selection: ReplaySelection
  readonly runId: string
  /** Outcomes read so far, of how many. */
  onRead(read: number, all: number): void
  /** Calls the counting off, which then rejects with the signal's reason. Absent: nothing does. */
  readonly signal?: AbortSignal
}

export interface SendRequest {
  /** Deliveries. */
  readonly perSecond: number
  /** A webhook's own retry horizon, in milliseconds; null: it has none. */
  horizonOf(webhookId: WebhookId): number | null
  /** `wait`: where another run is writing, nothing is sent. `take_over`: it is shut out. */
  readonly others: 'wait' | 'take_over'
  told(report: ReplayReport): void
}

export type SendResult =
  | { readonly kind: 'ran'; readonly report: ReplayReport }
  | { readonly kind: 'another_runs'; readonly runId: string }

export interface ReplaySession {
  readonly plan: ReplayPlan
  readonly ledger: DeliveryLedger
  /** Records of the outcomes topic that could not be read. */
  readonly undecodable: number
  send(request: SendRequest, signal: AbortSignal): Promise<SendResult>
}

/** Counts. @throws what says that Kafka or the registry cannot be reached */
export async function openReplaySession(request: ReplayRequest): Promise<ReplaySession> {
  const { settings, selection, runId, onRead, signal: calledOff } = request
  const access = accessOf(settings)
  const ledger = new DeliveryLedger(selection, runId)
  const sinceMs = Math.max(0, selection.sinceMs - marginMs)
  const outcomes = { ...access, topic: settings.topics.outcomes.name }
  const scanned = await scanOutcomes({
    ...outcomes,
    sinceMs,
    onOutcome: (outcome) => ledger.outcome(outcome),
    onProgress: onRead,
    ...(calledOff && { calledOff }),
  })
  const marked = { client: access.client, topic: retryTopicOf(settings.topics.retries.prefix, noDelayMs) }
  let next = await readReplayMarks(marked, { kind: 'moment', sinceMs }, (mark) => ledger.asked(mark))
  const readMarks = async (onOther: (runId: string) => void): Promise<void> => {
    next = await readReplayMarks(marked, { kind: 'offsets', offsets: next }, (mark) => {
      ledger.asked(mark)
      if (mark.runId !== runId) onOther(mark.runId)
    })
  }
  const plan = planReplay(ledger)
  return {
    plan,
    ledger,
    undecodable: scanned.undecodable,
    async send(send, signal) {
      if (send.others === 'wait') {
        const other = await anotherRun(request.clock, readMarks)
        if (other !== null) return { kind: 'another_runs', runId: other }
      }
      const follower = await followOutcomes({
        ...outcomes,
        from: scanned.ends,
        onOutcome: (outcome) => ledger.outcome(outcome),
        troubled() {},
      })
      try {
        const report = await runReplay(
          {
            ledger,
            rows: plan.rows,
            mark: { runId, selection: selectionText(selection) },
            perSecond: send.perSecond,
            rules: rulesOf(settings, send),
          },
          {
            clock: request.clock,
            open: () =>
              openReplayWriter({
                kafka: createKafkaClient(access.client),
                registry: access.registry,
                topic: marked.topic,
                transactionalId: `${settings.group.id}.replay`,
              }),
            readMarks: () => readMarks(() => {}),
            readOutcomes: () => unlessAborted(signal, follower.knowsAsOf(outcomesKnownWithinMs)),
            findEvents: (deliveries) => findEvents(access, deliveries),
            told: send.told,
          },
          signal,
        )
        return { kind: 'ran', report }
      } finally {
        await follower.stop()
      }
    },
  }
}

/** What an earlier run chose; null where nothing tells of it any more, or it wrote nothing. */
export async function selectionOfRun(settings: Settings, runId: string): Promise<ReplaySelection | null> {
  const startedAtMs = startOfRun(runId)
  if (startedAtMs === null) return null
  let text: string | null = null
  const topic = retryTopicOf(settings.topics.retries.prefix, noDelayMs)
  const from = { kind: 'moment', sinceMs: startedAtMs - marginMs } as const
  await readReplayMarks({ client: accessOf(settings).client, topic }, from, (mark) => {
    if (mark.runId === runId) text ??= mark.selection
  })
  return text === null ? null : readSelection(text)
}

function accessOf(settings: Settings) {
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  return { client, registry: settings.registry }
}

function rulesOf(settings: Settings, { horizonOf }: SendRequest): ReplayRules {
  const horizons = horizonsOf(settings)
  return {
    deliveryIdOf,
    eventTimeOf: (event, timestampMs) => eventTimeOf(event, timestampMs, horizons).eventTimeMs,
    horizonMs: horizons.horizonMs,
    horizonOf: (webhookId) => horizonOf(webhookId as WebhookId),
    chunkSize: settings.fanout.chunkSize,
  }
}

async function findEvents(
  access: ReturnType<typeof accessOf>,
  deliveries: readonly FailedDelivery[],
): Promise<readonly EventFound[]> {
  const byTopic = Map.groupBy(deliveries, ({ source }) => source.topic)
  const found = new Map<string, EventFound>()
  for (const [topic, each] of byTopic) {
    const places = each.map(({ source }) => source)
    for (const [name, event] of await eventsAt({ ...access, topic }, places))
      found.set(`${topic}/${name}`, event)
  }
  return deliveries.map(
    ({ source }) => found.get(`${source.topic}/${placeName(source)}`) ?? { kind: 'expired' },
  )
}

/** Null: none was seen to write. */
async function anotherRun(
  clock: Clock,
  readMarks: (onOther: (runId: string) => void) => Promise<void>,
): Promise<string | null> {
  let other: string | null = null
  // What was written since the counting may be of a run that is over.
  await readMarks(() => {})
  await new Promise<void>((resolve) => void clock.after(anotherRunShowsWithinMs, resolve))
  await readMarks((runId) => {
    other = runId
  })
  return other
}

async function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const aborted = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => aborted.resolve(), { once: true })
  if (signal.aborted) aborted.resolve()
  await Promise.race([work, aborted.promise])
}
