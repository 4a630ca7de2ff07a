// Suspensions, facts and notices as their Avro records, and back. Times become whole milliseconds; offsets become
// numbers, which hold 2^53 records.
import type { AccountId, WebhookId } from '../domain/ids.ts'
import type { WebhookFactRecord, WebhookNoticeRecord, WebhookSuspensionRecord } from '../domain/records.ts'
import type { HeldSuspension, Notice, Suspension, WebhookFact } from '../domain/suspension.ts'

/** Who tells. */
export interface FactTeller {
  readonly processId: string
  readonly workerId: string
}

export function suspensionRecordOf(suspension: Suspension): WebhookSuspensionRecord {
  const { webhookId, accountId, state, config, watchOffset, cause, attempts, last } = suspension
  return {
    webhook_id: webhookId,
    account_id: accountId,
    state,
    config_partition: config.partition,
    config_offset: Number(config.offset),
    watch_offset: watchOffset === null ? null : Number(watchOffset),
    watched_since: Math.round(suspension.watchedSinceMs),
    suspended_since: whole(suspension.suspendedSinceMs),
    cause,
    attempts,
    last_reason: last.reason,
    last_status: last.statusCode,
    first_failed_at: Math.round(suspension.firstFailedAtMs),
    last_failed_at: Math.round(suspension.lastFailedAtMs),
  }
}

/** Null where this version does not know what the record says: then it says nothing. */
export function heldSuspensionOf(record: WebhookSuspensionRecord, offset: bigint): HeldSuspension | null {
  const { state, cause } = record
  if (state === 'unknown') return null
  return {
    webhookId: record.webhook_id as WebhookId,
    accountId: record.account_id as AccountId,
    state,
    config: { partition: record.config_partition, offset: BigInt(record.config_offset) },
    offset,
    watchOffset: record.watch_offset === null ? null : BigInt(record.watch_offset),
    watchedSinceMs: record.watched_since,
    suspendedSinceMs: record.suspended_since,
    cause: cause === 'unknown' ? 'only_failures' : cause,
    attempts: record.attempts,
    last: { reason: record.last_reason, statusCode: record.last_status },
    firstFailedAtMs: record.first_failed_at,
    lastFailedAtMs: record.last_failed_at,
  }
}

export function noticeRecordOf({ liftedBy, atMs, of }: Notice): WebhookNoticeRecord {
  const kind = liftedBy === null ? 'suspended' : 'lifted'
  const { webhookId, config, last } = of
  const since = Math.round(of.suspendedSinceMs)
  return {
    notice_id: [webhookId, config.partition, config.offset, since, kind].join('/'),
    kind,
    webhook_id: webhookId,
    account_id: of.accountId,
    config_partition: config.partition,
    config_offset: Number(config.offset),
    at: Math.round(atMs),
    since,
    cause: of.cause,
    lifted_by: liftedBy,
    attempts: of.attempts,
    last_reason: last.reason,
    last_status: last.statusCode,
  }
}

/** `writtenAtMs`: epoch milliseconds. */
export function factRecordOf(
  fact: WebhookFact,
  { processId, workerId }: FactTeller,
  writtenAtMs: number,
): WebhookFactRecord {
  return {
    webhook_id: fact.webhookId,
    account_id: fact.accountId,
    config_partition: fact.config.partition,
    config_offset: Number(fact.config.offset),
    watch_offset: fact.watchOffset === null ? null : Number(fact.watchOffset),
    failures: fact.failures,
    first_failed_at: whole(fact.firstFailedAtMs),
    last_failed_at: whole(fact.lastFailedAtMs),
    last_reason: fact.last.reason,
    last_status: fact.last.statusCode,
    gone: fact.gone,
    succeeded_at: whole(fact.succeededAtMs),
    process_id: processId,
    worker_id: workerId,
    written_at: Math.round(writtenAtMs),
  }
}

export function factOf(record: WebhookFactRecord): WebhookFact {
  return {
    webhookId: record.webhook_id as WebhookId,
    accountId: record.account_id as AccountId,
    config: { partition: record.config_partition, offset: BigInt(record.config_offset) },
    watchOffset: record.watch_offset === null ? null : BigInt(record.watch_offset),
    failures: record.failures,
    firstFailedAtMs: record.first_failed_at,
    lastFailedAtMs: record.last_failed_at,
    last: { reason: record.last_reason, statusCode: record.last_status },
    gone: record.gone,
    succeededAtMs: record.succeeded_at,
  }
}

function whole(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}
