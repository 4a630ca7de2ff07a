// Live updates over HTTP, as server-sent events: read with fetch, because they need the credentials of every request.
import type { FastifyInstance } from 'fastify'
import { refuse } from './api-replies.ts'
import { routeSchemas } from './api-schemas.ts'
import type { EventStreams } from './event-streams.ts'
import type { WebhookStore } from './webhook-store.ts'

export interface EventRoutesOptions {
  readonly store: WebhookStore
  readonly streams: Pick<EventStreams, 'open' | 'stop'>
}

interface EventsQuery {
  readonly webhook_id?: string
  readonly call_id?: string
}

export function addEventRoutes(api: FastifyInstance, { store, streams }: EventRoutesOptions): void {
  // Before connections are closed, so that a stream ends as one that is over and not as one that broke.
  api.addHook('preClose', () => streams.stop())

  api.get<{ Querystring: EventsQuery }>('/events', { schema: routeSchemas.events }, (request, reply) => {
    const { account, query } = request
    const { webhook_id: webhookId, call_id: callId } = query
    if ((webhookId === undefined) === (callId === undefined))
      return refuse(reply, 400, 'invalid_request', 'one of webhook_id and call_id is named')
    if (webhookId !== undefined && store.get(account, webhookId) === null)
      return refuse(reply, 404, 'not_found')
    const stream =
      webhookId === undefined
        ? streams.open(account, { kind: 'call', id: callId ?? '' })
        : streams.open(account, { kind: 'webhook', id: webhookId })
    if (stream === null)
      return refuse(reply.header('retry-after', '30'), 429, 'too_many_streams', 'close one to open another')
    // Asked by whoever stands between: what is held back there is no live update.
    return reply.headers({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }).send(stream)
  })
}
