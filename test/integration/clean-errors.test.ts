// What a person sees who got something wrong: one line per fault that says what to do, exit code 1, no stack trace,
// and an end within half a minute. As processes, because exit codes and signals belong to those.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { freePort } from '../../src/local/stack-ports.ts'
import { runToItsEnd } from '../harness/ended-process.ts'
import type { EndedProcess, Run } from '../harness/ended-process.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import { testEnvironment } from '../harness/worker-rig.ts'

const patienceMs = 30_000

/** The lines of a run that failed as it should. */
async function faultsOf(run: Run): Promise<readonly string[]> {
  const ended = await runToItsEnd(run)
  expect(ended).toMatchObject({ exitCode: 1, signal: null })
  expect(ended.tookMs).toBeLessThan(patienceMs)
  expect([...ended.out, ...ended.err].filter((line) => /^\s+at |unexpected error/.test(line))).toEqual([])
  return ended.err
}

const worker = (environment: Record<string, string>): Run => ({
  words: ['worker'],
  environment: testEnvironment(environment),
})

/** Three retry topics. */
const fewDelays = { RETRY_DELAYS: '5s', RETRY_ROOM_DELAYS: '2m' }

/** A worker's environment in which topics and schemas stand. */
async function prepared(overrides: Record<string, string> = {}): Promise<Record<string, string>> {
  const environment = testEnvironment(overrides)
  for (const words of [
    ['topics', 'create'],
    ['schemas', 'register'],
  ]) {
    expect(await runToItsEnd({ words, environment })).toMatchObject({ exitCode: 0 })
  }
  return environment
}

/** Takes connections and never says a word. */
async function silentServer() {
  const proxy = await startTcpProxy(process.env['TEST_KAFKA_BROKERS'] ?? '')
  proxy.become('swallow')
  return { address: `${proxy.host}:${proxy.port}`, stop: () => proxy.stop() }
}

describe('a wrong start ends with a line for each fault', () => {
  it('settings out of range, and a setting that does not exist', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'call-webhook-test-'))
    const file = join(folder, 'settings.json')
    await writeFile(file, '{ "kafka": { "broker": "kafka:9092" } }')
    expect(await faultsOf(worker({ CONFIG_FILES: file, OPS_PORT: 'high' }))).toEqual([
      `kafka.broker (${file}): no such setting; nearest: kafka.brokers`,
      'ops.port (OPS_PORT): "high" is text; allowed: a whole number from 0 to 65535',
    ])
    await rm(folder, { recursive: true })
  })

  it.each([
    ['nobody listens', async () => `127.0.0.1:${await freePort()}`, /connect ECONNREFUSED/],
    ['no such host', async () => 'no-such-host.invalid:9092', /no-such-host\.invalid/],
  ])('brokers: %s', async (_what, address, reason) => {
    const [line, ...more] = await faultsOf(worker({ KAFKA_BROKERS: await address() }))
    expect(line).toMatch(/^Kafka at .*; see kafka\.brokers \(KAFKA_BROKERS\), kafka\.ssl and kafka\.sasl$/)
    expect(line).toMatch(reason)
    expect(more).toEqual([])
  })

  it('brokers that take connections and never answer', async () => {
    const silent = await silentServer()
    expect(await faultsOf(worker({ KAFKA_BROKERS: silent.address }))).toEqual([
      expect.stringMatching(
        /^Kafka at .*(no answer within|not connected|timed out).*; see kafka\.brokers \(KAFKA_BROKERS\)/,
      ),
    ])
    await silent.stop()
  })

  it('brokers that take connections and never answer, asked by a command', async () => {
    const silent = await silentServer()
    const environment = testEnvironment({
      KAFKA_BROKERS: silent.address,
      KAFKA_CONNECTION_TIMEOUT_MS: '500',
      KAFKA_REQUEST_TIMEOUT_MS: '1000',
    })
    const folder = await mkdtemp(join(tmpdir(), 'call-webhook-test-'))
    const file = join(folder, 'webhook.json')
    const form = {
      webhook_id: 'wh-1',
      account_id: 'a',
      address: 'a.example',
      method: 'GET',
      event_types: ['call_end'],
    }
    await writeFile(file, JSON.stringify(form))
    const commands = [
      ['webhooks', 'list'],
      ['webhooks', 'get', 'wh-1'],
      ['webhooks', 'put', file],
      ['webhooks', 'import', file],
      ['webhooks', 'delete', 'wh-1'],
      ['render', '--webhook-id', 'wh-1'],
      ['render', '--webhook', file, '--latest-event'],
      ['render', '--webhook', file, '--event-at', '0/0'],
      ['send-test', '--webhook-id', 'wh-1'],
    ]
    const told = await Promise.all(commands.map((words) => faultsOf({ words, environment })))
    const oneLine = [expect.stringMatching(/^Kafka at .*; see kafka\.brokers \(KAFKA_BROKERS\)/)]
    expect(told).toEqual(commands.map(() => oneLine))
    await rm(folder, { recursive: true })
    await silent.stop()
  })

  it('an ops port that is taken', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = String(typeof address === 'object' && address !== null ? address.port : 0)
    expect(await faultsOf(worker({ OPS_PORT: port }))).toEqual([
      `port ${port} on 127.0.0.1 is taken; choose another with ops.port (OPS_PORT), or 0 for a free one`,
    ])
    taken.close()
  })

  it('topics that are absent', async () => {
    const run = worker(fewDelays)
    const { environment = {} } = run
    const named = 'EVENTS WEBHOOKS STATES OUTCOMES DEAD_LETTERS FACTS SUSPENSIONS NOTICES'
      .split(' ')
      .map((name) => environment[`TOPICS_${name}_NAME`])
    const retries = ['0s', '5s', '2m', '15m'].map(
      (delay) => `${environment['TOPICS_RETRIES_PREFIX']}.${delay}`,
    )
    expect(await faultsOf(run)).toEqual(
      [...named, ...retries].map((name) =>
        expect.stringContaining(`${name}: the topic is absent; make it with "topics create"`),
      ),
    )
  })

  it('too few copies', async () => {
    const environment = await prepared({ CHECKS_REPLICATION: 'enforce', ...fewDelays })
    const faults = await faultsOf({ words: ['worker'], environment })
    expect(faults).toHaveLength(24)
    expect(faults[0]).toBe(
      `${environment['TOPICS_EVENTS_NAME']}: replication factor is 1; needed: at least 3, or checks.replication (CHECKS_REPLICATION) = warn where losing records is acceptable`,
    )
  })

  it('a registry that is away, or has another base path', async () => {
    const environment = await prepared()
    const { origin } = new URL(environment['REGISTRY_URL'] ?? '')
    const nowhere = `http://127.0.0.1:${await freePort()}`
    const withRegistry = (url: string): Run => ({
      words: ['worker'],
      environment: { ...environment, REGISTRY_URL: url, REGISTRY_START_WITHIN_MS: '1500' },
    })
    expect(await faultsOf(withRegistry(nowhere))).toEqual([
      `the schema registry at ${nowhere} does not answer: connect ECONNREFUSED ${nowhere.slice(7)}; see registry.url (REGISTRY_URL)`,
    ])
    expect(await faultsOf(withRegistry(origin))).toEqual([
      expect.stringMatching(
        /answers 404 to POST .*; the API’s base path belongs to its address; see registry\.url \(REGISTRY_URL\)$/,
      ),
    ])
  })

  it('a dead-letter topic that cannot take every event', async () => {
    const { environment = {} } = worker({ TOPICS_RETRIES_MAX_MESSAGE_BYTES: '1179648' })
    const [events, letters] = [environment['TOPICS_EVENTS_NAME'], environment['TOPICS_DEAD_LETTERS_NAME']]
    // Made with the two names exchanged: each has the other's limit.
    const exchanged = { TOPICS_EVENTS_NAME: letters ?? '', TOPICS_DEAD_LETTERS_NAME: events ?? '' }
    const made = await runToItsEnd({
      words: ['topics', 'create'],
      environment: { ...environment, ...exchanged },
    })
    expect(made).toMatchObject({ exitCode: 0 })
    expect(await faultsOf({ words: ['worker'], environment })).toEqual([
      `${letters}: max.message.bytes is 1048576; needed: at least 1179648, which is that of ${events} and 64 KiB for the reason`,
    ])
  })

  it('a schema that was not registered', async () => {
    const environment = testEnvironment()
    expect(await runToItsEnd({ words: ['topics', 'create'], environment })).toMatchObject({ exitCode: 0 })
    expect(await faultsOf({ words: ['worker'], environment })).toEqual([
      `the registry has no such schema for ${environment['TOPICS_OUTCOMES_NAME']}-value: run "npm run cli -- schemas register"`,
    ])
  })

  it('a group that was not told where it begins', async () => {
    const environment = { ...(await prepared()), START_FROM: '' }
    expect(await faultsOf({ words: ['worker'], environment })).toEqual([
      expect.stringMatching(
        /^the group workers-\w+ has no offsets for events-\w+: set start\.from \(START_FROM\) to/,
      ),
    ])
  })

  it('the default wait for a registry ends within half a minute too', async () => {
    const environment = await prepared()
    const nowhere = `http://127.0.0.1:${await freePort()}`
    expect(
      await faultsOf({ words: ['worker'], environment: { ...environment, REGISTRY_URL: nowhere } }),
    ).toHaveLength(1)
  })

  it('neither Docker nor Java for a local stack', async () => {
    const [line, ...more] = await faultsOf({
      words: ['stack'],
      environment: { PATH: '/nonexistent' },
    })
    expect(line).toMatch(/^Kafka and the schema registry cannot be started: .* Install .*Docker.*Java 17/)
    expect(more).toEqual([])
  })
})

describe('a start that hangs ends at an interrupt, with 0', () => {
  const endsSoon = (ended: EndedProcess): void => {
    expect(ended).toMatchObject({ exitCode: 0, signal: null, err: [] })
    expect(ended.tookMs).toBeLessThan(5_000)
  }

  it('before brokers that never answer', async () => {
    const silent = await silentServer()
    const { environment = {} } = worker({ KAFKA_BROKERS: silent.address, LOG_LEVEL: 'info' })
    endsSoon(await runToItsEnd({ words: ['worker'], environment, interruptAt: 'no new work begins' }))
    await silent.stop()
  })

  it('before a registry that is away', async () => {
    const registry = `http://127.0.0.1:${await freePort()}`
    const environment = { ...(await prepared()), REGISTRY_URL: registry, LOG_LEVEL: 'info' }
    endsSoon(
      await runToItsEnd({ words: ['worker'], environment, interruptAt: 'start waits for the registry' }),
    )
  })
})
