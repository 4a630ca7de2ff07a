// Deliveries are paused and resumed with the real commands, on the real topics, while calls go on; and are shadowed.
import { afterEach, describe, expect, it } from '@jest/globals'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { startDnsServer } from '../harness/dns-server.ts'
import { runCli } from '../harness/run-cli.ts'
import { startSentinels } from '../harness/sentinels.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

/** By when a pause is in force after its acknowledgement. */
const inForceMs = 2_000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function startRig(environment: Record<string, string> = {}): Promise<WorkerRig> {
  const rig = await startWorkerRig(environment)
  closing.push(() => rig.stop())
  return rig
}

async function startOwnReceiver(): Promise<Receiver> {
  const receiver = await startReceiver()
  closing.push(() => receiver.stop())
  return receiver
}

/** Publishes call starts, one every few milliseconds, until it is told to stop. */
function startCalls(rig: WorkerRig, account: string) {
  const published: string[] = []
  const writes: Promise<void>[] = []
  const timer = setInterval(() => {
    const { start } = simulateCall(0, account, Date.now())
    if (start === null) return
    published.push(start.event_id)
    writes.push(rig.publisher.callEvent(start))
  }, 10)
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    await Promise.all(writes)
  }
  closing.push(stop)
  return { published, stop }
}

/** Runs `pause`, and answers the moment at which it said that this is acknowledged. */
async function pausedAtMs(rig: WorkerRig, ...words: readonly string[]): Promise<number> {
  let saidAtMs = 0
  const { exitCode } = await runCli(['pause', ...words], {
    environment: rig.environment,
    onLine(line) {
      if (line.startsWith('paused: ')) saidAtMs = performance.now()
    },
  })
  expect(exitCode).toBe(0)
  return saidAtMs
}

const resultsOf = (rig: WorkerRig, webhook: string): readonly string[] =>
  rig.outcomes.flatMap(({ webhook_id, result, reason }) =>
    webhook_id === webhook ? [`${result} ${reason}`] : [],
  )

describe('a pause of one origin under load', () => {
  it('lets no request begin there, and afterwards everything is delivered; others notice nothing', async () => {
    const [rig, held, other] = [await startRig(), await startOwnReceiver(), await startOwnReceiver()]
    for (const [webhook_id, { port }] of [
      ['held', held],
      ['other', other],
    ] as const) {
      await rig.publisher.webhook(webhookRecord({ webhook_id, account_id: 'acme', port }))
    }
    await rig.startWorker()
    const calls = startCalls(rig, 'acme')
    await until(() => held.requests.length > 50, 'calls at the receiver')

    const acknowledgedAtMs = await pausedAtMs(rig, '--origin', held.origin, '--why', 'they move')
    const untilMs = acknowledgedAtMs + inForceMs + 1_000
    await until(() => (other.requests.at(-1)?.atMs ?? 0) > untilMs, 'calls at the other one, long after it')
    const lastAtMs = held.requests.at(-1)?.atMs ?? 0
    process.stdout.write(
      `last request ${Math.round(lastAtMs - acknowledgedAtMs)} ms after the pause was acknowledged\n`,
    )
    expect(held.requests.filter(({ atMs }) => atMs > acknowledgedAtMs + inForceMs)).toEqual([])
    const list = await runCli(['pauses', '--json'], rig)
    expect(JSON.parse(list.out)).toMatchObject({
      pauses: [{ key: `origin:${held.origin}`, why: 'they move' }],
    })

    await calls.stop()
    const { length } = calls.published
    await until(() => other.requests.length === length, 'all calls at the other one')
    expect(new Set(resultsOf(rig, 'held'))).toEqual(new Set(['delivered ok', 'deferred paused']))
    const heldBack = length - held.requests.length
    expect(heldBack).toBeGreaterThan(100)

    const resumed = await runCli(['resume', '--origin', held.origin], rig)
    expect(resumed).toMatchObject({ exitCode: 0 })
    const resumedAtMs = performance.now()
    await until(
      () => held.requests.length >= length,
      'all that was paused',
      20_000,
      () => `${held.requests.length}`,
    )
    const tookMs = (held.requests.at(-1)?.atMs ?? 0) - resumedAtMs
    process.stdout.write(`${heldBack} deliveries ended ${Math.round(tookMs)} ms after the resume\n`)
    await rig.untilFinals(2 * length)
    expect([...rig.finals().values()].filter(({ result }) => result !== 'delivered')).toEqual([])
    expect([...rig.finals().values()].filter(({ attempt }) => attempt !== 1)).toEqual([])
    expect(held.duplicates() + other.duplicates()).toBe(0)
    expect(new Set(resultsOf(rig, 'other'))).toEqual(new Set(['delivered ok']))
  })
})

describe('the topic of states', () => {
  it('may hold anything: a worker starts, pauses what a key names, and goes on', async () => {
    const [rig, receiver] = [await startRig(), await startOwnReceiver()]
    const { port } = receiver
    for (const id of ['held', 'free'])
      await rig.publisher.webhook(webhookRecord({ webhook_id: id, account_id: id, port }))
    const producer = createKafkaClient(
      clientConfigOf(readKafkaAccess(rig.settings), () => () => {}),
    ).producer()
    await producer.connect()
    const topic = rig.settings.topics.states.name
    await producer.send({
      topic,
      messages: [
        { key: 'account:held', value: 'not Avro' },
        { key: 'everything', value: Buffer.from([0, 0, 0, 0, 1]) },
        { key: Buffer.from([0xff, 0xfe]), value: 'x' },
        { key: 'account:free', value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 2]) },
        { key: 'account:free', value: null },
      ],
    })
    await producer.disconnect()
    await rig.startWorker()
    const calls = ['held', 'free'].map((account) => startCalls(rig, account))
    await until(() => receiver.requests.length > 20, 'calls of the one that is free')
    await Promise.all(calls.map(({ stop }) => stop()))
    expect(new Set(resultsOf(rig, 'held'))).toEqual(new Set(['deferred paused']))
    const troubles = rig.observations.filter(({ kind }) => kind === 'trouble')
    expect(troubles.length).toBeGreaterThanOrEqual(3)
    const { out } = await runCli(['pauses'], rig)
    expect(out).toMatch(/account:held +- +- +cannot be read/)
    expect(out).toContain('everything (names nothing)')
    expect(await runCli(['resume', '--account', 'held'], rig)).toMatchObject({ exitCode: 0 })
    await rig.untilFinals(calls.reduce((count, { published }) => count + published.length, 0))
    expect(new Set([...rig.finals().values()].map(({ result }) => result))).toEqual(new Set(['delivered']))
  })
})

describe('the commands', () => {
  it('say what they did, list it, and say when there was nothing to resume', async () => {
    const rig = await startRig()
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: 80 }))
    const paused = await runCli(['pause', '--account', 'acme', '--by', 'anna', '--why', 'a test'], rig)
    expect(paused).toMatchObject({ exitCode: 0, err: '' })
    expect(paused.out.split('\n')).toEqual([
      'paused: account acme (account:acme)',
      '  what waits for it expires as ever: a call start 10m after its time, a call end 24h',
      '  webhooks concerned as of now: 1',
    ])
    const mistyped = await runCli(['pause', '--webhook', 'x', '--json'], rig)
    expect(mistyped).toMatchObject({ exitCode: 0, err: expect.stringContaining('no webhook is concerned') })
    expect(JSON.parse(mistyped.out)).toMatchObject({ key: 'webhook:x', webhooks: 0 })
    const { out } = await runCli(['pauses'], rig)
    expect(out).toMatch(/^PAUSED +SINCE +BY +WHY\naccount:acme +20\d\d-.*Z +anna +a test\nwebhook:x/)
    expect(await runCli(['resume', '--account', 'acme'], rig)).toMatchObject({ exitCode: 0, err: '' })
    expect(await runCli(['resume', '--webhook', 'x'], rig)).toMatchObject({ exitCode: 0 })
    expect(await runCli(['resume', '--all'], rig)).toMatchObject({
      exitCode: 1,
      err: 'all was not paused; see "pauses"',
    })
    expect(await runCli(['pauses'], rig)).toMatchObject({ exitCode: 0, out: '' })
  })
})

describe('an account in shadow', () => {
  it('has its deliveries judged and ended, and nobody is asked for or called', async () => {
    const [sentinel, dns, receiver] = [
      await startSentinels(['127.0.0.1']),
      await startDnsServer(),
      await startOwnReceiver(),
    ]
    closing.push(
      () => sentinel.stop(),
      () => dns.stop(),
    )
    const rig = await startRig({ DELIVERY_SHADOW_ACCOUNTS: 'moving', HTTP_DNS_SERVERS: dns.address })
    const moving = { account_id: 'moving', port: sentinel.port }
    await rig.publisher.webhook(webhookRecord({ ...moving, webhook_id: 'sentinel' }))
    await rig.publisher.webhook(webhookRecord({ ...moving, webhook_id: 'named', host: 'hooks.example' }))
    await rig.publisher.webhook(
      webhookRecord({ account_id: 'live', webhook_id: 'live', port: receiver.port }),
    )
    await rig.startWorker()
    const calls = ['moving', 'live'].map((account) => startCalls(rig, account))
    await until(() => receiver.requests.length >= 50, 'calls of the account that is live')
    await Promise.all(calls.map(({ stop }) => stop()))
    const [moved = 0, live = 0] = calls.map(({ published }) => published.length)
    await rig.untilFinals(2 * moved + live)
    const results = Object.groupBy(
      rig.finals().values(),
      ({ account_id, result }) => `${account_id} ${result}`,
    )
    expect(Object.fromEntries(Object.entries(results).map(([key, each]) => [key, each?.length]))).toEqual({
      'moving shadowed': 2 * moved,
      'live delivered': live,
    })
    expect(sentinel.visits()).toBe(0)
    expect(dns.queries).toEqual([])
  })
})
