// An outcome as its Avro record. Times become whole milliseconds; offsets become numbers, which hold 2^53 records.
import type { Outcome } from '../domain/outcome.ts'
import type { WebhookOutcomeRecord } from '../domain/records.ts'

export function outcomeRecordOf(outcome: Outcome, workerId: string): WebhookOutcomeRecord {
  const { source, config, timings, parked } = outcome
  return {
    outcome_id: outcome.outcomeId,
    delivery_id: outcome.deliveryId,
    replay: outcome.replay,
    event_id: outcome.eventId,
    call_id: outcome.callId,
    account_id: outcome.accountId,
    webhook_id: outcome.webhookId,
    config_partition: config?.partition ?? null,
    config_offset: config === null ? null : Number(config.offset),
    source_topic: source.topic,
    source_partition: source.partition,
    source_offset: Number(source.offset),
    event_type: outcome.eventType,
    attempt: outcome.attempt,
    result: outcome.result,
    final: outcome.final,
    reason: outcome.reason,
    fault_owner: outcome.faultOwner,
    status_code: outcome.statusCode,
    method: outcome.method,
    origin: outcome.origin,
    queued_ms: whole(outcome.queuedMs),
    connect_ms: whole(timings?.connectMs ?? null),
    first_byte_ms: whole(timings?.firstByteMs ?? null),
    total_ms: whole(timings?.totalMs ?? null),
    event_age_ms: Math.round(outcome.eventAgeMs),
    next_attempt_at: whole(outcome.nextAttemptAtMs),
    parked: parked === null ? null : { ...parked, offset: Number(parked.offset) },
    deferrals: outcome.deferrals,
    cut_values: outcome.cutValues,
    excerpt: outcome.excerpt,
    redirect_location: outcome.redirectOrigin,
    worker_id: workerId,
    written_at: Math.round(outcome.writtenAtMs),
  }
}

function whole(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}
