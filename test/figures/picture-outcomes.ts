// A day of a webhook as it may be, for the picture of its log: all well, then its server moves.
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { outcomeRecord } from '../unit/console/outcome-samples.ts'

const hourMs = 3_600_000
const minuteMs = 60_000
const origin = 'https://analytics.okna-moskva.ru'

/** Until `nowMs`, newest last. */
export function outcomesOfDay(
  webhookId: string,
  accountId: string,
  nowMs: number,
): readonly WebhookOutcomeRecord[] {
  const records: WebhookOutcomeRecord[] = []
  const add = (agoMs: number, more: Partial<WebhookOutcomeRecord>): void => {
    const nth = String(records.length).padStart(12, '0')
    records.push(
      outcomeRecord({
        delivery_id: `7df02390-93c7-5127-a380-${nth}`,
        event_id: `01981f0a-1c00-7a11-8b00-${nth}`,
        call_id: `01981f0a-2c00-7b22-9c00-${nth}`,
        webhook_id: webhookId,
        account_id: accountId,
        event_type: 'call_end',
        origin,
        method: 'GET',
        redirect_location: null,
        excerpt: null,
        cut_values: [],
        event_age_ms: 240 + ((records.length * 37) % 400),
        total_ms: 40 + ((records.length * 53) % 160),
        written_at: Math.round(nowMs - agoMs),
        ...more,
      }),
    )
  }
  const delivered = { result: 'delivered', reason: 'ok', status_code: 200, fault_owner: null } as const
  const failed = { result: 'failed', fault_owner: 'receiver' } as const
  for (let hour = 23; hour >= 1; hour -= 1) {
    const calls = 6 + ((hour * 5) % 9) + (hour > 10 ? 0 : 8)
    for (let call = 0; call < calls; call += 1) {
      const isSlow = hour % 6 === 2 && call < 2
      add(
        hour * hourMs + (call * hourMs) / (calls + 1),
        isSlow ? { ...failed, reason: 'total_timeout', status_code: null, total_ms: 10_000 } : delivered,
      )
    }
  }
  for (let call = 0; call < 6; call += 1) add((50 - 6 * call) * minuteMs, delivered)
  add(14 * minuteMs, { ...failed, reason: 'http_status', status_code: 502, excerpt: '<h1>Bad Gateway</h1>' })
  add(9 * minuteMs, {
    ...failed,
    result: 'retry_scheduled',
    final: false,
    attempt: 3,
    reason: 'connect',
    status_code: null,
    next_attempt_at: nowMs + 21 * minuteMs,
  })
  for (const ago of [5, 2]) {
    const redirect_location = 'https://stats.okna-moskva.ru'
    add(ago * minuteMs, { ...failed, reason: 'redirect', status_code: 301, redirect_location, total_ms: 62 })
  }
  return records
}
