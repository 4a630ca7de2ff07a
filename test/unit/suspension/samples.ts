// A webhook that fails, as processes tell of it and as it is held, for the tests of suspension.
import type { AccountId, WebhookId } from '../../../src/domain/ids.ts'
import type { HeldSuspension, WebhookFact } from '../../../src/domain/suspension.ts'

export const hourMs = 3_600_000
export const config = { partition: 0, offset: 7n }

export function fact(fields: Partial<WebhookFact> = {}): WebhookFact {
  return {
    webhookId: 'w' as WebhookId,
    accountId: 'acme' as AccountId,
    config,
    watchOffset: null,
    failures: 3,
    firstFailedAtMs: hourMs,
    lastFailedAtMs: 2 * hourMs,
    last: { reason: 'http_status', statusCode: 500 },
    gone: false,
    succeededAtMs: null,
    ...fields,
  }
}

export function held(fields: Partial<HeldSuspension> = {}): HeldSuspension {
  return {
    webhookId: 'w' as WebhookId,
    accountId: 'acme' as AccountId,
    state: 'watched',
    config,
    offset: 40n,
    watchOffset: null,
    watchedSinceMs: 2 * hourMs,
    suspendedSinceMs: null,
    cause: null,
    attempts: 3,
    last: { reason: 'connect', statusCode: null },
    firstFailedAtMs: hourMs,
    lastFailedAtMs: 2 * hourMs,
    ...fields,
  }
}

export const suspension = held({
  state: 'suspended',
  offset: 90n,
  watchOffset: 40n,
  suspendedSinceMs: 26 * hourMs,
  cause: 'only_failures',
})
