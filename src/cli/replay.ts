// Counts, asks, sends, and tells what became of it. Nothing is kept on this machine: what a run has sent stands in Kafka,
// so it can be gone on with from anywhere.
import { systemClock } from '../runtime/clock.ts'
import { systemRandom } from '../runtime/random.ts'
import { openReplaySession, selectionOfRun } from '../replay-session.ts'
import type { ReplaySession } from '../replay-session.ts'
import { usualResults } from '../replay/replay-selection.ts'
import type { ReplayableResult, ReplaySelection } from '../replay/replay-selection.ts'
import { runIdOf } from '../replay/run-id.ts'
import type { OutcomeReason } from '../domain/outcome.ts'
import type { Settings } from '../settings/schema.ts'
import { msOf } from './moment-option.ts'
import type { Moment } from './moment-option.ts'
import { progressText } from './progress-text.ts'
import { countedDocument, countedLines, sentDocument, sentLines } from './replay-report.ts'
import type { Counted } from './replay-report.ts'
import { shownText } from './shown-text.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { webhooksNow } from './webhooks-now.ts'
import type { WebhookNow } from './webhooks-now.ts'

export interface ReplayChoice {
  readonly account?: string
  readonly webhook?: readonly string[]
  readonly delivery?: readonly string[]
  readonly since: Moment
  readonly until?: Moment
  readonly reason?: readonly OutcomeReason[]
  readonly result?: readonly ReplayableResult[]
  readonly rate: number
  readonly resume?: string
  readonly takeOver?: true
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

/** Each record that a run writes says how the run chose. */
const mostNamed = 100

/** Exit code 0 only if all that was counted is sent, or was delivered meanwhile. */
export async function replay(
  settings: Settings,
  choice: ReplayChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const { delivery = [], webhook = [] } = choice
  if (delivery.length + webhook.length > mostNamed) {
    terminal.err(`--delivery and --webhook name ${delivery.length + webhook.length}; allowed: ${mostNamed}`)
    return 1
  }
  const run = await runOf(settings, choice)
  if (run !== null && run.selection.sinceMs >= run.selection.untilMs) {
    terminal.err('--since has to be before --until, and before now')
    return 1
  }
  if (run === null) {
    const topic = `${settings.topics.retries.prefix}.0s`
    const text = `nothing of a run "${shownText(choice.resume ?? '')}" stands in ${topic}`
    terminal.err(`--resume: ${text}; a run that sent nothing is begun anew with the options that it had`)
    return 1
  }
  const startedAtMs = performance.now()
  const session = await openReplaySession({
    settings,
    clock: systemClock,
    ...run,
    onRead: (read, all) => terminal.progress(progressText('outcomes read', read, all)),
  })
  const readMs = performance.now() - startedAtMs
  terminal.progress(null)
  const webhooks = await webhooksNow(settings, session.plan.byWebhook)
  const counted: Counted = { ...run, session, webhooks, readMs, perSecond: choice.rate }
  if (choice.json !== true) for (const line of countedLines(counted)) terminal.out(line)
  const intention = await intentionOf(choice, session, terminal)
  if (intention !== 'send') {
    if (choice.json === true) terminal.out(countedDocument(counted))
    return intention === 'done' ? 0 : 1
  }
  return send(counted, choice, terminal)
}

interface Run {
  readonly runId: string
  readonly selection: ReplaySelection
}

async function runOf(settings: Settings, choice: ReplayChoice): Promise<Run | null> {
  const { resume, account, webhook, delivery, since, until, reason, result } = choice
  if (resume !== undefined) {
    const selection = await selectionOfRun(settings, resume)
    return selection === null ? null : { runId: resume, selection }
  }
  const nowMs = systemClock.nowMs()
  const selection: ReplaySelection = {
    accountId: account ?? null,
    webhookIds: webhook ?? null,
    deliveryIds: delivery ?? null,
    sinceMs: msOf(since, nowMs),
    untilMs: until === undefined ? nowMs : msOf(until, nowMs),
    results: result ?? usualResults,
    reasons: reason ?? null,
  }
  return { runId: runIdOf(nowMs, systemRandom.next()), selection }
}

/** `done`: there is nothing to do beyond counting. */
async function intentionOf(
  { dryRun, yes, json }: ReplayChoice,
  { plan }: ReplaySession,
  terminal: Terminal,
): Promise<'send' | 'done' | 'refused'> {
  if (plan.rows.length === 0 || dryRun === true) return 'done'
  if (yes === true) return 'send'
  const answer = json === true ? null : await terminal.ask(`Send ${plan.rows.length} deliveries again? [y/N]`)
  if (answer !== null) {
    if (/^y(es)?$/i.test(answer.trim())) return 'send'
    terminal.err('nothing is sent')
    return 'refused'
  }
  terminal.err('nothing is sent: nobody is here to ask; --yes sends without asking, --dry-run only counts')
  return 'refused'
}

async function send(counted: Counted, choice: ReplayChoice, terminal: Terminal): Promise<ExitCode> {
  const { session, webhooks, runId, perSecond } = counted
  const stopping = new AbortController()
  void terminal.untilInterrupted().then(() => stopping.abort())
  terminal.err(`run ${runId}: if it is interrupted, go on with --resume ${runId}`)
  const total = session.plan.rows.length
  const result = await session.send(
    {
      perSecond,
      horizonOf: (webhookId) => ownHorizon(webhooks.get(webhookId)),
      others: choice.takeOver === true ? 'take_over' : 'wait',
      told: ({ left }) => terminal.progress(progressText('sent', total - left, total)),
    },
    stopping.signal,
  )
  terminal.progress(null)
  if (result.kind === 'another_runs') {
    terminal.err(
      `nothing is sent: the replay ${shownText(result.runId)} is writing now; wait until it is over, or shut it out with --take-over`,
    )
    return 1
  }
  const { report } = result
  if (choice.json === true) terminal.out(sentDocument(counted, report))
  else for (const line of sentLines(counted, report)) terminal.out(line)
  return report.end === 'done' && report.unsent.length === 0 ? 0 : 1
}

function ownHorizon(webhook: WebhookNow | undefined): number | null {
  return webhook?.retryHorizonMs ?? null
}
