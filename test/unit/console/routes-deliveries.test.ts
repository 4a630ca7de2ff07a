// What the API says of deliveries, and every way in which it says no. The log is a real one; replays do as they are told.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { EventStreams } from '../../../src/console/event-streams.ts'
import type { OutcomeStore } from '../../../src/console/outcomes/outcome-store.ts'
import type { ReplayState } from '../../../src/console/replays/replay.ts'
import type { ServerOptions } from '../../../src/console/server.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { startConsoleServer } from '../../fakes/console-server.ts'
import { draftForm } from '../../harness/console-rig.ts'
import { foldInto, openLogStore } from './log-samples.ts'
import { outcomeRecord } from './outcome-samples.ts'

const headers = { host: 'localhost', 'content-type': 'application/json' }
const account = 'demo'
let folder = ''
let store: OutcomeStore
let isAway = false
let closing: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'routes-'))
  store = openLogStore(join(folder, 'log.sqlite'))
  isAway = false
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  store.close()
  rmSync(folder, { recursive: true })
})

const replay: ReplayState = {
  replayId: 'r1',
  kind: 'counted',
  read: 1,
  count: 2,
  byResult: { failed: 2 },
  sent: 0,
  passedOver: 0,
  unsent: new Map([['event_expired', 1]]),
  left: 2,
  error: null,
}

async function start(more: Partial<ServerOptions> = {}) {
  const console = await startConsoleServer(
    {},
    {
      counts: { of: () => new Map(), ask: (question) => (isAway ? null : question(store)) },
      ...more,
    },
  )
  closing.push(console.stop)
  await console.hydrate()
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: unknown) => {
    const answer = await console.server.inject({
      method,
      url: `/api${url}`,
      headers: payload === undefined ? { host: headers.host } : headers,
      ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
    })
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
  }
  const { webhook, etag } = (await ask('POST', '/webhooks', draftForm())).body
  const id: string = webhook.webhook_id
  const fold = (...changes: Parameters<typeof outcomeRecord>[0][]): void =>
    foldInto(
      store,
      changes.map((each) => outcomeRecord({ account_id: account, webhook_id: id, ...each })),
    )
  return { ...console, ask, id, etag, url: `/webhooks/${id}`, fold }
}

const nowMs = Date.now()
const failed = { result: 'failed', reason: 'redirect', status_code: 301, fault_owner: 'receiver' } as const

describe('the log', () => {
  it('is answered page by page, with all that a client needs to understand', async () => {
    const { ask, url, fold, id } = await start()
    fold(
      { delivery_id: 'a', written_at: nowMs - 2, ...failed, redirect_location: 'https://new.example.com' },
      { delivery_id: 'b', written_at: nowMs - 1, cut_values: ['utm_term'] },
    )
    const first = await ask('GET', `${url}/deliveries?limit=1`)
    expect(first.body).toMatchObject({
      attempts: [{ delivery_id: 'b', result: 'delivered', cut_values: ['utm_term'], sendable: false }],
      total: null,
    })
    const second = await ask('GET', `${url}/deliveries?limit=1&after=${first.body.next}`)
    expect(second.body).toEqual({
      attempts: [
        {
          outcome_id: 'a/0/final',
          delivery_id: 'a',
          replay: 0,
          event_id: 'e1',
          call_id: 'c1',
          webhook_id: id,
          event_type: 'call_end',
          attempt: 1,
          result: 'failed',
          reason: 'redirect',
          final: true,
          fault_owner: 'receiver',
          status_code: 301,
          method: 'POST',
          origin: 'https://crm.example.com',
          queued_ms: 2,
          connect_ms: 0,
          first_byte_ms: 20,
          total_ms: 30,
          event_age_ms: 120,
          next_attempt_at: null,
          excerpt: 'OK, customer 12345',
          redirect_origin: 'https://new.example.com',
          cut_values: [],
          at: new Date(nowMs - 2).toISOString(),
          sendable: true,
        },
      ],
      next: null,
      total: null,
    })
    expect((await ask('GET', `${url}/deliveries?only=failed`)).body.total).toBe(1)
    expect((await ask('GET', '/calls/c1/deliveries')).body.attempts).toHaveLength(2)
    const since = encodeURIComponent(new Date(nowMs - 1).toISOString())
    expect((await ask('GET', `${url}/deliveries?since=${since}`)).body.attempts).toHaveLength(1)
    expect((await ask('GET', `${url}/deliveries?until=${since}`)).body.attempts).toHaveLength(1)
  })

  it.each([
    ['a page too large', '/deliveries?limit=201', 400, 'invalid_request'],
    ['a place that is none', '/deliveries?after=x', 400, 'invalid_request'],
    ['an unknown filter', '/deliveries?only=some', 400, 'invalid_request'],
    ['a day without an hour', '/deliveries?since=2026-03-14', 400, 'invalid_request'],
    ['a moment that is none', '/deliveries?until=2026-03-14T25:00:00Z', 400, 'invalid_request'],
    ['a leap second', '/deliveries?until=2016-12-31T23:59:60Z', 400, 'invalid_request'],
  ])('refuses %s', async (_, query, status, error) => {
    const { ask, url } = await start()
    const answer = await ask('GET', url + query)
    expect([answer.status, answer.body.error]).toEqual([status, error])
  })

  it('and health are unknown of webhooks of others, and away while the file is made anew', async () => {
    const { ask, url } = await start()
    for (const part of ['deliveries', 'health'])
      expect((await ask('GET', `/webhooks/nobody/${part}`)).status).toBe(404)
    isAway = true
    for (const path of [`${url}/deliveries`, `${url}/health`, '/calls/c1/deliveries'])
      expect(await ask('GET', path)).toMatchObject({ status: 503, body: { error: 'unavailable' } })
  })
})

it('health says how it fares, with the suspension of the version that stands', async () => {
  const suspension = {
    webhook_id: '',
    account_id: account,
    state: 'suspended',
    config_partition: 0,
    config_offset: 0,
    watch_offset: 3,
    watched_since: 1_000,
    suspended_since: 90_000_000,
    cause: 'only_failures',
    attempts: 25,
    last_reason: 'http_status',
    last_status: 500,
    first_failed_at: 500,
    last_failed_at: 89_000_000,
  } as const
  const { ask, url, fold } = await start({ suspensions: { of: () => suspension } })
  fold(
    { delivery_id: 'a', written_at: nowMs, event_age_ms: 300 },
    { delivery_id: 'b', written_at: nowMs, ...failed },
    {
      delivery_id: 'c',
      written_at: nowMs,
      result: 'deferred',
      reason: 'breaker_open',
      final: false,
      next_attempt_at: nowMs + 5_000,
    },
  )
  const shown = {
    state: 'suspended',
    since: '1970-01-02T01:00:00.000Z',
    cause: 'only_failures',
    attempts: 25,
    last_reason: 'http_status',
    last_status: 500,
    first_failed_at: '1970-01-01T00:00:00.500Z',
  }
  const { body } = await ask('GET', `${url}/health`)
  expect(body).toMatchObject({
    hour: { delivered: 1, failed: 1 },
    day: { delivered: 1, failed: 1 },
    delay_ms: { p50: 300, p95: 300 },
    breaker: 'closed',
    breaker_since: null,
    parked: { count: 1, next_due: new Date(nowMs + 5_000).toISOString() },
    suspension: shown,
  })
  expect(body.chart).toHaveLength(24)
  expect((await ask('GET', '/webhooks')).body.webhooks[0].suspension).toEqual(shown)
})

describe('lifting', () => {
  it('writes the webhook anew as it is, of the version that is named', async () => {
    const { server, url, etag, topic } = await start()
    const lift = (ifMatch?: string) =>
      server.inject({
        method: 'POST',
        url: `/api${url}/lift`,
        headers: { host: 'localhost', ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
      })
    expect((await lift()).statusCode).toBe(428)
    expect((await lift('"999"')).statusCode).toBe(412)
    const before = JSON.parse(String(topic.records.at(-1)?.value)) as Record<string, unknown>
    const lifted = await lift(etag)
    expect([lifted.statusCode, lifted.json().warnings]).toEqual([200, []])
    expect(lifted.json().etag).not.toBe(etag)
    const after = JSON.parse(String(topic.records.at(-1)?.value)) as Record<string, unknown>
    expect(topic.records).toHaveLength(2)
    expect({ ...after, updated_at: 0 }).toEqual({ ...before, updated_at: 0 })
    expect((await lift(etag)).statusCode).toBe(412)
  })

  it('makes nothing newer that delivers nothing, and nothing of others', async () => {
    const { server, url, topic, id } = await start()
    topic.putRaw(id, Buffer.from('no webhook'))
    const lift = (path: string) =>
      server.inject({
        method: 'POST',
        url: `/api${path}/lift`,
        headers: { host: 'localhost', 'if-match': '*' },
      })
    expect((await lift('/webhooks/nobody')).statusCode).toBe(404)
    await new Promise((resolve) => void setImmediate(resolve))
    expect((await lift(url)).statusCode).toBe(422)
  })
})

describe('sending again', () => {
  const begun: unknown[] = []
  const replays = (begin: ReturnType<ServerOptions['replays']['begin']>): ServerOptions['replays'] => ({
    begin(of, selection) {
      begun.push([of, selection])
      return begin
    },
    state: (of, id) => (of === account && id === 'r1' ? replay : null),
    send: (of, id) => (id === 'counting' ? 'not_counted' : of === account && id === 'r1' ? 'begun' : null),
    remove: (_, id) => id === 'r1',
  })
  const taken = replays({ kind: 'begun', replayId: 'r1' })

  it('chooses from the webhook alone, as far back as the deliveries that are named', async () => {
    const { ask, url, fold, id } = await start({ replays: taken })
    const hourMs = 3_600_000
    const endedAtMs = nowMs - 5 * hourMs
    fold({ delivery_id: 'a', written_at: endedAtMs, ...failed })
    begun.length = 0
    const answer = await ask('POST', `${url}/replays`, { delivery_ids: ['a', 'unknown'] })
    expect(answer).toEqual({ status: 202, body: { replay_id: 'r1' } })
    const [[of, selection] = []] = begun as [string, { sinceMs: number }][]
    expect([of, selection]).toMatchObject([account, { webhookIds: [id], deliveryIds: ['a', 'unknown'] }])
    expect(endedAtMs - (selection?.sinceMs ?? 0)).toBeLessThan(2 * hourMs)
    expect(selection?.sinceMs).toBeLessThanOrEqual(endedAtMs)
    const window = { since: '2026-03-14T09:00:00Z', until: '2026-03-14T12:00:00+01:00' }
    expect((await ask('POST', `${url}/replays`, window)).status).toBe(202)
    expect(begun[1]).toMatchObject([
      account,
      {
        webhookIds: [id],
        deliveryIds: null,
        sinceMs: Date.parse(window.since),
        untilMs: Date.parse(window.until),
      },
    ])
  })

  it.each([
    ['nothing', null],
    ['neither', {}],
    ['both', { delivery_ids: ['a'], since: '2026-03-14T09:00:00Z', until: '2026-03-14T10:00:00Z' }],
    ['no delivery', { delivery_ids: [] }],
    ['too many', { delivery_ids: Array.from({ length: 101 }, (_, index) => `${index}`) }],
    ['ids that are none', { delivery_ids: ['a', 1] }],
    ['an id too long', { delivery_ids: ['a'.repeat(101)] }],
    ['half a stretch', { since: '2026-03-14T09:00:00Z' }],
    ['words for times', { since: 'yesterday', until: 'today' }],
    ['a stretch turned round', { since: '2026-03-14T10:00:00Z', until: '2026-03-14T10:00:00Z' }],
  ])('refuses a choice of %s', async (_, body) => {
    const { ask, url } = await start({ replays: taken })
    const answer = await ask('POST', `${url}/replays`, body)
    expect([answer.status, answer.body.error]).toEqual([422, 'invalid_selection'])
  })

  it('refuses what is unknown, busy or away', async () => {
    const { ask, url } = await start({ replays: replays({ kind: 'busy' }) })
    const window = { since: '2026-03-14T09:00:00Z', until: '2026-03-14T10:00:00Z' }
    expect((await ask('POST', '/webhooks/nobody/replays', window)).status).toBe(404)
    expect((await ask('POST', `${url}/replays`, { delivery_ids: ['never'] })).status).toBe(404)
    expect(await ask('POST', `${url}/replays`, window)).toMatchObject({
      status: 409,
      body: { error: 'busy' },
    })
    isAway = true
    expect((await ask('POST', `${url}/replays`, { delivery_ids: ['a'] })).status).toBe(503)
    const full = await start({ replays: replays({ kind: 'full' }) })
    expect(await full.ask('POST', `${full.url}/replays`, window)).toMatchObject({
      status: 503,
      body: { error: 'busy' },
    })
  })

  it('is watched, sent and removed by its id', async () => {
    const { ask } = await start({ replays: taken })
    const shown = {
      replay_id: 'r1',
      state: 'counted',
      read: 1,
      count: 2,
      by_result: { failed: 2 },
      sent: 0,
      passed_over: 0,
      unsent: [{ why: 'event_expired', count: 1 }],
      left: 2,
      error: null,
    }
    expect(await ask('GET', '/replays/r1')).toEqual({ status: 200, body: shown })
    expect(await ask('POST', '/replays/r1/send')).toEqual({ status: 202, body: shown })
    expect(await ask('POST', '/replays/counting/send')).toMatchObject({
      status: 409,
      body: { error: 'not_counted' },
    })
    expect((await ask('DELETE', '/replays/r1')).status).toBe(204)
    for (const method of ['GET', 'DELETE'] as const)
      expect((await ask(method, '/replays/other')).status).toBe(404)
    expect((await ask('POST', '/replays/other/send')).status).toBe(404)
  })
})

describe('live updates', () => {
  it.each([
    ['nothing', '', 400],
    ['two things', '?webhook_id=a&call_id=b', 400],
    ['a webhook of others', '?webhook_id=nobody', 404],
  ])('of %s are refused', async (_, query, status) => {
    const { ask } = await start()
    expect((await ask('GET', `/events${query}`)).status).toBe(status)
  })

  it('beyond the bounds are refused', async () => {
    const streams = new EventStreams({ clock: systemClock, perAccount: 0, inAll: 10 })
    const { ask } = await start({ streams })
    expect(await ask('GET', '/events?call_id=c1')).toMatchObject({
      status: 429,
      body: { error: 'too_many_streams' },
    })
    streams.stop()
  })

  it('come as events, with the account’s own alone, and end with the console', async () => {
    const streams = new EventStreams({ clock: systemClock, perAccount: 1, inAll: 10 })
    const { server, stop } = await start({ streams })
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const answer = await fetch(`${address}/api/events?call_id=c1`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const text = answer.text()
    streams.stored([])
    await stop()
    closing = []
    expect(await text).toBe(': open\n\n')
  })
})
