// The worst receivers as lines for a person's eye: how the workers stand, a table of webhooks, one of origins, and the
// webhooks that are invalid.
import { styleText } from 'node:util'
import type { InvalidReport, StatusReport } from '../telemetry/status-report.ts'
import type { WorstRow } from '../telemetry/worst-rows.ts'
import { badness } from '../telemetry/worst-rows.ts'
import { shownText } from './shown-text.ts'
import type { Terminal } from './terminal.ts'
import { textTable } from './text-table.ts'
import type { TopOrder } from './top-rows.ts'

export interface TopView {
  /** One at least. */
  readonly reports: readonly StatusReport[]
  /** Workers that were asked. */
  readonly asked: number
  readonly webhooks: readonly WorstRow[]
  readonly origins: readonly WorstRow[]
}

/** More of them are counted. */
const mostInvalid = 10
const mostPaused = 5

export function topLines(
  { reports, asked, webhooks, origins }: TopView,
  sort: TopOrder,
  { style }: Pick<Terminal, 'style'>,
): readonly string[] {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    style === 'colours' ? styleText(format, text, { validateStream: false }) : text
  const today = reports.reduce((latest, { at }) => (at > latest ? at : latest), '').slice(0, 10)
  const isWorthARow = (row: WorstRow): boolean =>
    sort === 'delay' || badness(row) > 0 || row.parked > 0 || row.breaker !== 'closed'
  const tableOf = (kind: 'WEBHOOK' | 'ORIGIN', rows: readonly WorstRow[]): readonly string[] => {
    const shown = rows.filter(isWorthARow)
    if (shown.length === 0) return [`No ${kind.toLowerCase()} does badly.`]
    const [heading = '', ...lines] = textTable(
      headingsOf(kind),
      shown.map((row) => cellsOf(kind, row, today)),
    )
    return [
      paint('bold', heading),
      ...lines.map((line, index) => {
        const row = shown[index]
        return row === undefined || badness(row) === 0 ? line : paint('red', line)
      }),
    ]
  }
  return [
    ...summary(reports, asked).map((line, index) => (index === 0 ? line : paint('yellow', line))),
    '',
    ...tableOf('WEBHOOK', webhooks),
    '',
    ...tableOf('ORIGIN', origins),
    ...invalidLines(reports).map((line) => paint('yellow', line)),
  ]
}

/** One line for all, and one for each worker that begins nothing. */
function summary(reports: readonly StatusReport[], asked: number): readonly string[] {
  const sum = (of: (report: StatusReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0)
  const most = (of: (report: StatusReport) => number): number => Math.max(...reports.map(of))
  const overdue = most(({ parked }) => Math.max(0, ...parked.map((each) => each.overdue_seconds)))
  const parts = [
    `${reports.length} of ${asked} worker${asked === 1 ? '' : 's'}`,
    `partitions ${sum(({ partitions }) => partitions?.length ?? 0)}`,
    `lag ${sum(({ lag }) => lag.events?.records ?? 0)} events, ${secondsText(most(({ lag }) => lag.events?.seconds ?? 0))}`,
    `oldest undelivered ${secondsText(most((report) => report.oldest_undelivered_seconds))}`,
    `in flight ${sum((report) => report.in_flight.deliveries)} of ${sum((report) => report.in_flight.max_deliveries)}`,
    `parked ${sum(({ parked }) => parked.reduce((total, each) => total + each.records, 0))}, overdue ${secondsText(overdue)}`,
    `table ${secondsText(most(({ table }) => table.age_seconds))} old`,
  ]
  const closed = reports.filter(({ gate }) => !gate.open)
  const paused = reports.toSorted((one, other) => other.pauses - one.pauses)[0]
  return [
    parts.join(' · '),
    ...(paused === undefined || paused.pauses === 0 ? [] : [pausedLine(paused)]),
    ...closed.map(({ worker_id, gate }) =>
      shownText(`${worker_id} begins no new work: ${gate.why ?? 'it does not say why'}`),
    ),
  ]
}

/** As the worker has it that knows of most: a pause is in force everywhere within seconds. */
function pausedLine({ paused, pauses }: StatusReport): string {
  const more = pauses - mostPaused
  const shown = paused.slice(0, mostPaused).join(', ')
  return shownText(`paused: ${shown}${more > 0 ? ` and ${more} more; see "pauses"` : ''}`)
}

function headingsOf(kind: 'WEBHOOK' | 'ORIGIN'): readonly string[] {
  const rest = ['FAILURES', 'LAST REASON', 'FAILING SINCE', 'HANGING', 'DELAY', 'PARKED', 'BREAKER']
  return kind === 'WEBHOOK' ? ['WEBHOOK', 'ACCOUNT', 'ORIGIN', ...rest] : ['ORIGIN', ...rest]
}

function cellsOf(kind: 'WEBHOOK' | 'ORIGIN', row: WorstRow, today: string): readonly string[] {
  const { name, account_id, origin, failures, failing_since, hanging, delay_seconds, parked } = row
  const rest = [
    countText(failures),
    reasonText(row),
    sinceText(failing_since, today),
    String(hanging),
    secondsText(delay_seconds),
    countText(parked),
    breakerText(row),
  ]
  return kind === 'WEBHOOK' ? [name, account_id ?? '-', origin ?? '-', ...rest] : [name, ...rest]
}

/** What it failed by last; where nothing has failed yet, that nothing has come, or why it gets nothing. */
function reasonText(row: WorstRow): string {
  const { reason, status_code, hanging, oldest_attempt_seconds, parked_reason } = row
  if (reason !== null) return status_code === null ? reason : `${reason} ${status_code}`
  if (hanging > 0) return `no answer for ${secondsText(oldest_attempt_seconds)}`
  return parked_reason === null ? '-' : `put off: ${parked_reason}`
}

/** In UTC; of another day with its date. */
function sinceText(failingSince: string | null, today: string): string {
  if (failingSince === null) return '-'
  const isToday = failingSince.startsWith(today)
  return isToday ? failingSince.slice(11, 19) : failingSince.slice(0, 16).replace('T', ' ')
}

function breakerText({ breaker, tried_again_in_seconds }: WorstRow): string {
  return breaker === 'open' ? `open, ${secondsText(tried_again_in_seconds)}` : breaker
}

function invalidLines(reports: readonly StatusReport[]): readonly string[] {
  // Every worker holds the whole table: the one that has read furthest knows best.
  const [report] = reports.toSorted((one, other) => one.table.age_seconds - other.table.age_seconds)
  if (report === undefined || report.table.invalid === 0) return []
  const shown = report.invalid_webhooks.slice(0, mostInvalid)
  const more = report.table.invalid - shown.length
  return [
    '',
    `${report.table.invalid} invalid webhook${report.table.invalid === 1 ? '' : 's'}, delivering nothing:`,
    ...shown.map(invalidLine),
    ...(more > 0 ? [`and ${more} more; see "webhooks list --invalid"`] : []),
  ]
}

function invalidLine({ webhook_id, account_id, partition, offset, faults }: InvalidReport): string {
  const whose = account_id === null ? 'account not known' : `account ${account_id}`
  return shownText(`${webhook_id} (${whose}, at ${partition}/${offset}): ${faults.join('; ')}`)
}

function countText(count: number): string {
  return count < 10 && !Number.isInteger(count) ? count.toFixed(1) : String(Math.round(count))
}

/** `0.4 s`, `12 s`, `3 min`, `5 h`. */
function secondsText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
