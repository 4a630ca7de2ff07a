// What is told of one delivery: whose it is, each step with its reason in plain words, and how it stands now.
import { styleText } from 'node:util'
import type { WebhookOutcomeRecord } from '../domain/records.ts'
import type { DeliveryHistory } from '../replay/delivery-history.ts'
import { isReason } from '../replay/replay-selection.ts'
import { momentText, reasonText } from './outcome-line.ts'
import { reasonWords } from './reason-words.ts'
import { shownText } from './shown-text.ts'
import type { Terminal } from './terminal.ts'

export interface InspectedDelivery {
  readonly delivery_id: string
  readonly event_id: string
  readonly event_type: string
  readonly call_id: string
  readonly account_id: string
  readonly webhook_id: string | null
  /** Where the event stands: `topic partition/offset`. */
  readonly source: string
  readonly steps: readonly WebhookOutcomeRecord[]
  readonly now: string
  /** Null where nothing is left to say about the last reason. */
  readonly means: string | null
  readonly todo: string | null
}

/** `asked`: the highest replay that was asked for; 0: none. */
export function inspectedDelivery(
  { deliveryId, outcomes }: DeliveryHistory,
  asked: number,
  nowMs: number,
): InspectedDelivery {
  const last = outcomes.at(-1)
  if (last === undefined) throw new Error('a history has at least one outcome')
  const { source_topic, source_partition, source_offset } = last
  const words = isReason(last.reason) && last.reason !== 'ok' ? reasonWords[last.reason] : null
  return {
    delivery_id: deliveryId,
    event_id: last.event_id,
    event_type: last.event_type,
    call_id: last.call_id,
    account_id: last.account_id,
    webhook_id: last.webhook_id,
    source: `${source_topic} ${source_partition}/${source_offset}`,
    steps: outcomes,
    now: standingText(outcomes, last, asked, nowMs),
    means: words?.means ?? null,
    todo: words?.todo ?? null,
  }
}

function standingText(
  outcomes: readonly WebhookOutcomeRecord[],
  last: WebhookOutcomeRecord,
  asked: number,
  nowMs: number,
): string {
  const delivered = outcomes.find(({ result }) => result === 'delivered')
  if (delivered !== undefined) return `delivered at ${momentText(delivered.written_at)}`
  if (asked > last.replay) return `replay ${asked} is asked for, and has not been tried yet`
  if (last.final) return `${last.result} at ${momentText(last.written_at)}: nothing more happens by itself`
  const { parked, next_attempt_at: nextMs } = last
  const where = parked === null ? 'in a worker' : `in ${parked.topic} ${parked.partition}/${parked.offset}`
  if (nextMs === null) return `waits ${where}`
  const late = nowMs > nextMs ? `, ${Math.round((nowMs - nextMs) / 1_000)} s ago` : ''
  // A deferral is told once, the first time; it may have moved on since.
  return `waits ${where}, due at ${momentText(nextMs)}${late}${late === '' ? '' : '; it may have been put off again, which is told with the next try'}`
}

export function inspectedLines(
  delivery: InspectedDelivery,
  { style }: Pick<Terminal, 'style'>,
): readonly string[] {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    style === 'colours' ? styleText(format, text, { validateStream: false }) : text
  const { delivery_id, webhook_id, account_id, event_type, event_id, call_id, source } = delivery
  return [
    paint('bold', `delivery ${shownText(delivery_id)}`),
    `  ${event_type} ${shownText(event_id)} of call ${shownText(call_id)}, at ${source}`,
    `  to webhook ${shownText(webhook_id ?? 'none')} of account ${shownText(account_id)}`,
    ...delivery.steps.map((step) => `  ${stepText(step)}`),
    paint('bold', `  now: ${delivery.now}`),
    ...(delivery.means === null ? [] : [`  means: ${delivery.means}`, `  to do: ${delivery.todo}`]),
    '',
  ]
}

function stepText(step: WebhookOutcomeRecord): string {
  const { written_at, replay, attempt, result, origin, total_ms, next_attempt_at } = step
  return [
    momentText(written_at),
    ...(replay > 0 ? [`replay ${replay}`] : []),
    `try ${attempt}`,
    step.final ? result.toUpperCase() : result,
    reasonText(step),
    ...(origin === null ? [] : [shownText(origin)]),
    ...(total_ms === null ? [] : [`${total_ms} ms`]),
    ...(next_attempt_at === null ? [] : [`next at ${momentText(next_attempt_at)}`]),
    ...(step.deferrals === 0 ? [] : [`put off ${step.deferrals} times`]),
  ]
    .filter((part) => part !== '')
    .join('  ')
}
