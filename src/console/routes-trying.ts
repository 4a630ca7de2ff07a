// Trying out a webhook before it is saved: what it would send, and what comes back. Neither changes anything here.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EventType } from '../domain/call-event.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import type { WebhookFormReading } from '../domain/webhook-form.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import type { Webhook } from '../domain/webhook.ts'
import { bodyField, bodyIsJudgedLater, refuse } from './api-replies.ts'
import { routeSchemas } from './api-schemas.ts'
import { readDraft } from './draft.ts'
import type { Preview } from './preview.ts'
import { refuseForm } from './routes-webhooks.ts'
import type { TestAnswer } from './test-request.ts'
import type { WebhookStore } from './webhook-store.ts'

export interface TryingRoutesOptions {
  readonly store: WebhookStore
  readonly rules: WebhookRules
  preview(webhook: Webhook): Preview
  test(webhook: Webhook, type: EventType): Promise<TestAnswer>
  readonly testsPerMinute: number
}

export function addTryingRoutes(api: FastifyInstance, options: TryingRoutesOptions): void {
  const { store, rules } = options

  /** Null: answered already. */
  const read = (request: FastifyRequest, reply: FastifyReply): Valid | null => {
    const id = bodyField(request, 'webhook_id') ?? null
    if (id !== null && typeof id !== 'string') {
      refuseForm(reply, [
        { path: 'webhook_id', rule: 'type', found: 'is no text', allowed: 'the id of a webhook' },
      ])
      return null
    }
    const stored = id === null ? null : store.get(request.account, id)
    if (id !== null && stored === null) {
      refuse(reply, 404, 'not_found')
      return null
    }
    const reading = readDraft(bodyField(request, 'webhook'), { accountId: request.account, stored, rules })
    if (reading.kind === 'valid') return reading
    refuseForm(reply, reading.faults)
    return null
  }

  api.post('/preview', { schema: routeSchemas.preview, ...bodyIsJudgedLater }, (request, reply) => {
    const reading = read(request, reply)
    if (reading === null) return reply
    const { requests, warnings } = options.preview(reading.webhook)
    return reply.send({ requests, warnings: [...reading.warnings, ...warnings] })
  })

  const rateLimit = { max: options.testsPerMinute, timeWindow: 60_000 }
  api.post(
    '/test',
    { schema: routeSchemas.test, ...bodyIsJudgedLater, config: { rateLimit } },
    async (request, reply) => {
      const reading = read(request, reply)
      if (reading === null) return reply
      const { eventTypes } = reading.webhook
      const wanted = bodyField(request, 'event_type') ?? eventTypes[0]
      const type = eventTypes.find((one) => one === wanted)
      if (type === undefined) return refuseForm(reply, [noSuchType(eventTypes)])
      return reply.send(await options.test(reading.webhook, type))
    },
  )
}

type Valid = Extract<WebhookFormReading, { kind: 'valid' }>

function noSuchType(eventTypes: readonly EventType[]): WebhookFault {
  const allowed = eventTypes.join(', ')
  return { path: 'event_type', rule: 'one_of', found: 'is none of the webhook', allowed }
}
