// The console on the real broker and registry: what it writes a worker delivers, and what it answers is true.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { draftForm, startConsoleRig } from '../harness/console-rig.ts'
import type { ConsoleClient, ConsoleRig } from '../harness/console-rig.ts'
import { until } from '../harness/until.ts'
import { webhookRecord } from '../harness/worker-rig.ts'

let rig: ConsoleRig
let one: ConsoleClient
let other: ConsoleClient
beforeAll(async () => {
  rig = await startConsoleRig()
  one = await rig.startConsole()
  other = await rig.startConsole()
})
afterAll(() => rig.stop())

async function created(account: string, more = {}) {
  const answer = await one.ask(account, 'POST', '/api/webhooks', { body: draftForm(more) })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('location')).toBe(`/api/webhooks/${answer.body.webhook.webhook_id}`)
  expect(answer.headers.get('etag')).toBe(answer.body.etag)
  return { ...answer.body, url: `/api/webhooks/${answer.body.webhook.webhook_id}` }
}

describe('a webhook', () => {
  it('is added, shown, changed and deleted, each seen by the next request', async () => {
    const { webhook, etag, url } = await created('crud')
    expect((await one.ask('crud', 'GET', url)).body).toMatchObject({
      webhook: { address: 'https://crm.example.com', path: 'in/token-1.php', account_id: 'crud' },
      etag,
      valid: true,
      counts: { delivered: 0, failed: 0, last_attempt_at: null },
    })
    const changed = { ...webhook, address: 'crm.example.com:8080', enabled: false }
    const put = await one.ask('crud', 'PUT', url, { body: changed, headers: { 'if-match': etag } })
    expect([put.status, put.body.webhook.address]).toEqual([200, 'http://crm.example.com:8080'])
    const list = await one.ask('crud', 'GET', '/api/webhooks')
    expect(list.body).toMatchObject({ total: 1, next: null, webhooks: [{ etag: put.body.etag }] })
    expect(list.body.webhooks[0].webhook).toMatchObject({ enabled: false, created_at: webhook.created_at })
    const stale = await one.ask('crud', 'DELETE', url, { headers: { 'if-match': etag } })
    expect([stale.status, stale.body.current.etag]).toEqual([412, put.body.etag])
    const deleted = await one.ask('crud', 'DELETE', url, { headers: { 'if-match': put.body.etag } })
    expect(deleted.status).toBe(204)
    expect((await one.ask('crud', 'GET', url)).status).toBe(404)
    expect((await one.ask('crud', 'GET', '/api/webhooks')).body.total).toBe(0)
  })

  it('keeps its secrets over a change that does not touch them, and no answer holds them', async () => {
    const { webhook, etag, url } = await created('secrets', {
      headers: [{ name: 'X-Key', value: 'canary-header' }],
      authentication: { type: 'bearer', token: 'canary-token' },
    })
    const put = await one.ask('secrets', 'PUT', url, { body: webhook, headers: { 'if-match': etag } })
    const list = await one.ask('secrets', 'GET', '/api/webhooks')
    expect(JSON.stringify([webhook, put.body, list.body])).not.toContain('canary')
    const preview = await one.ask('secrets', 'POST', '/api/preview', {
      body: { webhook: put.body.webhook, webhook_id: webhook.webhook_id },
    })
    expect(preview.body.requests[0].text).toContain('X-Key: ***')
    expect(JSON.stringify(preview.body)).not.toContain('canary')
  })

  it('sends its secrets to the receiver that they were stored for, and to no other', async () => {
    const [own, foreign] = [await startReceiver(), await startReceiver()]
    try {
      const { webhook, etag, url } = await created('elsewhere', {
        address: `127.0.0.1:${own.port}`,
        headers: [{ name: 'X-Key', value: 'canary-header' }],
        authentication: { type: 'bearer', token: 'canary-token' },
      })
      const { webhook_id } = webhook
      const body = { webhook, webhook_id }
      const test = (changed: object) =>
        one.ask('elsewhere', 'POST', '/api/test', { body: { ...body, webhook: { ...webhook, ...changed } } })
      expect((await test({})).body).toMatchObject({ delivered: true })
      expect(own.requests.map(({ headers }) => [headers['x-key'], headers.authorization])).toEqual([
        ['canary-header', 'Bearer canary-token'],
      ])
      const address = `127.0.0.1:${foreign.port}`
      expect((await test({ address })).status).toBe(422)
      const moved = { body: { ...webhook, address }, headers: { 'if-match': etag } }
      expect((await one.ask('elsewhere', 'PUT', url, moved)).status).toBe(422)
      expect(foreign.requests).toEqual([])
      const anew = { address, headers: [], authentication: { type: 'bearer', token: 'given-anew' } }
      expect((await test(anew)).body).toMatchObject({ delivered: true })
      expect(foreign.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer given-anew'])
      expect(JSON.stringify(foreign.requests)).not.toContain('canary')
    } finally {
      await Promise.all([own.stop(), foreign.stop()])
    }
  })

  it('is delivered to as soon as it is saved, its secrets unmasked, and counted', async () => {
    const receiver = await startReceiver()
    try {
      await rig.startWorker()
      await created('live', {
        address: `127.0.0.1:${receiver.port}`,
        event_types: ['call_end'],
        headers: [{ name: 'X-Key', value: 'the-secret' }],
      })
      await rig.publisher.callEvent(simulateCall(0, 'live', Date.now()).end)
      await until(() => receiver.requests.length === 1, 'the delivery')
      expect(receiver.requests[0]?.headers['x-key']).toBe('the-secret')
      const counts = async () => (await one.ask('live', 'GET', '/api/webhooks')).body.webhooks[0].counts
      await until(async () => (await counts()).delivered === 1, 'the count')
      expect(await counts()).toMatchObject({ failed: 0, last_attempt_at: expect.stringMatching(/^20.*Z$/) })
    } finally {
      await receiver.stop()
    }
  })

  it('is there after a restart', async () => {
    const { etag, url } = await created('restart')
    const later = await rig.startConsole()
    expect((await later.ask('restart', 'GET', url)).body.etag).toBe(etag)
    await later.console.stop()
  })
})

describe('two consoles', () => {
  it('never both say 200 to changes of one version, and agree on the one that stands', async () => {
    let { etag, url } = await created('race')
    await until(
      async () => (await other.ask('race', 'GET', url)).body.etag === etag,
      'the other to have read it',
    )
    for (let round = 0; round < 15; round += 1) {
      const ask = (client: ConsoleClient, name: string) =>
        client.ask('race', 'PUT', url, {
          body: draftForm({ path: `${name}-${round}` }),
          headers: { 'if-match': etag },
        })
      const answers = await Promise.all([ask(one, 'one'), ask(other, 'other')])
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412])
      const winner = answers.find(({ status }) => status === 200)?.body
      const loser = answers.find(({ status }) => status === 412)?.body
      expect(loser.current).toEqual({ webhook: winner.webhook, etag: winner.etag })
      // The loser has put the winner's version back before it answers; whoever adds a webhook has read all that stood before.
      for (const client of [one, other]) {
        await client.ask('marker', 'POST', '/api/webhooks', { body: draftForm() })
        const { body } = await client.ask('race', 'GET', url)
        expect([body.webhook.path, body.etag]).toEqual([winner.webhook.path, winner.etag])
      }
      etag = winner.etag
    }
  })

  it('of a deletion and a change from one version, one is done', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { etag, url } = await created('race-delete')
      await until(
        async () => (await other.ask('race-delete', 'GET', url)).status === 200,
        'the other to have read it',
      )
      const headers = { 'if-match': etag }
      const [put, removed] = await Promise.all([
        one.ask('race-delete', 'PUT', url, { body: draftForm({ path: 'changed' }), headers }),
        other.ask('race-delete', 'DELETE', url, { headers }),
      ])
      expect([
        [200, 412],
        [404, 204],
      ]).toContainEqual([put.status, removed.status])
      const stands = put.status === 200 ? 200 : 404
      for (const client of [one, other]) {
        await until(async () => (await client.ask('race-delete', 'GET', url)).status === stands, 'one truth')
      }
    }
  })
})

describe('what others write into the topic', () => {
  it('is shown with its faults, can be mended, and hides nothing valid', async () => {
    const record = (webhookId: string, more: Partial<WebhookConfigRecord> = {}) =>
      webhookRecord({ webhook_id: webhookId, account_id: 'foreign', port: 80, ...more })
    await rig.publisher.webhook(record('valid'))
    await rig.publisher.webhook(record('invalid', { host: 'a b', method: 'unknown' as never }))
    const list = async () => (await one.ask('foreign', 'GET', '/api/webhooks')).body
    await until(async () => (await list()).total === 2, 'both to be listed')
    const shown = Object.fromEntries(
      (await list()).webhooks.map((item: { webhook: { webhook_id: string } }) => [
        item.webhook.webhook_id,
        item,
      ]),
    )
    expect(shown['valid']).toMatchObject({ valid: true, faults: [] })
    expect(shown['invalid'].valid).toBe(false)
    expect(shown['invalid'].faults.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['address', 'method']),
    )
    const mended = await one.ask('foreign', 'PUT', '/api/webhooks/invalid', {
      body: draftForm(),
      headers: { 'if-match': shown['invalid'].etag },
    })
    expect(mended.status).toBe(200)
    expect((await one.ask('foreign', 'GET', '/api/webhooks/invalid')).body.valid).toBe(true)
  })
})
