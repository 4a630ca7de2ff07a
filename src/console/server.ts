// The console's HTTP server: who may ask, from where, how often and how much, before any route is reached.
// Invariants: nothing under /api is answered without an account; a request that changes something comes from our own
// page or from a program; no log line holds a body, an address that was asked for, or a credential.
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify from 'fastify'
import type { FastifyError, FastifyInstance } from 'fastify'
import { answerError, refuse } from './api-replies.ts'
import { components, routeSchemas } from './api-schemas.ts'
import type { PageAssets } from './assets.ts'
import type { Authentication } from './authentication.ts'
import { addDeliveryRoutes } from './routes-deliveries.ts'
import type { DeliveryRoutesOptions } from './routes-deliveries.ts'
import { addEventRoutes } from './routes-events.ts'
import type { EventRoutesOptions } from './routes-events.ts'
import { addPageRoutes } from './routes-page.ts'
import { addReplayRoutes } from './routes-replays.ts'
import type { ReplayRoutesOptions } from './routes-replays.ts'
import { addTryingRoutes } from './routes-trying.ts'
import type { TryingRoutesOptions } from './routes-trying.ts'
import { addWebhookRoutes } from './routes-webhooks.ts'
import type { WebhookRoutesOptions } from './routes-webhooks.ts'
import { originRefusal } from './same-origin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose webhooks are asked for; set before any route of the API is reached. */
    account: string
  }
}

export interface ServerOptions
  extends
    WebhookRoutesOptions,
    TryingRoutesOptions,
    DeliveryRoutesOptions,
    ReplayRoutesOptions,
    EventRoutesOptions {
  readonly counts: WebhookRoutesOptions['counts'] & DeliveryRoutesOptions['counts']
  readonly authentication: Authentication
  readonly assets: PageAssets
  readonly requestsPerMinute: number
  readonly version: string
  readonly log: ServerLog
}

export interface ServerLog {
  debug(text: string, fields: Readonly<Record<string, unknown>>): void
  error(text: string, fields: Readonly<Record<string, unknown>>): void
}

const maxBodyBytes = 262_144
/** For a whole request to arrive, and for a connection that has sent nothing. */
const requestWithinMs = 30_000

/** Not listening yet. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { authentication, assets, log } = options
  const failed = (error: Error): void => log.error('request failed', { error: frames(error) })
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestWithinMs,
    connectionTimeout: 2 * requestWithinMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 2_000 },
    frameworkErrors: (error, _request, reply) => void answerError(error, reply, failed),
  })
  // Bodies are judged by the reader of forms, and answers are what the routes say.
  app.setSerializerCompiler(() => JSON.stringify)
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('account', '')
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, failed))
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'not_found'))
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Webhooks of an account',
        version: options.version,
        description: 'The config service: webhooks in their compacted topic, seen and changed by account.',
      },
      components,
    },
  })
  await app.register(helmet, securityHeaders)
  app.addHook('onRequest', async (request, reply) => {
    const refusal = originRefusal(request, authentication.kind)
    if (refusal !== null) return refuse(reply, 403, refusal)
    return undefined
  })
  app.addHook('onResponse', async (request, reply) => {
    const { url: route = 'none' } = request.routeOptions
    const { method } = request
    log.debug('request', { method, route, status: reply.statusCode, totalMs: Math.round(reply.elapsedTime) })
  })
  app.get('/healthz', { schema: { hide: true } }, () => ({ ready: options.store.ready }))
  addPageRoutes(app, assets)
  await app.register((api) => addApi(api, options), { prefix: '/api' })
  return app
}

async function addApi(api: FastifyInstance, options: ServerOptions): Promise<void> {
  const { authentication, store, requestsPerMinute: max } = options
  const timeWindow = 60_000
  await api.register(rateLimit, { max, timeWindow, keyGenerator: ({ account }) => account })
  // Counted only where nobody is known: those behind one proxy share its address.
  const unknownFrom = api.createRateLimit({ max, timeWindow, keyGenerator: ({ ip }) => ip })
  api.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const account = authentication.accountOf(request.raw)
    if (account === null) {
      const limit = await unknownFrom(request)
      if (!limit.isAllowed && limit.isExceeded) {
        return refuse(reply.header('retry-after', String(limit.ttlInSeconds)), 429, 'rate_limited')
      }
      if (authentication.kind === 'token') reply.header('www-authenticate', 'Bearer')
      return refuse(reply, 401, 'unauthenticated')
    }
    request.account = account
    return undefined
  })
  api.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'not_found'))
  api.get('/openapi.json', { schema: { hide: true } }, () => api.swagger())
  api.get('/session', { schema: routeSchemas.session }, ({ account }) => ({
    account_id: account,
    authentication: authentication.kind,
    unverified_tls: options.rules.unverifiedTls,
  }))
  await api.register(async (stored) => {
    stored.addHook('onRequest', async (_request, reply) => {
      if (store.ready) return undefined
      return refuse(reply.header('retry-after', '1'), 503, 'not_ready', 'the webhooks are still being read')
    })
    addWebhookRoutes(stored, options)
    addTryingRoutes(stored, options)
    addDeliveryRoutes(stored, options)
    addReplayRoutes(stored, options)
    addEventRoutes(stored, options)
  })
}

/** The page's files go without: what stands here is for documents, and for what may be taken for one. */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      frameAncestors: ["'none'"],
      formAction: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  // The console itself may be served over http, behind a proxy that knows better.
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' as const },
  frameguard: { action: 'deny' as const },
}

/** Where it happened, without the error's own words: they may quote what was sent. */
function frames({ name, stack = '' }: Error): string {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return [name, ...lines.slice(0, 4).map((line) => line.trim())].join(' ')
}
