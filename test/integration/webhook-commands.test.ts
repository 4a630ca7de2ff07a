// What an operator does with webhooks by hand, on the real topic: written, read back, tried out and deleted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { expectedError } from '../../src/cli/expected-error.ts'
import { writeAll } from '../../src/cli/webhook-writer.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createValueEncoder } from '../../src/kafka/value-encoder.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { runCli } from '../harness/run-cli.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { createCompactedTopic } from './compacted-topic.ts'

const folder = mkdtempSync(join(tmpdir(), 'webhook-commands-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** Every field that may hold a secret holds the canary. */
const secretForm = {
  webhook_id: 'wh-1',
  account_id: 'acme',
  address: 'https://crm.example.com',
  path: 'in/canary-path',
  method: 'POST',
  content_type: 'application/json',
  event_types: ['call_start', 'call_end'],
  parameters: [{ name: 'call', parameter: 'call_id' }],
  headers: [{ name: 'x-key', value: 'canary-header' }],
  authentication: { type: 'basic', username: 'worker', password: 'canary-password' },
  signing_secrets: [`whsec_${Buffer.from('canary-signing-secret-of-32-bytes').toString('base64')}`],
  time_zone: 'Europe/Moscow',
}
const canaries = /canary|whsec_[A-Za-z0-9]/

const form = (webhook_id: string, fields: object = {}) => ({
  webhook_id,
  account_id: 'acme',
  address: 'https://crm.example.com',
  path: '/',
  method: 'POST',
  content_type: 'application/json',
  event_types: ['call_end'],
  parameters: [{ name: 'call', parameter: 'call_id' }],
  ...fields,
})

let rig: WorkerRig
beforeAll(async () => {
  rig = await startWorkerRig()
})
afterAll(() => rig.stop())

const run = (...words: readonly string[]) => runCli(words, { environment: rig.environment })

interface Listed {
  readonly webhooks: readonly Readonly<Record<string, unknown>>[]
}
const listed = async (...words: readonly string[]) =>
  JSON.parse((await run('webhooks', 'list', '--json', ...words)).out) as Listed

describe('webhooks in their topic', () => {
  it('are put, listed, got, put again as they were got, imported and deleted', async () => {
    expect(await run('webhooks', 'list')).toMatchObject({ exitCode: 0, out: '' })
    expect(await run('webhooks', 'put', file('put.json', secretForm), '--dry-run')).toEqual({
      exitCode: 0,
      out: 'created: 1, updated: 0, unchanged: 0; nothing is written (--dry-run)',
      err: '',
    })
    expect((await listed()).webhooks).toEqual([])
    expect(await run('webhooks', 'put', file('put.json', secretForm))).toEqual({
      exitCode: 0,
      out: 'created: 1, updated: 0, unchanged: 0',
      err: '',
    })
    const table = await run('webhooks', 'list')
    expect(table.out.split('\n')).toEqual([
      'ID    ACCOUNT  ADDRESS                      EVENT TYPES          METHOD  ENABLED  VALID',
      'wh-1  acme     https://crm.example.com/***  call_start,call_end  POST    yes      yes',
    ])

    const got = await run('webhooks', 'get', 'wh-1', '--json', '--show-secrets')
    expect(got.exitCode).toBe(0)
    const first = JSON.parse(got.out) as { readonly created_at: string; readonly updated_at: string }
    expect(first).toMatchObject(secretForm)
    expect(Math.abs(Date.parse(first.created_at) - Date.now())).toBeLessThan(60_000)
    expect(await run('webhooks', 'put', file('got.json', got.out))).toMatchObject({
      out: 'created: 0, updated: 0, unchanged: 1',
    })

    const many = [{ ...secretForm, path: 'other' }, form('wh-2'), form('wh-3', { account_id: 'other' })]
    const lines = many.map((one) => JSON.stringify(one)).join('\n')
    expect(await run('webhooks', 'import', file('many.jsonl', lines))).toMatchObject({
      exitCode: 0,
      out: 'created: 2, updated: 1, unchanged: 0',
    })
    const second = JSON.parse((await run('webhooks', 'get', 'wh-1', '--json', '--show-secrets')).out)
    expect(second).toMatchObject({ path: 'other', created_at: first.created_at })
    expect(Date.parse(second.updated_at)).toBeGreaterThan(Date.parse(first.updated_at))
    const ofAcme = await listed('--account', 'acme')
    expect(ofAcme.webhooks.map(({ webhook_id }) => webhook_id)).toEqual(['wh-1', 'wh-2'])

    expect(await run('webhooks', 'delete', 'wh-2', 'wh-unknown', 'wh-3')).toEqual({
      exitCode: 1,
      out: 'wh-2: deleted\nwh-3: deleted',
      err: `wh-unknown: no such webhook in ${rig.settings.topics.webhooks.name}`,
    })
    expect((await listed()).webhooks.map(({ webhook_id }) => webhook_id)).toEqual(['wh-1'])
    expect(await run('webhooks', 'get', 'wh-2')).toMatchObject({ exitCode: 1, out: '' })
    expect(await run('webhooks', 'delete', 'wh-2')).toMatchObject({ exitCode: 1, out: '' })
    expect(await run('webhooks', 'delete', 'wh-1')).toMatchObject({ exitCode: 0 })
  })

  it('keep their limits, which are listed where a webhook has some', async () => {
    const limits = { total_timeout_ms: 2_000, concurrency: 4, rate_per_second: 0.5, retry_horizon_s: 7_200 }
    await run('webhooks', 'put', file('limited.json', form('limited', { limits })))
    await run('webhooks', 'put', file('plain.json', form('plain')))
    expect((await run('webhooks', 'list')).out.split('\n')).toEqual([
      'ID       ACCOUNT  ADDRESS                   EVENT TYPES  METHOD  ENABLED  VALID  LIMITS',
      'limited  acme     https://crm.example.com/  call_end     POST    yes      yes    total_timeout_ms=2000,concurrency=4,rate_per_second=0.5,retry_horizon_s=7200',
      'plain    acme     https://crm.example.com/  call_end     POST    yes      yes    -',
    ])
    expect((await listed()).webhooks).toMatchObject([{ limits }, { limits: null }])
    const got = await run('webhooks', 'get', 'limited', '--json', '--show-secrets')
    expect(JSON.parse(got.out)).toMatchObject({ limits })
    expect((await run('webhooks', 'put', file('again.json', got.out))).out).toBe(
      'created: 0, updated: 0, unchanged: 1',
    )
    const fewer = { ...JSON.parse(got.out), limits: { concurrency: 4 } }
    expect((await run('webhooks', 'put', file('fewer.json', fewer))).out).toBe(
      'created: 0, updated: 1, unchanged: 0',
    )
    expect((await listed()).webhooks).toMatchObject([{ limits: { concurrency: 4 } }, { limits: null }])
    expect(await run('webhooks', 'delete', 'limited', 'plain')).toMatchObject({ exitCode: 0 })
  })

  it('are written all or not at all', async () => {
    const path = file('half.json', [form('half-1'), form('half-2', { method: 'PUT' }), form('half-1')])
    const { exitCode, out, err } = await run('webhooks', 'import', path)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err.replaceAll(`${folder}/`, '').split('\n')).toEqual([
      'half.json[1]: method is unknown; allowed: GET, POST',
      'half.json[2]: webhook_id is that of half.json[0]; allowed: each id once',
      'nothing is written',
    ])
    expect(await run('webhooks', 'put', file('two.json', [form('half-1'), form('half-2')]))).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('holds 2 webhooks; allowed: one'),
    })
    expect((await listed()).webhooks).toEqual([])
  })

  it('tell who delivers nothing and why, be it undecodable or invalid', async () => {
    const kafka = createKafkaClient(clientConfigOf(readKafkaAccess(rig.settings), () => () => {}))
    const producer = kafka.producer()
    await producer.connect()
    const topic = rig.settings.topics.webhooks.name
    await producer.send({ topic, messages: [{ key: 'bytes', value: Buffer.from('canary, not Avro') }] })
    await producer.disconnect()
    const record = webhookRecord({ webhook_id: 'bad', account_id: 'acme', port: 80 })
    await rig.publisher.webhook({ ...record, port: 0, path: '/canary-path' })
    await rig.publisher.webhook({ ...record, webhook_id: 'good' })
    const { exitCode, out } = await run('webhooks', 'list', '--invalid')
    expect(exitCode).toBe(0)
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^bytes \(account not known, at 0\/\d+\): .*not_framed/),
      expect.stringMatching(/^bad \(account acme, at 0\/\d+\): port is 0; allowed: a whole number/),
    ])
    expect(await listed('--invalid')).toMatchObject({
      webhooks: [
        { webhook_id: 'bytes', account_id: null, valid: false, address: null },
        { webhook_id: 'bad', account_id: 'acme', valid: false, partition: 0 },
      ],
    })
    const undecodable = await run('webhooks', 'get', 'bytes', '--json')
    expect(undecodable).toMatchObject({ exitCode: 1, out: '' })
    expect(undecodable.err).toMatch(
      /^bytes: invalid: it delivers nothing; .*partition 0, offset \d+\nbytes: /,
    )
    const invalid = await run('webhooks', 'get', 'bad')
    expect(invalid.exitCode).toBe(0)
    expect(invalid.err).toMatch(/^bad: port is 0/)
    expect(await run('render', '--webhook-id', 'bad')).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringMatching(/^bad: port is 0/),
    })
    const repaired = await run('webhooks', 'put', file('bytes.json', form('bytes')))
    expect(repaired.out).toBe('created: 0, updated: 1, unchanged: 0')
    expect(await run('webhooks', 'delete', 'bytes', 'bad', 'good')).toMatchObject({ exitCode: 0 })
  })

  it('tell whose key is not the id in their value', async () => {
    const topic = rig.settings.topics.webhooks.name
    const schema = readSchema('webhook-config')
    const encode = createValueEncoder(schema, await registeredIdOf(rig.settings.registry, topic, schema))
    const producer = createKafkaClient(
      clientConfigOf(readKafkaAccess(rig.settings), () => () => {}),
    ).producer()
    await producer.connect()
    const key = 'ключ \u202e\n"1'
    const value = encode(webhookRecord({ webhook_id: 'its-own-id', account_id: 'acme', port: 80 }))
    await producer.send({ topic, messages: [{ key, value }] })
    await producer.disconnect()
    const shownKey = String.raw`ключ \u202e\u000a"1`
    expect(await run('webhooks', 'list', '--invalid')).toEqual({
      exitCode: 0,
      out: expect.stringMatching(
        /^ключ \\u202e\\u000a"1 \(account acme, at 0\/\d+\): webhook_id differs from the record's key; allowed: the same text$/,
      ),
      err: '',
    })
    expect(await listed()).toMatchObject({
      webhooks: [{ webhook_id: key, account_id: 'acme', valid: false }],
    })
    expect(await run('webhooks', 'get', 'its-own-id')).toMatchObject({ exitCode: 1, out: '' })
    expect(await run('webhooks', 'delete', key)).toEqual({
      exitCode: 0,
      out: `${shownKey}: deleted`,
      err: '',
    })
    expect((await listed()).webhooks).toEqual([])
  })

  it('keep the time at which they were added, and take it from the form where the topic has none', async () => {
    const created_at = '2020-01-02T03:04:05.000Z'
    await run('webhooks', 'put', file('old.json', form('old', { created_at })))
    await run('webhooks', 'put', file('old.json', form('old', { enabled: false })))
    const got = JSON.parse((await run('webhooks', 'get', 'old', '--json')).out)
    expect(got).toMatchObject({ created_at, enabled: false })
    await run('webhooks', 'delete', 'old')
  })

  it('are read to the end of a log full of holes', async () => {
    const environment = { ...rig.environment, TOPICS_WEBHOOKS_NAME: await createCompactedTopic() }
    const told = await runCli(['webhooks', 'list', '--json'], { environment })
    expect(told.exitCode).toBe(0)
    expect((JSON.parse(told.out) as Listed).webhooks).not.toEqual([])
  })

  it('are told not to be written where the brokers fall silent after they were read', async () => {
    const silent = await startTcpProxy(rig.settings.kafka.brokers[0] ?? '')
    silent.become('swallow')
    const environment = {
      ...rig.environment,
      KAFKA_BROKERS: `${silent.host}:${silent.port}`,
      KAFKA_CONNECTION_TIMEOUT_MS: '1000',
      KAFKA_REQUEST_TIMEOUT_MS: '1000',
    }
    const settings = loadSettings({ files: [], environment })
    const failed = await writeAll(settings, [(publisher) => publisher.deleteWebhook('wh-1')]).catch(
      (error: unknown) => error,
    )
    expect(expectedError(failed)).toMatch(
      /^Kafka at 127\.0\.0\.1:\d+: .+; see kafka\.brokers \(KAFKA_BROKERS\), kafka\.ssl and kafka\.sasl$/,
    )
    await silent.stop()
  })

  it('are missed by name where their topic is', async () => {
    const environment = { ...rig.environment, TOPICS_WEBHOOKS_NAME: 'no-such-topic' }
    expect(await runCli(['webhooks', 'list'], { environment })).toEqual({
      exitCode: 1,
      out: '',
      err: 'no-such-topic: no such topic; see "topics check" and "topics create"',
    })
  })

  it('are not waited for without end where the registry is away', async () => {
    await run('webhooks', 'put', file('away.json', form('away')))
    const environment = { ...rig.environment, REGISTRY_URL: 'http://127.0.0.1:1' }
    const { exitCode, out, err } = await runCli(['webhooks', 'list'], { environment })
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toMatch(
      /^the schema registry at http:\/\/127\.0\.0\.1:1 does not answer: .*see registry\.url/,
    )
    expect(err).not.toContain('\n')
    await run('webhooks', 'delete', 'away')
  })

  it('are imported by the thousand, each once, with word of how far it is', async () => {
    const ids = Array.from({ length: 6_000 }, (_, index) => `many-${index}`)
    const path = file('thousands.jsonl', ids.map((id) => JSON.stringify(form(id))).join('\n'))
    const { exitCode, out, err } = await run('webhooks', 'import', path)
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'created: 6000, updated: 0, unchanged: 0' })
    expect(err.split('\n').at(-1)).toBe('6000 written, of at most 6000')
    expect((await run('webhooks', 'import', path)).out).toBe('created: 0, updated: 0, unchanged: 6000')
    const { webhooks } = await listed()
    expect(new Set(webhooks.map(({ webhook_id }) => webhook_id))).toEqual(new Set(ids))
    expect(new Set(webhooks.map(({ offset }) => offset)).size).toBe(ids.length)
    expect(await run('webhooks', 'delete', ...ids)).toMatchObject({ exitCode: 0 })
  })
})

describe('a webhook is tried out', () => {
  let receiver: Receiver
  const call = simulateCall(0, 'tried', Date.now())
  const start = call.start ?? call.end

  beforeAll(async () => {
    receiver = await startReceiver({ answer: () => ({ status: 200, body: 'ok' }) })
    const address = receiver.origin
    const common = { address, account_id: 'tried', headers: [{ name: 'x-key', value: 'canary-header' }] }
    const names = ['call_id', 'city', 'manager_name', 'time_start', 'duration', 'tags']
    const parameters = names.map((name) => ({ name: `п ${name}`, parameter: name }))
    const both = { event_types: ['call_start', 'call_end'], parameters, time_zone: 'Europe/Moscow' }
    const forms = [
      form('try-get', { ...common, ...both, method: 'GET', content_type: null, path: 'canary-path' }),
      form('try-json', { ...common, ...both, authentication: { type: 'bearer', token: 'canary-token' } }),
      form('try-form', { ...common, ...both, content_type: 'application/x-www-form-urlencoded' }),
      form('try-xml', { ...common, ...both, content_type: 'application/xml' }),
      form('try-parts', { ...common, ...both, content_type: 'multipart/form-data' }),
    ]
    const written = await run('webhooks', 'import', file('tried.json', forms))
    expect(written.err).toBe('')
    await rig.publisher.callEvent({ ...start, account_id: 'tried' })
    await rig.publisher.callEvent(call.end)
  })
  afterAll(() => receiver.stop())

  interface Rendered {
    readonly requests: readonly {
      readonly event_type: string
      readonly event_id: string
      readonly request_line: string
      readonly headers: readonly string[]
      readonly body: string | null
    }[]
  }

  it('as the worker then sends it, byte for byte', async () => {
    const ids = ['try-get', 'try-json', 'try-form', 'try-xml', 'try-parts']
    await rig.startWorker()
    await until(() => receiver.requests.length >= 2 * ids.length, 'the deliveries of both events')
    const sent = new Map(receiver.requests.map((request) => [request.deliveryId, request]))
    for (const id of ids) {
      const shown = ['--webhook-id', id, '--latest-event', '--json', '--show-secrets']
      const { exitCode, out } = await run('render', ...shown)
      expect(exitCode).toBe(0)
      const { requests } = JSON.parse(out) as Rendered
      expect(requests.map(({ event_id }) => event_id)).toEqual([start.event_id, call.end.event_id])
      for (const { event_id, request_line, headers, body } of requests) {
        const request = sent.get(deliveryIdOf(event_id, id))
        expect(request_line).toBe(`${request?.method} ${request?.target} HTTP/1.1`)
        const received = Object.entries(request?.headers ?? {}).map(
          ([name, value]) => `${name}: ${String(value)}`,
        )
        expect(headers).toEqual(received)
        expect(body ?? '').toBe(request?.body)
      }
    }
  })

  it('with the event of one place, or why there is none', async () => {
    const { partitions } = rig.settings.topics.events
    const rendered = await Promise.all(
      Array.from({ length: partitions }, (_, partition) =>
        run('render', '--webhook-id', 'try-json', '--json', '--event-at', `${partition}/0`),
      ),
    )
    const [found, ...more] = rendered.filter(({ exitCode }) => exitCode === 0)
    expect(more).toEqual([])
    expect(JSON.parse(found?.out ?? '')).toMatchObject({ requests: [{ event_id: start.event_id }] })
    const topic = rig.settings.topics.events.name
    expect(await run('render', '--webhook-id', 'try-json', '--event-at', '99/0')).toMatchObject({
      exitCode: 1,
      err: `${topic} 99/0: no such partition; ${topic} has ${partitions}, counted from 0`,
    })
    expect(await run('render', '--webhook-id', 'try-json', '--event-at', '0/77')).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/ 0\/77: no record; the partition (is empty|holds the offsets 0 to \d+)$/),
    })
  })

  it('but not where its account has no call yet', async () => {
    const path = file('lonely.json', form('lonely', { account_id: 'lonely' }))
    const { exitCode, err } = await run('render', '--webhook', path, '--latest-event')
    expect(exitCode).toBe(1)
    expect(err).toMatch(/^no call_end of account lonely among the last 2000 records/)
  })

  it('by a test request, of which no outcome tells', async () => {
    const before = receiver.requests.length
    const { exitCode, out } = await run('send-test', '--webhook-id', 'try-json')
    expect(exitCode).toBe(0)
    expect(out).toContain('call_start: POST / HTTP/1.1, to ')
    const requests = receiver.requests.slice(before)
    expect(requests.map(({ headers }) => headers['webhook-test'])).toEqual(['1', '1'])
    const event = simulateCall(1, 'tried', Date.now()).end
    await rig.publisher.callEvent(event)
    await until(() => rig.outcomes.some(({ event_id }) => event_id === event.event_id), 'a later outcome')
    expect(rig.outcomes.filter(({ delivery_id }) => delivery_id.startsWith('test-'))).toEqual([])
  })

  it('and shows no secret by any command that is not asked to', async () => {
    await run('webhooks', 'put', file('secret.json', secretForm))
    const path = file('secret.json', { ...secretForm, enabled: false })
    const faulty = file('faulty.json', {
      ...secretForm,
      address: 'https://worker:canary-password@crm.example.com',
      path: 'canary?token=canary',
      signing_secrets: ['whsec_canary'],
      authentication: { type: 'bearer', token: 'canary with blanks' },
      headers: [{ name: 'x-key', value: 'canary\n' }],
    })
    const broken = file('broken.json', '{"path": "canary" canary')
    const told = await Promise.all(
      [
        ['webhooks', 'list'],
        ['webhooks', 'list', '--json'],
        ['webhooks', 'get', 'wh-1'],
        ['webhooks', 'get', 'wh-1', '--json'],
        ['webhooks', 'validate', path, faulty, broken],
        ['webhooks', 'validate', '--json', path, faulty, broken],
        ['webhooks', 'put', path, '--dry-run'],
        ['webhooks', 'import', faulty],
        ['webhooks', 'import', broken],
        ['render', '--webhook-id', 'wh-1'],
        ['render', '--webhook', path, '--json'],
        ['render', '--webhook-id', 'try-get', '--latest-event'],
        ['render', '--webhook', faulty],
        ['send-test', '--webhook-id', 'try-get'],
        ['send-test', '--webhook-id', 'try-json', '--json'],
        ['send-test', '--webhook', faulty],
      ].map((words) => run(...words)),
    )
    for (const { out, err } of told) {
      expect(out + err).not.toBe('')
      expect(out + err).not.toMatch(canaries)
    }
  })
})
