// What `top` does: asks every worker named how it stands, and shows the worst over all of them.
// Invariant: a worker that does not answer hides none of the others, and is told of; ids are already escaped by whoever
// tells them, and are escaped here once more: the address may be anybody's.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StatusReport } from '../telemetry/status-report.ts'
import { shownText } from './shown-text.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { mergedRows } from './top-rows.ts'
import type { TopOrder } from './top-rows.ts'
import { topLines } from './top-lines.ts'

export interface TopOptions {
  readonly urls: readonly string[]
  readonly sort: TopOrder
  /** Rows of each. */
  readonly limit: number
  readonly watch?: true
  readonly json?: true
}

const everyMs = 2_000
const answerMs = 5_000
/** Home, and all that is below cleared: the next look takes the place of the last. */
const clearScreen = '\u001B[H\u001B[J'

export async function top(options: TopOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.watch === undefined) return look(options, terminal)
  const interrupted = new AbortController()
  void terminal.untilInterrupted().then(() => interrupted.abort())
  for (;;) {
    await look(options, terminal)
    await sleep(everyMs, undefined, { signal: interrupted.signal }).catch(() => {})
    if (interrupted.signal.aborted) return 0
  }
}

async function look({ urls, sort, limit, watch, json }: TopOptions, terminal: Terminal): Promise<ExitCode> {
  const answers = await Promise.all(urls.map(ask))
  const reports = answers.filter((answer) => typeof answer !== 'string')
  const troubles = answers.filter((answer) => typeof answer === 'string')
  const worst = {
    webhooks: mergedRows(
      reports.map((report) => report.worst.webhooks),
      sort,
    ).slice(0, limit),
    origins: mergedRows(
      reports.map((report) => report.worst.origins),
      sort,
    ).slice(0, limit),
  }
  if (json === true) terminal.out(JSON.stringify({ ...worst, workers: reports, not_answering: troubles }))
  else if (reports.length > 0) {
    const lines = topLines({ reports, asked: urls.length, ...worst }, sort, terminal)
    const clears = watch === true && terminal.style === 'colours'
    terminal.out(`${clears ? clearScreen : ''}${lines.join('\n')}${watch === true && !clears ? '\n' : ''}`)
  }
  for (const trouble of troubles) terminal.err(trouble)
  return troubles.length > 0 ? 1 : 0
}

/** What is wrong, where there is no report. */
async function ask(url: string): Promise<StatusReport | string> {
  try {
    const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(answerMs) })
    const report: unknown = await response.json().catch(() => null)
    return isReport(report) ? report : `${url}: there is no worker’s status (HTTP ${response.status})`
  } catch (error) {
    return `${url}: no answer (${shownText(codeOf(error))}); see ops.host (OPS_HOST) and ops.port (OPS_PORT) of the worker`
  }
}

function isReport(value: unknown): value is StatusReport {
  return typeof value === 'object' && value !== null && 'worker_id' in value && 'worst' in value
}

/** The client's own error says no more than that it failed; its cause says why. */
function codeOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } }
  return name === 'TimeoutError' ? `none within ${answerMs / 1_000} s` : String(cause?.code ?? error)
}
