// Settings in the shapes that the core takes, with the bounds that are nobody's to choose.
// It stands here so that a setting's new name ends in this room, and the composition root only hands over.
import { readDelay } from '../domain/delay-text.ts'
import type { Unseal } from '../domain/unseal.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { webhookLimits } from '../domain/webhook-rules.ts'
import type { Settings } from './schema.ts'

const maxBodyBytes = 262_144

/**
 * The waits that there are retry topics for, in milliseconds, rising. `scheduleMs`: after one failed attempt after
 * another; `roomDelaysMs`: for room at a receiver that is only full; `delaysMs`: all of
 * these.
 */
export function retryDelaysOf({ retry }: Settings): {
  readonly scheduleMs: readonly number[]
  readonly roomDelaysMs: readonly number[]
  readonly delaysMs: readonly number[]
} {
  const msOf = (texts: readonly string[]): number[] => texts.map((text) => readDelay(text) ?? 0)
  const scheduleMs = msOf(retry.delays)
  const ownMs = msOf(retry.roomDelays)
  const delaysMs = [...new Set([...scheduleMs, ...ownMs])].sort((a, b) => a - b)
  return { scheduleMs, roomDelaysMs: ownMs.length === 0 ? scheduleMs : ownMs, delaysMs }
}

/** Of every retry topic that there should be, without the one that does not wait; milliseconds, rising. */
export function topicDelaysOf(settings: Settings): readonly number[] {
  return [...retryDelaysOf(settings).delaysMs, pauseDelayMsOf(settings)].sort((a, b) => a - b)
}

/** Of the topic for the end of a pause, in which nothing else waits. */
function pauseDelayMsOf({ retry }: Settings): number {
  return readDelay(retry.pauseDelay) ?? 0
}

/** The settings as a delivery's life takes them. */
export function deliverySettingsOf(settings: Settings) {
  const { http, retry, delivery } = settings
  return {
    limits: { connectTimeoutMs: http.connectTimeoutMs, totalTimeoutMs: http.totalTimeoutMs },
    statuses: {
      retried: retry.retriedStatuses,
      mended: retry.mendedStatuses,
      quickFailureWithinMs: retry.quickFailureWithinMs,
    },
    retry: { ...retryDelaysOf(settings), ...retry },
    pauseDelayMs: pauseDelayMsOf(settings),
    userAgent: http.userAgent,
    maxTargetBytes: webhookLimits.targetBytes,
    maxBodyBytes,
    excerpts: http.excerpts,
    tracePropagation: settings.tracing.propagate,
    shadow: delivery.mode === 'shadow' ? ('all' as const) : new Set(delivery.shadowAccounts),
  }
}

/** Until when each event type is delivered; milliseconds. */
export function horizonsOf({ horizon }: Settings) {
  return {
    horizonMs: { call_start: horizon.callStartMs, call_end: horizon.callEndMs },
    toleranceMs: horizon.clockToleranceMs,
  }
}

/** What one receiver may have of this process. */
export function isolationBoundsOf({ lanes, inFlight }: Settings) {
  return {
    laneConcurrency: lanes.concurrency,
    originConcurrency: lanes.originConcurrency,
    ratePerSecond: lanes.ratePerSecond === 0 ? null : lanes.ratePerSecond,
    maxWaitMs: lanes.maxWaitMs,
    maxWaiting: Math.ceil(inFlight.maxDeliveries / 2),
    maxOldAttempts: Math.ceil(inFlight.maxDeliveries / 2),
    maxLanes: lanes.maxLanes,
  }
}

/** What the operator decides about all webhooks. `unseal`: by the keys of the keyring. */
export function webhookRulesOf({ webhooks }: Settings, unseal: Unseal): WebhookRules {
  return {
    blockedPorts: new Set(webhooks.blockedPorts),
    unverifiedTls: webhooks.unverifiedTls,
    unseal,
  }
}
