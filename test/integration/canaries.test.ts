// A scan for canaries: secrets and personal data, one of its own in every field and setting that may hold them, and none
// of them in anything that a worker, a console or a command writes while receivers throw back what they were sent, records
// cannot be read, settings are wrong and servers refuse.
// Left out of the scan, because they are what was asked for: the requests themselves, the events' own bytes in retry topics
// and dead letters with the records' own headers, what `--show-secrets` shows, and in the views of a webhook (`webhooks get`,
// `render`, the console's answers to its owner) the fields that are no secrets: names, literals and values of parameters.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import avro from 'avsc'
import type { CallEventRecord, WebhookConfigRecord } from '../../src/domain/records.ts'
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { freePort } from '../../src/local/stack-ports.ts'
import { createCanaries, headersOfLetter } from '../harness/canaries.ts'
import { startConsoleProcess } from '../harness/console-process.ts'
import type { ConsoleProcess } from '../harness/console-process.ts'
import { echoManners, startEchoingReceiver } from '../harness/echoing-receiver.ts'
import type { EchoingReceiver } from '../harness/echoing-receiver.ts'
import { runToItsEnd } from '../harness/ended-process.ts'
import { quietClient } from '../harness/quiet-client.ts'
import { runCli } from '../harness/run-cli.ts'
import { until } from '../harness/until.ts'
import { readTopic } from '../harness/whole-topic.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

const canaries = createCanaries()
const { at } = canaries
/** Not so: shown to owner and operator in the views of a webhook and its requests that they ask for. */
const isSecret = (place: string): boolean =>
  !/^(event|literal|parameter|name|username|zone|type)\b/.test(place)

const folder = mkdtempSync(join(tmpdir(), 'canaries-'))
const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const keyOf = (place: string): string =>
  canaries.plant(
    place,
    Buffer.from(`${at(`${place}, bytes`)}......`.padEnd(32, '.').slice(0, 32)).toString('base64'),
  )
const signingSecretOf = (place: string): string =>
  `whsec_${canaries.plant(place, Buffer.from(at(`${place}, bytes`).padEnd(30, '.')).toString('base64'))}`

/** Set for every process and command. */
const secretSettings = {
  KAFKA_SASL_PASSWORD: at('kafka password'),
  REGISTRY_USERNAME: 'worker',
  REGISTRY_PASSWORD: at('registry password'),
  SECRETS_KEYRING_FILE: file('keyring.json', {
    current: 'new',
    keys: { old: keyOf('old key'), new: keyOf('new key') },
  }),
  CONSOLE_TOKENS_FILE: file('tokens.json', { [at('console token')]: 'acme' }),
  CONSOLE_STORE_FILE: join(folder, 'counts.sqlite'),
  RETRY_DELAYS: '1s,2s',
}

/** A webhook with a canary in each of its fields; a GET and a POST of each kind. */
function secretWebhook(id: string, port: number, fields: Partial<WebhookConfigRecord>): WebhookConfigRecord {
  return webhookRecord({
    webhook_id: id,
    account_id: 'acme',
    port,
    path: `/${id.split('.')[0]}/${at(`path of ${id}`)}`,
    parameters: [
      ...parameterCatalogue
        .filter(({ name }) =>
          /^(client|record|ip$|city|manager|custom|dtmf|office|keyword|tags|landing|utm)/.test(name),
        )
        .map(({ name }) => ({ name, source: { parameter: name, literal: null } })),
      { name: 'literal', source: { parameter: null, literal: at(`literal of ${id}`) } },
    ],
    headers: [{ name: 'X-Key', value: at(`header of ${id}`) }],
    authentication: { type: 'basic', username: 'me', password: at(`password of ${id}`), token: null },
    signing_secrets: [signingSecretOf(`signing secret of ${id}`)],
    limits: { total_timeout_ms: 2_000, concurrency: null, rate_per_second: null, retry_horizon_s: 3 },
    ...fields,
  })
}

/** An event with a canary in each field that tells of a person. */
function personalEvent(label: string): CallEventRecord {
  const event: Record<string, unknown> = { ...simulateCall(0, 'acme', Date.now()).end }
  const { fields } = Object(readSchema('call-event')) as { fields: { name: string; type: unknown }[] }
  for (const { name, type } of fields) {
    if (/^(event_id|event_type|call_id|account_id)$/.test(name)) continue
    if (name.endsWith('_number')) event[name] = `+${canaries.digitsAt(`event ${label} ${name}`)}`
    else if (JSON.stringify(type).includes('"array"')) event[name] = [at(`event ${label} ${name}`)]
    else if (JSON.stringify(type).includes('"string"')) event[name] = at(`event ${label} ${name}`)
  }
  return event as unknown as CallEventRecord
}

const manyWays = echoManners.flatMap((manner) => [`${manner}.get`, `${manner}.post`])
let rig: WorkerRig
let receiver: EchoingReceiver
let worker: WorkerProcess
let console: ConsoleProcess
/** What was written, by what it is. */
const written = new Map<string, string>()
const hitsOf = (of?: (place: string) => boolean): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...written]
      .map(([what, text]) => [what, canaries.hitsIn(text, of)] as const)
      .filter(([, hits]) => hits.length > 0),
  )

beforeAll(async () => {
  receiver = await startEchoingReceiver()
  rig = await startWorkerRig({ LOG_LEVEL: 'debug', ...secretSettings })
  const { publisher } = rig
  const get = { method: 'GET', content_type: null } as const
  const records = [
    ...manyWays.map((id) => secretWebhook(id, receiver.port, id.endsWith('.get') ? get : {})),
    secretWebhook('refused', await freePort(), get),
    secretWebhook('no-name', receiver.port, { host: 'nobody.invalid' }),
    secretWebhook('no-tls', receiver.port, { protocol: 'https', ...get }),
    secretWebhook('sealed', receiver.port, {
      headers: [{ name: 'X-Key', value: `sealed:v1:gone:${at('envelope')}${'A'.repeat(40)}` }],
    }),
    // Each wrong by a value that must not be repeated.
    secretWebhook('bad', receiver.port, {
      host: `me:${at('password in a host')}@127.0.0.1`,
      path: `/${at('path of bad')}?key=${at('query of bad')}`,
      parameters: [
        { name: 'x', source: { parameter: at('parameter of bad'), literal: at('literal of bad') } },
      ],
      headers: [{ name: `${at('name of bad')}:`, value: `${at('header of bad')}\r\n` }],
      authentication: {
        type: 'bearer',
        username: at('username of bad'),
        password: at('password of bad'),
        token: `${at('token of bad')} `,
      },
      signing_secrets: [at('signing secret of bad'), `whsec_${at('signing secret of bad, too')}`],
      time_zone: at('zone of bad'),
      content_type: at('type of bad'),
    }),
  ]
  const [started, served] = await Promise.all([
    startWorkerProcess(rig.environment),
    startConsoleProcess({
      ...rig.environment,
      CONSOLE_AUTHENTICATION: 'token',
      CONSOLE_TESTS_PER_MINUTE: '100',
    }),
    ...records.map((record) => publisher.webhook(record)),
  ])
  worker = started
  console = served
  await publishBadRecords()
  // A trace is carried along; what vendors wrote into its second header is theirs alone.
  const headers = {
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    tracestate: `vendor=${at('tracestate')}`,
  }
  await Promise.all(['one', 'two'].map((label) => publisher.callEvent(personalEvent(label), headers)))
})
afterAll(async () => {
  await Promise.all([worker.end('SIGKILL'), console.end()])
  await rig.stop()
  await receiver.stop()
  rmSync(folder, { recursive: true })
})

/** Bytes that are no events and no webhooks, or nearly, with canaries in them. */
async function publishBadRecords(): Promise<void> {
  const { events, webhooks } = rig.settings.topics
  const schema = readSchema('call-event')
  const id = await registeredIdOf(rig.settings.registry, events.name, schema)
  const body = avro.Type.forSchema(schema).toBuffer(personalEvent('undecodable'))
  const framed = (schemaId: number, bytes: Buffer): Buffer => {
    const framing = Buffer.alloc(5)
    framing.writeInt32BE(schemaId, 1)
    return Buffer.concat([framing, bytes])
  }
  const values = [
    Buffer.from(at('event that is none')),
    framed(2_000_000_000, body),
    ...[body.length - 1, body.length - 40, 200, 90].map((length) => framed(id, body.subarray(0, length))),
    framed(id, Buffer.concat([body, Buffer.from(at('event with a tail'))])),
    framed(id, Buffer.concat([Buffer.from([0x12]), body])),
  ]
  const producer = createKafkaClient(quietClient(rig.settings)).producer()
  await producer.connect()
  const headers = { traceparent: at('event header') }
  await producer.send({ topic: events.name, messages: values.map((value) => ({ key: 'k', value, headers })) })
  await producer.send({
    topic: webhooks.name,
    messages: values.map((value, index) => ({ key: `undecodable-${index}`, value })),
  })
  await producer.disconnect()
}

const cli = (words: readonly string[], environment: Readonly<Record<string, string>> = {}, input = '') =>
  runCli(words, { environment: { ...rig.environment, ...environment }, input })

it('a worker writes none of them, whatever it meets', async () => {
  const expected = [...manyWays, 'refused', 'no-name', 'no-tls', 'sealed', 'bad']
  await until(
    () =>
      expected.every((id) => rig.outcomes.filter((one) => one.webhook_id === id && one.final).length >= 2),
    'the outcomes of all webhooks',
    30_000,
    () => expected.filter((id) => !rig.outcomes.some((one) => one.webhook_id === id && one.final)).join(),
  )
  const letters = async () =>
    (await readTopic(quietClient(rig.settings), rig.settings.topics.deadLetters.name)).records
  await until(async () => (await letters()).length >= 8, 'the dead letters', 10_000)
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${worker.opsPort}${path}`)).text()
  for (const path of ['/metrics', '/readyz', '/livez', '/status', `/${at('path at the ops server')}`]) {
    written.set(path, await ask(path))
  }
  const url = `http://127.0.0.1:${worker.opsPort}`
  for (const words of [['top'], ['top', '--json']])
    written.set(words.join(' '), (await cli([...words, '--url', url])).out)
  expect(await worker.end('SIGTERM')).toBe(0)
  written.set('log of the worker', worker.output())
  written.set('outcomes', JSON.stringify(rig.outcomes))
  const headers = (await letters()).map(headersOfLetter).join('\n')
  written.set('headers of dead letters', headers)

  expect(hitsOf()).toEqual({})
  // The scan has had something to look at.
  const outcomes = new Set(rig.outcomes.map(({ reason }) => reason))
  expect([...outcomes].sort()).toEqual(
    expect.arrayContaining([
      'connect',
      'dns',
      'http_status',
      'invalid_config',
      'ok',
      'protocol_error',
      'redirect',
      'response_too_large',
      'tls',
    ]),
  )
  expect(
    rig.outcomes.filter(({ excerpt }) => excerpt !== null && excerpt.includes('***')).length,
  ).toBeGreaterThan(8)
  expect(worker.output()).toMatch(/"level":"debug"/)
  expect(headers.split('\n').length).toBeGreaterThan(40)
  expect(canaries.size).toBeGreaterThan(250)
})

const draft = (label: string, fields: object = {}) => ({
  address: `http://127.0.0.1:${receiver.port}`,
  path: `success/${at(`path of ${label}`)}`,
  method: 'POST',
  event_types: ['call_end'],
  parameters: [
    { name: 'phone', parameter: 'client_number' },
    { name: 'key', literal: at(`literal of ${label}`) },
  ],
  headers: [{ name: 'X-Key', value: at(`header of ${label}`) }],
  authentication: { type: 'bearer', token: at(`token of ${label}`) },
  signing_secrets: [signingSecretOf(`signing secret of ${label}`)],
  ...fields,
})
/** Wrong in every field, by values that must not be repeated. */
const wrongFields = (label: string) => ({
  address: `https://me:${at(`password in the address of ${label}`)}@crm.example.com`,
  path: `in?key=${at(`query of ${label}`)}`,
  parameters: [{ name: 'x', parameter: at(`parameter of ${label}`), literal: at(`literal of ${label}`) }],
  headers: [{ name: 'X-Key', value: `${at(`header of ${label}`)}\n` }],
  authentication: {
    type: 'basic',
    username: 'me',
    password: `${at(`password of ${label}`)}\u0000`,
    token: at(`token of ${label}`),
  },
  signing_secrets: [at(`signing secret of ${label}`), `sealed:${at(`sealed of ${label}`)}`],
})

it('a console logs none of them, and answers nobody with a secret', async () => {
  const answers: string[] = []
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${console.address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${at('console token')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    answers.push([answer.status, ...[...answer.headers].map(String), text].join('\n'))
    return { status: answer.status, etag: answer.headers.get('etag') ?? '', text }
  }
  const made = await ask('POST', '/api/webhooks', draft('a draft'))
  expect(made.status).toBe(201)
  const { webhook } = JSON.parse(made.text)
  const address = `/api/webhooks/${webhook.webhook_id}`
  const kept = { ...webhook, address: 'https://elsewhere.example.com' }
  for (const manner of echoManners) {
    const tried = {
      webhook: { ...draft('a draft'), path: `${manner}/${at('path of a draft')}` },
      event_type: 'call_end',
    }
    expect((await ask('POST', '/api/test', tried)).status).toBe(200)
  }
  const statuses = [
    await ask('POST', '/api/webhooks', draft('a wrong draft', wrongFields('a wrong draft'))),
    await ask('PUT', address, draft('a wrong edit', wrongFields('a wrong edit')), { 'if-match': made.etag }),
    await ask('PUT', address, kept, { 'if-match': made.etag }),
    await ask('PUT', address, draft('an edit too late'), { 'if-match': '"1"' }),
    await ask('POST', '/api/webhooks', `{"path": "${at('body that is no JSON')}`),
    await ask('POST', '/api/webhooks', [at('body that is no form')]),
    await ask('GET', `/api/webhooks/${at('id that is none')}`),
    await ask('GET', `/api/webhooks?after=${at('place that is none')}`),
    await ask('GET', `/${at('address that is none')}?key=${at('query that is none')}`),
    await ask('GET', '/api/webhooks', undefined, { authorization: `Bearer ${at('token that is none')}` }),
    await ask('POST', '/api/preview', { webhook: draft('a preview') }),
    await ask('GET', address),
    await ask('GET', '/api/webhooks'),
  ].map(({ status }) => status)
  expect(statuses).toEqual([422, 422, 422, 412, 400, 422, 404, 400, 404, 401, 200, 200, 200])
  await console.end()
  written.set('log of the console', console.output())
  expect(hitsOf()).toEqual({})
  expect(console.output()).toContain('/webhooks/:webhook_id')

  written.set('answers of the console', answers.join('\n'))
  // An owner sees the paths of their own webhooks too.
  expect(hitsOf((place) => isSecret(place) && !/^(path|query)/.test(place))).toEqual({})
  written.delete('answers of the console')
})

describe('the command line', () => {
  it('prints none of them, whatever it is asked', async () => {
    const good = { webhook_id: 'by-hand', account_id: 'acme', ...draft('a form') }
    const wrong = { ...good, ...draft('a wrong form', wrongFields('a wrong form')) }
    const login = {
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'worker',
      KAFKA_CONNECTION_TIMEOUT_MS: '500',
    }
    const echoingRegistry = { REGISTRY_URL: `http://127.0.0.1:${receiver.port}/failure` }
    const brokenJson = `{"registry": {"password": "${at('password in a broken file')}`
    const event = file('event.json', personalEvent('by hand'))
    const form = file('form.json', good)
    const runs: readonly (readonly [
      words: string,
      environment?: Readonly<Record<string, string>>,
      input?: string,
    ])[] = [
      ['settings print'],
      ['settings print', { REGISTRY_URL: `http://me:${at('password in an address')}@127.0.0.1:1` }],
      ['settings print', { REGISTRY_URL: `http://127.0.0.1:1/?key=${at('key in an address')}` }],
      ['settings print', { KAFKA_SASL_PASSWORD: `${at('kafka password')}\u0007` }],
      ['settings print', { KAFKA_BROKERS: `me:${at('password of a broker')}@127.0.0.1:9092` }],
      ['settings print', { KAFKA_SASL_PASSWORD_FILE: file('password', at('kafka password')) }],
      [`settings print --config ${file('broken.json', brokenJson)}`],
      [
        `settings print --config ${file('unknown.json', { registry: { passwort: at('password under another name') } })}`,
      ],
      [
        `settings print --config ${file('nested.json', { registry: { password: { value: at('password in a section') } } })}`,
      ],
      ['topics check'],
      ['topics check', login],
      ['schemas check'],
      ['schemas check', { REGISTRY_URL: 'http://127.0.0.1:1' }],
      ['schemas check', echoingRegistry],
      ['secrets rotate --dry-run'],
      [
        'secrets rotate --dry-run',
        { SECRETS_KEYRING_FILE: file('ring.json', { keys: { [keyOf('key as an id')]: 'a' } }) },
      ],
      [
        'secrets rotate --dry-run',
        { SECRETS_KEYRING_FILE: file('ring2.json', `{"keys": "${keyOf('key in no JSON')}`) },
      ],
      [
        'console',
        {
          CONSOLE_AUTHENTICATION: 'token',
          CONSOLE_TOKENS_FILE: file('bad.json', { [at('token in a bad file')]: 7 }),
        },
      ],
      ['webhooks list'],
      ['webhooks list --json'],
      ['webhooks list --invalid'],
      ['webhooks get success.get'],
      ['webhooks get bad --json'],
      ['webhooks get undecodable-3'],
      ['webhooks validate -', {}, JSON.stringify(good)],
      ['webhooks validate - --json', {}, JSON.stringify([good, wrong])],
      ['webhooks validate -', {}, `[{"path": "${at('path in no JSON')}`],
      ['webhooks put -', {}, JSON.stringify(good)],
      ['webhooks put -', {}, JSON.stringify(wrong)],
      ['webhooks put -', login, JSON.stringify(good)],
      [`render --webhook ${form} --event ${event}`],
      ['render --webhook-id bad'],
      ['render --webhook-id sealed'],
      [`render --webhook ${form} --event -`, {}, `{"client_number": "${at('event in no JSON')}`],
      [
        `render --webhook ${form} --event -`,
        {},
        JSON.stringify({ client_number: [at('event of a wrong type')] }),
      ],
      ...echoManners.map((manner): [string, Record<string, string>, string] => [
        'send-test --webhook -',
        {},
        JSON.stringify({ ...good, method: 'GET', path: `${manner}/${at('path of a form')}` }),
      ]),
    ]
    // Their logs go where only a process's can be caught.
    const starts = [login, { ...echoingRegistry, REGISTRY_START_WITHIN_MS: '1000' }].map(
      async (environment) => {
        const ended = await runToItsEnd({
          words: ['worker'],
          environment: { ...rig.environment, ...environment },
        })
        expect(ended.exitCode).toBe(1)
        return [...ended.out, ...ended.err].join('\n')
      },
    )
    const all = await Promise.all(
      runs.map(async ([words, environment, input]) => ({
        words,
        ...(await cli(words.split(' '), environment, input)),
      })),
    )
    for (const [index, text] of (await Promise.all(starts)).entries()) {
      written.set(`log of a worker that cannot start, ${index}`, text)
    }
    for (const [index, { words, out, err }] of all.entries())
      written.set(`${index}: ${words}`, `${out}\n${err}`)
    const ofViews = [...written].filter(([what]) => /: (webhooks get|render)/.test(what))
    for (const [what] of ofViews) written.delete(what)
    expect(hitsOf()).toEqual({})
    written.clear()
    for (const [what, text] of ofViews) written.set(what, text)
    expect(hitsOf(isSecret)).toEqual({})
    expect(all.map(({ exitCode }) => exitCode)).toContain(0)
    expect(all.filter(({ exitCode }) => exitCode === 1).length).toBeGreaterThan(20)
  })
})
