// Outcomes and selections for the tests of this room.
import type { WebhookOutcomeRecord } from '../../../src/domain/records.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { usualResults } from '../../../src/replay/replay-selection.ts'
import type { ReplaySelection } from '../../../src/replay/replay-selection.ts'
import { outcomeRecord } from '../console/outcome-samples.ts'

export const sinceMs = 1_700_000_000_000
export const untilMs = sinceMs + 3_600_000

export const everything: ReplaySelection = {
  accountId: null,
  webhookIds: null,
  deliveryIds: null,
  sinceMs,
  untilMs,
  results: usualResults,
  reasons: null,
}

export function idOf(event: number, webhook = 'w1'): string {
  return deliveryIdOf(`e${event}`, webhook)
}

/** The end of an event's delivery to `w1`, failed for its status, unless told otherwise. */
export function failedOutcome(
  event: number,
  changes: Partial<WebhookOutcomeRecord> = {},
): WebhookOutcomeRecord {
  return outcomeRecord({
    delivery_id: idOf(event, changes.webhook_id ?? 'w1'),
    event_id: `e${event}`,
    source_topic: 'call-events',
    source_partition: event % 4,
    source_offset: event,
    result: 'failed',
    reason: 'http_status',
    status_code: 400,
    written_at: sinceMs + event,
    ...changes,
  })
}
