// The page's own files over answers that a test makes up: for what is hard to bring about for real, and all at once.
// What the real console answers is tested with the real console.
import type { Page, Route } from 'playwright-core'
import { preparePageAssets } from '../../src/console/assets.ts'
import type { Health, LoggedAttempt, Replay } from '../../src/console/page/log/log-wire.ts'
import type { ListedWebhook } from '../../src/console/page/wire.ts'
import { startConsoleServer } from '../fakes/console-server.ts'
import { startBrowsing } from '../harness/browser.ts'
import type { PageOptions } from '../harness/browser.ts'

export const loggedAtMs = Date.UTC(2026, 2, 14, 12)

/** Null: answered with that status and nothing else. */
export interface FakedAnswers {
  attempts: readonly LoggedAttempt[]
  health: Health
  listed: ListedWebhook
  /** What a replay is, each time that it is asked for; the last one stays. */
  replay: (Partial<Replay> | number)[]
  /** Of begin, lift and send. */
  readonly statuses: Map<string, number>
  /** Method, path and body of what was asked, but for what is only read. */
  readonly asked: string[]
  /** Attempts of a page. */
  pageLength: number
}

export interface FakedPages {
  open(answers: FakedAnswers, hash: string, options?: PageOptions): Promise<Page>
  /** @throws what went wrong in the pages */
  endTest(): Promise<void>
  stop(): Promise<void>
}

export async function startFakedPages(): Promise<FakedPages> {
  const served = await startConsoleServer({}, { assets: await preparePageAssets() })
  const address = await served.server.listen({ port: 0, host: '127.0.0.1' })
  const browsing = await startBrowsing()
  return {
    async open(answers, hash, options = {}) {
      const page = await browsing.open('about:blank', options)
      await page.route('**/api/**', (route) => answer(route, answers))
      await page.goto(`${address}/${hash}`)
      return page
    },
    endTest: () => browsing.endTest(),
    async stop() {
      await browsing.stop()
      await served.stop()
    },
  }
}

async function answer(route: Route, answers: FakedAnswers): Promise<void> {
  const request = route.request()
  const method = request.method()
  const { pathname, searchParams } = new URL(request.url())
  const path = pathname.replace('/api/', '')
  const kind = path.split('/').at(-1) ?? ''
  if (method !== 'GET') answers.asked.push(`${method} ${path} ${request.postData() ?? ''}`.trim())
  const status = answers.statuses.get(`${method} ${kind}`)
  if (status !== undefined) return route.fulfill({ status, json: { error: 'made_up' } })
  if (path === 'session') {
    return route.fulfill({
      json: { account_id: 'faked', authentication: 'none', unverified_tls: 'refused' },
    })
  }
  if (path === 'events') return route.fulfill({ contentType: 'text/event-stream', body: ': here\n\n' })
  if (method === 'DELETE') return route.fulfill({ status: 204 })
  if (path === 'webhooks')
    return route.fulfill({ json: { webhooks: [answers.listed], total: 1, next: null } })
  switch (kind) {
    case 'deliveries':
      return route.fulfill({ json: pageOf(answers, searchParams) })
    case 'health':
      return route.fulfill({ json: answers.health })
    case 'lift':
      return route.fulfill({ json: { webhook: answers.listed.webhook, etag: '"2"', warnings: [] } })
    case 'replays':
      return route.fulfill({ status: 202, json: { replay_id: 'r1' } })
    case 'send':
      return route.fulfill({ status: 202, body: '' })
  }
  if (path.startsWith('replays/')) {
    const [next = {}] = answers.replay.length > 1 ? answers.replay.splice(0, 1) : answers.replay
    if (typeof next === 'number') return route.fulfill({ status: next, json: { error: 'made_up' } })
    return route.fulfill({ json: { ...noReplay, ...next } })
  }
  return route.fulfill({ json: answers.listed })
}

function pageOf({ attempts, pageLength }: FakedAnswers, query: URLSearchParams) {
  const those =
    query.get('only') === 'failed' ? attempts.filter(({ result }) => result !== 'delivered') : attempts
  const from = Number(query.get('after') ?? '0')
  const next = from + pageLength < those.length ? String(from + pageLength) : null
  return { attempts: those.slice(from, from + pageLength), next, total: those.length }
}

const noReplay: Replay = {
  replay_id: 'r1',
  state: 'counting',
  read: 0.4,
  count: null,
  sent: 0,
  passed_over: 0,
  unsent: [],
  left: 0,
  error: null,
}

/** The nth is a minute older than the one before. */
export function attemptOf(nth: number, more: Partial<LoggedAttempt> = {}): LoggedAttempt {
  return {
    outcome_id: `d${nth}/0/final`,
    delivery_id: `d${nth}`,
    replay: 0,
    event_id: `e${nth}`,
    call_id: `call-${nth}`,
    webhook_id: 'w1',
    event_type: 'call_end',
    attempt: 1,
    result: 'failed',
    reason: 'http_status',
    final: true,
    fault_owner: 'receiver',
    status_code: 404,
    method: 'POST',
    origin: 'https://crm.example.com',
    queued_ms: 3,
    connect_ms: 21,
    first_byte_ms: 120,
    total_ms: 123,
    event_age_ms: 1_500,
    next_attempt_at: null,
    excerpt: null,
    redirect_origin: null,
    cut_values: [],
    at: new Date(loggedAtMs - nth * 60_000).toISOString(),
    sendable: true,
    ...more,
  }
}

export function answersOf(more: Partial<FakedAnswers> = {}): FakedAnswers {
  const hours = Array.from({ length: 24 }, (_, index) => ({
    from: new Date(loggedAtMs - (23 - index) * 3_600_000).toISOString(),
    delivered: (index * 7) % 13,
    failed: index % 5 === 0 ? 3 : 0,
  }))
  return {
    attempts: [attemptOf(0)],
    health: {
      hour: { delivered: 3, failed: 1 },
      day: { delivered: 130, failed: 15 },
      chart: hours,
      delay_ms: { p50: 310, p95: 4_200 },
      breaker: 'closed',
      breaker_since: null,
      parked: { count: 0, next_due: null },
      suspension: null,
    },
    listed: {
      webhook: {
        webhook_id: 'w1',
        account_id: 'faked',
        enabled: true,
        address: 'https://crm.example.com',
        path: 'in/calls',
        parameters: [],
        method: 'POST',
        event_types: ['call_end'],
        content_type: 'application/json',
      } as unknown as ListedWebhook['webhook'],
      etag: '"1"',
      valid: true,
      faults: [],
      counts: { delivered: 130, failed: 15, last_attempt_at: new Date(loggedAtMs).toISOString() },
      suspension: null,
    },
    replay: [{}],
    statuses: new Map(),
    asked: [],
    pageLength: 50,
    ...more,
  }
}
