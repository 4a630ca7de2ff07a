// What `/status` answers: how the worker stands, and which receivers do worst, in the words of metrics and outcomes. A
// projection of the standing and of the ranking.
// Invariants: bounded whatever there is; ids and hosts are cut and escaped, so that a terminal shows what they hold; no
// path, query, header or rendered value.
import { delayText } from '../domain/delay-text.ts'
import type {
  InvalidWebhook,
  Lag,
  Standing,
  SuspensionsStanding,
  TroubledWay,
  WorkStanding,
} from '../domain/standing.ts'
import { foreignText } from './foreign-text.ts'
import type { Ranks } from './receiver-ranking.ts'
import { worstRows } from './worst-rows.ts'
import type { WorstRow } from './worst-rows.ts'

export interface StatusParts {
  readonly workerId: string
  readonly version: string
  readonly standing: Standing
  readonly webhooks: Ranks
  readonly origins: Ranks
  readonly troubled: readonly TroubledWay[]
  /** Of these at most `mostListed`. */
  readonly invalid: readonly InvalidWebhook[]
  /** Epoch milliseconds. */
  readonly nowMs: number
}

export interface LagReport {
  readonly records: number
  readonly seconds: number
}

export interface InvalidReport {
  readonly webhook_id: string
  readonly account_id: string | null
  readonly partition: number
  readonly offset: string
  readonly faults: readonly string[]
}

export interface StatusReport {
  readonly worker_id: string
  readonly version: string
  readonly at: string
  readonly gate: { readonly open: boolean; readonly why: string | null }
  /** Of call events; null while they may be another's, and before the group was joined. */
  readonly partitions: readonly number[] | null
  readonly lag: {
    readonly events: LagReport | null
    readonly webhooks: LagReport
    readonly states: LagReport
  }
  /** Keys of the pauses in force, of many the first; and how many there are. */
  readonly paused: readonly string[]
  readonly pauses: number
  readonly suspensions: SuspensionsStanding
  readonly oldest_undelivered_seconds: number
  readonly in_flight: Readonly<
    Record<'deliveries' | 'bytes' | 'waiting' | 'max_deliveries' | 'max_bytes', number>
  >
  readonly table: {
    readonly state: string
    readonly hydration: number
    readonly age_seconds: number
    readonly webhooks: number
    readonly invalid: number
    readonly unverified: number
  }
  readonly parked: readonly {
    readonly delay: string
    readonly records: number
    readonly overdue_seconds: number
  }[]
  readonly lanes: Readonly<Record<'closed' | 'open' | 'half_open' | 'waiting' | 'old_attempts', number>>
  readonly worst: { readonly webhooks: readonly WorstRow[]; readonly origins: readonly WorstRow[] }
  readonly invalid_webhooks: readonly InvalidReport[]
}

/** Webhooks, origins and invalid versions that are asked for. */
export const mostListed = 50
const mostFaults = 5

const nothing: Omit<WorkStanding, 'held'> = {
  oldestUndeliveredMs: 0,
  inFlight: { deliveries: 0, bytes: 0, waiting: 0, maxDeliveries: 0, maxBytes: 0 },
  lanes: { closed: 0, open: 0, halfOpen: 0, waiting: 0, oldAttempts: 0 },
}

export function statusReport(parts: StatusParts): StatusReport {
  const { standing, troubled, nowMs } = parts
  const { closedBecause, table, pauses, suspensions, work } = standing
  const { oldestUndeliveredMs, inFlight, lanes } = work ?? nothing
  const held = work?.held ?? null
  const { state, hydration, webhooks, invalid, unverified } = table
  const troubledOf = (of: TroubledWay['of']): readonly TroubledWay[] =>
    troubled.filter((way) => way.of === of)
  return {
    worker_id: foreignText(parts.workerId),
    version: parts.version,
    at: new Date(nowMs).toISOString(),
    gate: { open: closedBecause === null, why: closedBecause },
    partitions: held?.partitions ?? null,
    lag: {
      events: held === null ? null : lagOf(held.events),
      webhooks: lagOf(table.lag),
      states: lagOf(pauses.lag),
    },
    paused: pauses.inForce.slice(0, mostListed).map(foreignText),
    pauses: pauses.inForce.length,
    suspensions,
    oldest_undelivered_seconds: seconds(oldestUndeliveredMs),
    in_flight: {
      deliveries: inFlight.deliveries,
      bytes: inFlight.bytes,
      waiting: inFlight.waiting,
      max_deliveries: inFlight.maxDeliveries,
      max_bytes: inFlight.maxBytes,
    },
    table: { state, hydration, age_seconds: seconds(table.ageMs), webhooks, invalid, unverified },
    parked: (held?.parked ?? []).map(({ delayMs, records, overdueMs }) => ({
      delay: delayText(delayMs),
      records,
      overdue_seconds: seconds(overdueMs),
    })),
    lanes: {
      closed: lanes.closed,
      open: lanes.open,
      half_open: lanes.halfOpen,
      waiting: lanes.waiting,
      old_attempts: lanes.oldAttempts,
    },
    worst: {
      webhooks: worstRows(parts.webhooks, troubledOf('webhook')),
      origins: worstRows(parts.origins, troubledOf('origin')),
    },
    invalid_webhooks: parts.invalid.map(invalidReport),
  }
}

function invalidReport({ webhookId, accountId, config, faults }: InvalidWebhook): InvalidReport {
  const more = faults.length - mostFaults
  return {
    webhook_id: foreignText(webhookId),
    account_id: accountId === null ? null : foreignText(accountId),
    partition: config.partition,
    offset: String(config.offset),
    faults: [...faults.slice(0, mostFaults).map(foreignText), ...(more > 0 ? [`${more} more`] : [])],
  }
}

function lagOf({ records, ageMs }: Lag): LagReport {
  return { records, seconds: seconds(ageMs) }
}

/** To the millisecond. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1_000
}
