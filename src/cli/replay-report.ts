// What a replay tells: what it counted, and what became of it, for people and as JSON.
import type { ReplaySession } from '../replay-session.ts'
import type { ReplayReport } from '../replay/replay-run.ts'
import type { ReplaySelection } from '../replay/replay-selection.ts'
import { momentText } from './outcome-line.ts'
import { shownText } from './shown-text.ts'
import { textTable } from './text-table.ts'
import type { WebhookNow } from './webhooks-now.ts'

export interface Counted {
  readonly runId: string
  readonly selection: ReplaySelection
  readonly session: ReplaySession
  readonly webhooks: ReadonlyMap<string, WebhookNow>
  /** Milliseconds that reading the outcomes took. */
  readonly readMs: number
  readonly perSecond: number
}

/** More lines than a person reads say no more than how many there are. */
const shownWebhooks = 20
const shownUnsent = 20

export function countedLines(counted: Counted): readonly string[] {
  const { session, selection, perSecond, readMs } = counted
  const { plan, ledger, undecodable } = session
  const count = plan.rows.length
  const perSecondRead = Math.round(ledger.outcomes / Math.max(readMs / 1_000, 0.001))
  return [
    `${count} deliveries ended ${selection.results.join(', ')} from ${momentText(selection.sinceMs)} to ${momentText(selection.untilMs)}`,
    `(${ledger.outcomes} outcomes read in ${(readMs / 1_000).toFixed(1)} s, ${perSecondRead} a second)`,
    ...plan.byReason.map(([reason, each]) => `  ${String(each).padStart(8)}  ${reason}`),
    ...(count === 0 ? [] : ['', ...webhookTable(counted)]),
    ...note(plan.failedAgain, 'of them were sent again before, and failed again'),
    ...note(plan.alreadySent, 'more were sent by this run before it was interrupted'),
    ...note(plan.underWay, 'more are not counted: they were asked for again, and have not ended yet'),
    ...note(
      ledger.wholeEvents,
      'events were rejected as a whole (fanout_limit): these have no webhook to send to',
    ),
    ...note(undecodable, 'records of the topic could not be read'),
    ...(count === 0 ? [] : [`at ${perSecond} a second it takes ${durationText(count / perSecond)}`]),
  ]
}

function note(count: number, text: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${text}`]
}

function webhookTable({ session, webhooks }: Counted): readonly string[] {
  const { byWebhook } = session.plan
  const rows = byWebhook
    .slice(0, shownWebhooks)
    .map(([id, count]) => [String(count), id, webhooks.get(id)?.origin ?? '-', fateText(webhooks.get(id))])
  const more = byWebhook.length - shownWebhooks
  return [
    ...textTable(['FAILED', 'WEBHOOK', 'ORIGIN', 'NOW'], rows).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more webhooks`] : []),
  ]
}

/** What becomes of what is sent again to it. */
function fateText(webhook: WebhookNow | undefined): string {
  switch (webhook?.state) {
    case 'ready':
      return 'is sent to'
    case 'paused':
      return 'paused: they wait until it is resumed'
    case 'disabled':
      return 'disabled: they end as cancelled'
    case 'invalid':
      return 'invalid: they end as rejected'
    case 'deleted':
    case undefined:
      return 'deleted: they end as cancelled'
  }
}

export function sentLines({ runId, session }: Counted, report: ReplayReport): readonly string[] {
  const { tookMs, sent, passedOver, unsent, left, error } = report
  const total = session.plan.rows.length
  return [
    `${sent} of ${total} sent in ${durationText(tookMs / 1_000)}`,
    ...note(passedOver, 'passed over: delivered, or asked for by somebody else, since they were counted'),
    ...unsent.slice(0, shownUnsent).map(({ deliveryId, why }) => `${why}: ${deliveryId}`),
    ...note(Math.max(0, unsent.length - shownUnsent), 'more like these; --json lists all'),
    ...unsentNotes(report),
    ...(left === 0 ? [] : [`${left} are left: ${endText(report.end, error)}; go on with --resume ${runId}`]),
  ]
}

function unsentNotes({ unsent }: ReplayReport): readonly string[] {
  const of = (why: string): number => unsent.filter((each) => each.why === why).length
  return [
    ...note(
      of('event_expired'),
      'event_expired: the event is past the retention of its topic, nothing is left to send',
    ),
    ...note(of('event_changed'), 'event_changed: another event stands there now; was the topic made anew?'),
    ...note(of('event_unreadable'), 'event_unreadable: the event cannot be decoded any more'),
  ]
}

function endText(end: ReplayReport['end'], error: string | null): string {
  switch (end) {
    case 'interrupted':
      return 'interrupted'
    case 'shut_out':
      return 'another replay has begun meanwhile, or this process stood still for more than ten seconds'
    case 'brokers_away':
      return `the brokers took nothing: ${shownText(error ?? '')}`
    case 'under_way':
    case 'done':
      return 'not done'
  }
}

function durationText(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  return seconds < 6_000 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3_600).toFixed(1)} h`
}

export function countedDocument(counted: Counted): string {
  return JSON.stringify(countOf(counted), null, 2)
}

export function sentDocument(counted: Counted, report: ReplayReport): string {
  const { sent, passedOver, unsent, left, tookMs, end, error } = report
  const result = {
    end,
    sent,
    passed_over: passedOver,
    left,
    seconds: Number((tookMs / 1_000).toFixed(3)),
    unsent: unsent.map(({ deliveryId, why }) => ({ delivery_id: deliveryId, why })),
    ...(error !== null && { error }),
  }
  return JSON.stringify({ ...countOf(counted), result }, null, 2)
}

function countOf({ runId, selection, session, webhooks, readMs, perSecond }: Counted): object {
  const { plan, ledger, undecodable } = session
  return {
    run: runId,
    since: momentText(selection.sinceMs),
    until: momentText(selection.untilMs),
    rate_per_second: perSecond,
    count: plan.rows.length,
    by_reason: Object.fromEntries(plan.byReason),
    webhooks: plan.byWebhook.map(([id, count]) => ({
      webhook_id: id,
      count,
      now: webhooks.get(id)?.state ?? 'deleted',
    })),
    failed_again: plan.failedAgain,
    already_sent: plan.alreadySent,
    under_way: plan.underWay,
    whole_events: ledger.wholeEvents,
    undecodable,
    outcomes_read: ledger.outcomes,
    read_seconds: Number((readMs / 1_000).toFixed(3)),
  }
}
