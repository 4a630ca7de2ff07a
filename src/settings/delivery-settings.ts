// Settings in the shapes that the core takes, with the bounds that are nobody's to choose.
// It stands here so that a setting's new name ends in this room, and the composition root only hands over.
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { webhookLimits } from '../domain/webhook-rules.ts'
import type { Settings } from './schema.ts'

const maxBodyBytes = 262_144

/** The settings as a delivery's life takes them. */
export function deliverySettingsOf({ http, retry }: Settings) {
  return {
    limits: { connectTimeoutMs: http.connectTimeoutMs, totalTimeoutMs: http.totalTimeoutMs },
    statuses: {
      retried: retry.retriedStatuses,
      mended: retry.mendedStatuses,
      quickFailureWithinMs: retry.quickFailureWithinMs,
    },
    quickTries: retry,
    userAgent: http.userAgent,
    maxTargetBytes: webhookLimits.targetBytes,
    maxBodyBytes,
    excerpts: http.excerpts,
  }
}

/** Until when each event type is delivered; milliseconds. */
export function horizonsOf({ horizon }: Settings) {
  return {
    horizonMs: { call_start: horizon.callStartMs, call_end: horizon.callEndMs },
    toleranceMs: horizon.clockToleranceMs,
  }
}

/** What the operator decides about all webhooks. */
export function webhookRulesOf({ webhooks }: Settings): WebhookRules {
  return { blockedPorts: new Set(webhooks.blockedPorts) }
}
