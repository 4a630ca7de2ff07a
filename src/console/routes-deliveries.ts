// What happened to the account's calls, over HTTP: the log of a webhook, of a call, and how a webhook fares.
// Invariant: the account comes from the authentication and goes into every question; a webhook that the account does not
// have is unknown, whatever its log still holds.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { refuse } from './api-replies.ts'
import { routeSchemas } from './api-schemas.ts'
import type { Attempt, AttemptsPage } from './outcomes/delivery-log.ts'
import type { WebhookHealth } from './outcomes/delivery-log-health.ts'
import type { OutcomeCounts } from './outcomes/outcome-counts.ts'
import type { ShownSuspension, SuspensionView } from './suspension-view.ts'
import type { StoredWebhook } from './webhook-index.ts'
import type { WebhookStore } from './webhook-store.ts'
import type { Clock } from '../ports.ts'

export interface DeliveryRoutesOptions {
  readonly store: WebhookStore
  readonly counts: Pick<OutcomeCounts, 'ask'>
  readonly suspensions: Pick<SuspensionView, 'of'>
  readonly clock: Pick<Clock, 'nowMs'>
}

interface PageQuery {
  readonly limit: number
  readonly after?: string
}

interface LogQuery extends PageQuery {
  readonly only: 'all' | 'failed'
  readonly since?: string
  readonly until?: string
}

type ById = { readonly webhook_id: string }

export function addDeliveryRoutes(api: FastifyInstance, options: DeliveryRoutesOptions): void {
  const { store, counts, suspensions, clock } = options

  api.get<{ Params: ById; Querystring: LogQuery }>(
    '/webhooks/:webhook_id/deliveries',
    { schema: routeSchemas.deliveriesOfWebhook },
    ({ account, params, query }, reply) => {
      if (store.get(account, params.webhook_id) === null) return refuse(reply, 404, 'not_found')
      const { limit, only, after = null } = query
      const sinceMs = query.since === undefined ? Number.MIN_SAFE_INTEGER : Date.parse(query.since)
      const untilMs = query.until === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(query.until)
      if (Number.isNaN(sinceMs) || Number.isNaN(untilMs))
        return refuse(reply, 400, 'invalid_request', 'since and until are moments')
      const request = { limit, after, only, sinceMs, untilMs }
      return sendPage(
        reply,
        counts.ask(({ log }) => ({ page: log.ofWebhook(account, params.webhook_id, request) })),
        after,
      )
    },
  )

  api.get<{ Params: { readonly call_id: string }; Querystring: PageQuery }>(
    '/calls/:call_id/deliveries',
    { schema: routeSchemas.deliveriesOfCall },
    ({ account, params, query }, reply) => {
      const { limit, after = null } = query
      return sendPage(
        reply,
        counts.ask(({ log }) => ({ page: log.ofCall(account, params.call_id, { limit, after }) })),
        after,
      )
    },
  )

  api.get<{ Params: ById }>(
    '/webhooks/:webhook_id/health',
    { schema: routeSchemas.health },
    ({ account, params }, reply) => {
      const stored = store.get(account, params.webhook_id)
      if (stored === null) return refuse(reply, 404, 'not_found')
      const health = counts.ask((outcomes) => outcomes.health.of(account, stored.webhookId, clock.nowMs()))
      if (health === null) return refuseLog(reply)
      return reply.send({ ...shownHealth(health), suspension: suspensionOf(suspensions, stored) })
    },
  )
}

/** As the page's list and a webhook's health show it. */
export function suspensionOf(suspensions: Pick<SuspensionView, 'of'>, stored: StoredWebhook) {
  const suspension = suspensions.of(stored)
  return suspension === null ? null : shownSuspension(suspension)
}

function shownSuspension(suspension: ShownSuspension) {
  const { state, watched_since, suspended_since, cause, attempts, last_reason, last_status } = suspension
  return {
    state,
    since: new Date(suspended_since ?? watched_since).toISOString(),
    cause,
    attempts,
    last_reason,
    last_status,
    first_failed_at: new Date(suspension.first_failed_at).toISOString(),
  }
}

function sendPage(
  reply: FastifyReply,
  asked: { readonly page: AttemptsPage | null } | null,
  after: string | null,
): FastifyReply {
  if (asked === null) return refuseLog(reply)
  const { page } = asked
  if (page === null) return refuse(reply, 400, 'invalid_request', 'after is no place in a list')
  const attempts = page.attempts.map(shownAttempt)
  const total = after === null && page.next === null ? attempts.length : null
  return reply.send({ attempts, next: page.next, total })
}

function refuseLog(reply: FastifyReply): FastifyReply {
  return refuse(reply.header('retry-after', '5'), 503, 'unavailable', 'the log is being built anew')
}

function shownAttempt({ outcome, sendable }: Attempt) {
  const { redirect_location, written_at, next_attempt_at, ...rest } = outcome
  return {
    ...rest,
    next_attempt_at: next_attempt_at === null ? null : isoOf(next_attempt_at),
    redirect_origin: redirect_location,
    at: isoOf(written_at),
    sendable,
  }
}

function shownHealth({ hour, day, chart, delay, breaker, breakerSinceMs, parked }: WebhookHealth) {
  return {
    hour: { delivered: hour.delivered, failed: hour.failed },
    day,
    chart: chart.map(({ fromMs, delivered, failed }) => ({ from: isoOf(fromMs), delivered, failed })),
    delay_ms: delay === null ? null : { p50: delay.p50Ms, p95: delay.p95Ms },
    breaker,
    breaker_since: breakerSinceMs === null ? null : isoOf(breakerSinceMs),
    parked: { count: parked.count, next_due: parked.nextDueMs === null ? null : isoOf(parked.nextDueMs) },
  }
}

/** A record may hold any number; what is no moment is shown as the one that a clock begins with. */
function isoOf(ms: number): string {
  const moment = new Date(ms)
  return Number.isNaN(moment.getTime()) ? new Date(0).toISOString() : moment.toISOString()
}
