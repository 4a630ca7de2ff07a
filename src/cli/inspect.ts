// Finds deliveries in the topic of outcomes, by time, and tells what became of them and where they wait.
import { noDelayMs, retryTopicOf } from '../domain/retry-topic.ts'
import { clientConfigOf } from '../kafka/kafka-client.ts'
import { scanOutcomes } from '../kafka/outcome-scan.ts'
import { readReplayMarks } from '../kafka/replay-marks.ts'
import { DeliveryHistories } from '../replay/delivery-history.ts'
import type { DeliveryHistory } from '../replay/delivery-history.ts'
import { systemClock } from '../runtime/clock.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { inspectedDelivery, inspectedLines } from './inspected-delivery.ts'
import { momentText } from './outcome-line.ts'
import { msOf } from './moment-option.ts'
import type { Moment } from './moment-option.ts'
import { progressText } from './progress-text.ts'
import { shownText } from './shown-text.ts'
import type { ExitCode, Terminal } from './terminal.ts'

export interface InspectChoice {
  readonly delivery?: string
  readonly call?: string
  readonly event?: string
  readonly since: Moment
  readonly json?: true
}

/** Of one call or event; more are no answer for a person. */
const mostDeliveries = 2_000

/** Exit code 1 where nothing was found. */
export async function inspect(
  settings: Settings,
  choice: InspectChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const { delivery, call, event, json } = choice
  const holding = delivery ?? call ?? event ?? ''
  const sinceMs = msOf(choice.since, systemClock.nowMs())
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const topic = settings.topics.outcomes.name
  const histories = new DeliveryHistories(mostDeliveries)
  await scanOutcomes({
    client,
    registry: settings.registry,
    topic,
    sinceMs,
    holding,
    onOutcome(outcome) {
      // The text may stand in another field, as an event's id within a call's.
      if (delivery !== undefined && outcome.delivery_id !== delivery) return
      if (call !== undefined && outcome.call_id !== call) return
      if (event !== undefined && outcome.event_id !== event) return
      histories.outcome(outcome)
    },
    onProgress: (read, all) => terminal.progress(progressText('outcomes read', read, all)),
  })
  const found = histories.all()
  const asked = found.length === 0 ? new Map<string, number>() : await askedFor(settings, found, sinceMs)
  terminal.progress(null)
  const deliveries = found.map((history) =>
    inspectedDelivery(history, asked.get(history.deliveryId) ?? 0, systemClock.nowMs()),
  )
  if (json === true) {
    terminal.out(JSON.stringify({ topic, since: momentText(sinceMs), deliveries }, null, 2))
    return found.length === 0 ? 1 : 0
  }
  for (const each of deliveries) for (const line of inspectedLines(each, terminal)) terminal.out(line)
  if (histories.leftOut > 0) terminal.err(`outcomes of more than ${mostDeliveries} deliveries are not shown`)
  if (found.length > 0) return 0
  const what = `no outcome of ${shownText(holding)} since ${momentText(sinceMs)}`
  terminal.err(`${topic}: ${what}; --since 7d looks further back, as far as the topic keeps its records`)
  return 1
}

/** By delivery the highest replay that was asked for, which may not have shown itself yet. */
async function askedFor(
  settings: Settings,
  found: readonly DeliveryHistory[],
  sinceMs: number,
): Promise<ReadonlyMap<string, number>> {
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const topic = retryTopicOf(settings.topics.retries.prefix, noDelayMs)
  const ids = new Set(found.map(({ deliveryId }) => deliveryId))
  const asked = new Map<string, number>()
  await readReplayMarks({ client, topic }, { kind: 'moment', sinceMs }, ({ deliveryIds, replay }) => {
    for (const id of deliveryIds) if (ids.has(id)) asked.set(id, Math.max(asked.get(id) ?? 0, replay))
  })
  return asked
}
