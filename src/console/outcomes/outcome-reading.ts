// Records of the outcomes topic as what the store takes of them: what is counted, what is logged, and what is no outcome.
import type { WebhookOutcomeRecord } from '../../domain/records.ts'
import type { DecodedValue } from '../../kafka/codec.ts'
import type { ReadRecord } from '../../kafka/topic-reader.ts'
import type { LogBounds } from './delivery-log-pruning.ts'
import { loggedOutcome } from './logged-outcome.ts'
import type { LoggedOutcome } from './logged-outcome.ts'
import { countedOutcome } from './outcome-fold.ts'
import type { OutcomeBatch } from './outcome-store.ts'

export interface OutcomesRead extends Pick<OutcomeBatch, 'outcomes' | 'logged'> {
  /** Offset and reason of each record that is no outcome. */
  readonly faults: readonly string[]
}

export type DecodeOutcome = (
  value: Uint8Array,
  signal: AbortSignal,
) => DecodedValue<WebhookOutcomeRecord> | Promise<DecodedValue<WebhookOutcomeRecord>>

/** How long an outcome stays in the log, in milliseconds, and how many do at most. */
export interface LogKeeping {
  readonly retentionMs: number
  readonly rows: number
}

/** The chart of a webhook's health shows a day, and its oldest sum may be begun. */
const sumsKeptMs = 25 * 3_600_000
/** A worker whose clock runs ahead by more may not put its outcomes on top of all others for as long. */
const clockMarginMs = 3_600_000

export function logBounds({ retentionMs, rows }: LogKeeping, nowMs: number): LogBounds {
  return { beforeMs: nowMs - retentionMs, sumsBeforeMs: nowMs - sumsKeptMs, rows }
}

export async function readOutcomes(
  records: readonly ReadRecord[],
  decode: (value: Uint8Array) => ReturnType<DecodeOutcome>,
  { nowMs, keepFromMs }: { readonly nowMs: number; readonly keepFromMs: number },
): Promise<OutcomesRead> {
  const outcomes: OutcomesRead['outcomes'][number][] = []
  const logged: LoggedOutcome[] = []
  const faults: string[] = []
  for (const { offset, value, timestampMs, undecodableBatch } of records) {
    const decoded = undecodableBatch === undefined && value !== null ? decode(value) : null
    const read = decoded instanceof Promise ? await decoded : decoded
    if (read?.kind === 'value') {
      const counted = countedOutcome(read.value)
      if (counted !== null) outcomes.push({ ...counted, recordedAtMs: timestampMs })
      const row = loggedOutcome(read.value, timestampMs)
      const atMs = Math.min(row.atMs, nowMs + clockMarginMs)
      if (atMs >= keepFromMs) logged.push({ ...row, atMs })
    } else {
      faults.push(`${offset}: ${read?.detail ?? undecodableBatch ?? 'it has no value'}`)
    }
  }
  return { outcomes, logged, faults }
}
