// What happened to calls, from a real worker to an answer of the console: seen, told live, and sent again.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { WebhookSuspensionRecord } from '../../src/domain/records.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createValueEncoder } from '../../src/kafka/value-encoder.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { draftForm, startConsoleRig } from '../harness/console-rig.ts'
import type { ConsoleClient, ConsoleRig } from '../harness/console-rig.ts'
import { followEvents } from '../harness/followed-events.ts'
import { until } from '../harness/until.ts'

const account = 'log'
let rig: ConsoleRig
let page: ConsoleClient
let receiver: Receiver
let status = 400
let url = ''
let webhookId = ''

beforeAll(async () => {
  rig = await startConsoleRig()
  receiver = await startReceiver({ answer: () => ({ status, body: 'no such deal' }) })
  page = await rig.startConsole()
  const address = `127.0.0.1:${receiver.port}`
  const created = await page.ask(account, 'POST', '/api/webhooks', { body: draftForm({ address }) })
  webhookId = created.body.webhook.webhook_id
  url = `/api/webhooks/${webhookId}`
  await rig.startWorker()
}, 60_000)
afterAll(async () => {
  await rig.stop()
  await receiver.stop()
})

const log = async (query = '') => (await page.ask(account, 'GET', `${url}/deliveries${query}`)).body
const untilLogged = (count: number, query = ''): Promise<void> =>
  until(async () => (await log(query)).attempts.length >= count, `${count} attempts in the log`, 30_000)

it('tells of a call that was refused, of whom and when, and to its own account alone', async () => {
  const events = await followEvents(page, account, `webhook_id=${webhookId}`)
  const { end } = simulateCall(1, account, Date.now())
  await rig.publisher.callEvent(end)
  await untilLogged(1)
  const { attempts, next, total } = await log()
  expect([next, total]).toEqual([null, 1])
  expect(attempts[0]).toMatchObject({
    call_id: end.call_id,
    event_id: end.event_id,
    webhook_id: webhookId,
    event_type: 'call_end',
    attempt: 1,
    result: 'failed',
    reason: 'http_status',
    final: true,
    fault_owner: 'receiver',
    status_code: 400,
    method: 'POST',
    origin: `http://127.0.0.1:${receiver.port}`,
    excerpt: 'no such deal',
    sendable: true,
  })
  const ofCall = `/api/calls/${encodeURIComponent(end.call_id)}/deliveries`
  expect((await page.ask(account, 'GET', ofCall)).body.attempts).toEqual(attempts)
  expect((await page.ask('stranger', 'GET', ofCall)).body.attempts).toEqual([])
  expect((await page.ask('stranger', 'GET', `${url}/deliveries`)).status).toBe(404)
  await until(() => events.names().includes('deliveries'), 'the page to be told')
  expect(events.data()).toContainEqual({ webhook_id: webhookId })
  await events.stop()
  const health = await page.ask(account, 'GET', `${url}/health`)
  expect(health.body).toMatchObject({
    hour: { delivered: 0, failed: 1 },
    day: { delivered: 0, failed: 1 },
    delay_ms: null,
    breaker: 'closed',
    parked: { count: 0, next_due: null },
    suspension: null,
  })
  expect(health.body.chart).toHaveLength(24)
})

it('sends a failed delivery again once the receiver is mended, and the log tells of it', async () => {
  status = 200
  const [failed] = (await log('?only=failed')).attempts
  const body = { delivery_ids: [failed.delivery_id] }
  const begun = await page.ask(account, 'POST', `${url}/replays`, { body })
  expect(begun.status).toBe(202)
  const replay = `/api/replays/${begun.body.replay_id}`
  const state = async () => (await page.ask(account, 'GET', replay)).body
  expect((await page.ask('stranger', 'GET', replay)).status).toBe(404)
  expect((await page.ask('stranger', 'POST', `${replay}/send`)).status).toBe(404)
  await until(async () => (await state()).state === 'counted', 'it to be counted', 30_000)
  expect(await state()).toMatchObject({ count: 1, by_result: { failed: 1 }, read: 1, sent: 0, left: 1 })
  expect((await page.ask(account, 'POST', `${replay}/send`)).status).toBe(202)
  await until(async () => (await state()).state === 'done', 'it to be sent', 30_000)
  expect(await state()).toMatchObject({ sent: 1, passed_over: 0, unsent: [], left: 0, error: null })
  await untilLogged(2)
  const { attempts } = await log()
  expect(attempts.map(({ result, replay: number, sendable }: never) => [result, number, sendable])).toEqual([
    ['delivered', 1, false],
    ['failed', 0, false],
  ])
  expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual([
    failed.delivery_id,
    failed.delivery_id,
  ])
  // What was delivered is not sent once more.
  const again = await page.ask(account, 'POST', `${url}/replays`, { body })
  const counted = `/api/replays/${again.body.replay_id}`
  await until(
    async () => (await page.ask(account, 'GET', counted)).body.state === 'counted',
    'it to be counted again',
    30_000,
  )
  expect((await page.ask(account, 'GET', counted)).body.count).toBe(0)
  expect((await page.ask(account, 'DELETE', counted)).status).toBe(204)
  expect((await page.ask(account, 'GET', counted)).status).toBe(404)
})

it('shows a suspension of the version that stands, and lifts it by writing the webhook anew', async () => {
  const { etag } = (await page.ask(account, 'GET', url)).body
  const suspended: WebhookSuspensionRecord = {
    webhook_id: webhookId,
    account_id: account,
    state: 'suspended',
    config_partition: 0,
    config_offset: Number(JSON.parse(etag)),
    watch_offset: null,
    watched_since: Date.now() - 1_000,
    suspended_since: Date.now(),
    cause: 'gone',
    attempts: 1,
    last_reason: 'http_status',
    last_status: 410,
    first_failed_at: Date.now(),
    last_failed_at: Date.now(),
  }
  const events = await followEvents(page, account, `webhook_id=${webhookId}`)
  await writeSuspension(suspended)
  await until(() => events.names().includes('health'), 'the page to be told')
  const suspension = async () => (await page.ask(account, 'GET', `${url}/health`)).body.suspension
  expect(await suspension()).toMatchObject({ state: 'suspended', cause: 'gone', last_status: 410 })
  const { webhooks } = (await page.ask(account, 'GET', '/api/webhooks')).body
  expect(webhooks[0].suspension).toEqual(await suspension())
  const lifted = await page.ask(account, 'POST', `${url}/lift`, { headers: { 'if-match': etag } })
  expect(lifted.status).toBe(200)
  expect(await suspension()).toBeNull()
  await events.stop()
})

it('ends live updates at once when the console stops', async () => {
  const other = await rig.startConsole()
  const events = await followEvents(other, account, `webhook_id=${webhookId}`)
  await other.console.stop()
  await events.ended
})

async function writeSuspension(record: WebhookSuspensionRecord): Promise<void> {
  const topic = rig.settings.topics.suspensions.name
  const schema = readSchema('webhook-suspension')
  const encoder = createValueEncoder(schema, await registeredIdOf(rig.settings.registry, topic, schema))
  const kafka = createKafkaClient(clientConfigOf(readKafkaAccess(rig.settings), () => () => {}))
  const writer = new RecordWriter({ kafka, topic, lingerMs: 0, maxBatch: 1, observer: { observe() {} } })
  await writer.start()
  const value = encoder(record)
  await writer.append({ key: Buffer.from(record.webhook_id), value }, AbortSignal.timeout(10_000))
  await writer.stop()
}
