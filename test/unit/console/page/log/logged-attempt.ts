// An attempt as the API tells of it.
import type { LoggedAttempt } from '../../../../../src/console/page/log/log-wire.ts'

/** The higher `nth`, the newer. */
export function loggedAttempt(nth: number, more: Partial<LoggedAttempt> = {}): LoggedAttempt {
  return {
    outcome_id: `o${nth}`,
    delivery_id: `d${nth}`,
    replay: 0,
    event_id: 'e',
    call_id: 'c',
    webhook_id: 'w',
    event_type: 'call_end',
    attempt: 1,
    result: 'failed',
    reason: 'http_status',
    final: true,
    fault_owner: 'receiver',
    status_code: 404,
    method: 'POST',
    origin: 'https://a.ru',
    queued_ms: 1,
    connect_ms: 2,
    first_byte_ms: 3,
    total_ms: 4,
    event_age_ms: 5,
    next_attempt_at: null,
    excerpt: null,
    redirect_origin: null,
    cut_values: [],
    at: new Date(Date.UTC(2026, 2, 14) + nth * 1_000).toISOString(),
    sendable: true,
    ...more,
  }
}
