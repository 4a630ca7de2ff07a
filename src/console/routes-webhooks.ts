// The account's webhooks over HTTP. Invariants: the account comes from the authentication and goes into every call of
// the store; a change names the version that it is made from, and "written" is answered after it was read back.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import { inWordsOfTheForm } from '../domain/webhook-form.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { validateWebhook } from '../domain/webhook-validation.ts'
import type { WebhookWarning } from '../domain/webhook-warnings.ts'
import { bodyIsJudgedLater, refuse } from './api-replies.ts'
import { routeSchemas } from './api-schemas.ts'
import { readDraft } from './draft.ts'
import type { OutcomeCounts, WebhookCounts } from './outcomes/outcome-counts.ts'
import { suspensionOf } from './routes-deliveries.ts'
import { shownForm } from './stored-secrets.ts'
import type { SuspensionView } from './suspension-view.ts'
import type { StoredWebhook } from './webhook-index.ts'
import type { WebhookStore, WriteResult } from './webhook-store.ts'

export interface WebhookRoutesOptions {
  readonly store: WebhookStore
  readonly counts: Pick<OutcomeCounts, 'of'>
  readonly suspensions: Pick<SuspensionView, 'of'>
  readonly rules: WebhookRules
}

interface ListQuery {
  readonly limit: number
  readonly after?: string
  readonly search: string
}

type ById = { readonly webhook_id: string }

export function addWebhookRoutes(api: FastifyInstance, options: WebhookRoutesOptions): void {
  const { store, counts, suspensions, rules } = options
  const withCounts = (stored: StoredWebhook, counted: ReadonlyMap<string, WebhookCounts>) => ({
    ...described(stored, rules),
    counts: countsOf(counted.get(stored.webhookId)),
    suspension: suspensionOf(suspensions, stored),
  })

  api.get<{ Querystring: ListQuery }>('/webhooks', { schema: routeSchemas.list }, (request, reply) => {
    const { limit, after = null, search } = request.query
    const page = store.list(request.account, { limit, after, search })
    if (page === null) return refuse(reply, 400, 'invalid_request', 'after is no place in a list')
    const counted = counts.of(page.webhooks.map(({ webhookId }) => webhookId))
    const webhooks = page.webhooks.map((stored) => withCounts(stored, counted))
    return reply.send({ webhooks, total: page.total, next: page.next })
  })

  api.post('/webhooks', { schema: routeSchemas.create, ...bodyIsJudgedLater }, async (request, reply) => {
    const reading = readDraft(request.body, { accountId: request.account, stored: null, rules })
    if (reading.kind === 'invalid') return refuseForm(reply, reading.faults)
    const result = await store.create(request.account, reading.record)
    if (result.kind !== 'written') return refuseWrite(reply, result)
    const location = `/api/webhooks/${encodeURIComponent(result.stored.webhookId)}`
    return reply
      .code(201)
      .headers({ etag: etagOf(result.stored), location })
      .send(saved(result.stored, reading.warnings))
  })

  api.get<{ Params: ById }>('/webhooks/:webhook_id', { schema: routeSchemas.get }, (request, reply) => {
    const stored = store.get(request.account, request.params.webhook_id)
    if (stored === null) return refuse(reply, 404, 'not_found')
    return reply.header('etag', etagOf(stored)).send(withCounts(stored, counts.of([stored.webhookId])))
  })

  api.put<{ Params: ById }>(
    '/webhooks/:webhook_id',
    { schema: routeSchemas.replace, ...bodyIsJudgedLater },
    async (request, reply) => {
      const known = versionNamed(request, store)
      if (known.kind !== 'current') return refuseWrite(reply, known)
      const { stored } = known
      const reading = readDraft(request.body, { accountId: request.account, stored, rules })
      if (reading.kind === 'invalid') return refuseForm(reply, reading.faults)
      const result = await store.replace(request.account, stored, reading.record)
      if (result.kind !== 'written') return refuseWrite(reply, result)
      return reply.header('etag', etagOf(result.stored)).send(saved(result.stored, reading.warnings))
    },
  )

  api.post<{ Params: ById }>(
    '/webhooks/:webhook_id/lift',
    { schema: routeSchemas.lift },
    async (request, reply) => {
      const known = versionNamed(request, store)
      if (known.kind !== 'current') return refuseWrite(reply, known)
      const { stored } = known
      // A version that cannot be used is not made newer.
      const faults = faultsOf(stored, rules)
      if (faults.length > 0) return refuseForm(reply, faults)
      const result = await store.replace(request.account, stored, stored.config)
      if (result.kind !== 'written') return refuseWrite(reply, result)
      return reply.header('etag', etagOf(result.stored)).send(saved(result.stored, []))
    },
  )

  api.delete<{ Params: ById }>(
    '/webhooks/:webhook_id',
    { schema: routeSchemas.remove },
    async (request, reply) => {
      const known = versionNamed(request, store)
      if (known.kind !== 'current') return refuseWrite(reply, known)
      const result = await store.remove(request.account, known.stored)
      return result.kind === 'written' ? reply.code(204).send() : refuseWrite(reply, result)
    },
  )
}

type Named =
  | { readonly kind: 'current'; readonly stored: StoredWebhook }
  | { readonly kind: 'version_missing' }
  | Extract<WriteResult, { kind: 'not_found' | 'changed_meanwhile' }>

/** Unknown before all else: whether a version was named tells nothing about webhooks of others. */
function versionNamed(request: FastifyRequest<{ Params: ById }>, store: WebhookStore): Named {
  const stored = store.get(request.account, request.params.webhook_id)
  if (stored === null) return { kind: 'not_found' }
  const named = request.headers['if-match']
  if (named === undefined) return { kind: 'version_missing' }
  const isNamed = named
    .split(',')
    .some((tag) => tag.trim() === '*' || offsetIn(tag.trim()) === stored.version)
  return isNamed ? { kind: 'current', stored } : { kind: 'changed_meanwhile', current: stored }
}

/** Also as a proxy that compresses passes it on, marked as weak. */
function offsetIn(tag: string): bigint | null {
  const [, digits] = /^(?:W\/)?"?(\d{1,18})"?$/.exec(tag) ?? []
  return digits === undefined ? null : BigInt(digits)
}

function etagOf({ version }: StoredWebhook): string {
  return `"${version}"`
}

function described(stored: StoredWebhook, rules: WebhookRules) {
  const faults = faultsOf(stored, rules)
  return { webhook: shownForm(stored), etag: etagOf(stored), valid: faults.length === 0, faults }
}

function saved(stored: StoredWebhook, warnings: readonly WebhookWarning[]) {
  return { webhook: shownForm(stored), etag: etagOf(stored), warnings }
}

function faultsOf(
  { webhookId, config, undecodable }: StoredWebhook,
  rules: WebhookRules,
): readonly WebhookFault[] {
  if (undecodable !== null) return [{ path: '', rule: 'undecodable', found: undecodable, allowed: '' }]
  if (config.webhook_id !== webhookId) {
    const found = 'differs from the key of its record'
    return [{ path: 'webhook_id', rule: 'conflict', found, allowed: 'the same text' }]
  }
  const validation = validateWebhook(config, rules)
  return validation.kind === 'valid' ? [] : validation.faults.map(inWordsOfTheForm)
}

function countsOf(counts: WebhookCounts | undefined) {
  const { delivered = 0, failed = 0, lastAttemptAtMs = null } = counts ?? {}
  const lastAttemptAt = lastAttemptAtMs === null ? null : new Date(lastAttemptAtMs).toISOString()
  return { delivered, failed, last_attempt_at: lastAttemptAt }
}

export function refuseForm(reply: FastifyReply, faults: readonly WebhookFault[]): FastifyReply {
  return reply.code(422).send({ error: 'invalid_webhook', faults })
}

function refuseWrite(
  reply: FastifyReply,
  result: Exclude<WriteResult, { kind: 'written' }> | { readonly kind: 'version_missing' },
): FastifyReply {
  switch (result.kind) {
    case 'not_found':
      return refuse(reply, 404, 'not_found')
    case 'version_missing':
      return refuse(reply, 428, 'if_match_missing', 'If-Match names the version that is changed, by its ETag')
    case 'changed_meanwhile': {
      const { current } = result
      return reply
        .code(412)
        .send({ error: result.kind, current: { webhook: shownForm(current), etag: etagOf(current) } })
    }
    case 'too_large':
      return refuse(reply, 413, 'too_large', 'the topic of webhooks refuses a record of this size')
    case 'unavailable':
      return refuse(
        reply.header('retry-after', '5'),
        503,
        'unavailable',
        'Kafka is away; nothing was written',
      )
    case 'unknown_result': {
      const detail = 'Kafka did not answer in time; it may have been written, so look before doing it again'
      return refuse(reply.header('retry-after', '5'), 503, 'unknown_result', detail)
    }
  }
}
