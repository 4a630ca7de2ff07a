// Failed deliveries are sent again, on the real stack: each ends anew under its own id, and none is sent twice, whatever
// is killed, cut or run twice.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { startCli } from '../harness/cli-process.ts'
import { failedDeliveries, notOnce } from '../harness/failed-deliveries.ts'
import type { FailedDeliveries } from '../harness/failed-deliveries.ts'
import { connectionLost, interceptNext } from '../harness/intercepted.ts'
import { runCli } from '../harness/run-cli.ts'
import { until } from '../harness/until.ts'
import { webhookRecord } from '../harness/worker-rig.ts'
import { writtenReplays, writtenTwice } from '../harness/written-replays.ts'

const webhooks = ['one', 'two']
let failed: FailedDeliveries
/** Every delivery has failed under this replay, and under those before it. */
let newest = 0

beforeAll(async () => {
  failed = await failedDeliveries(60, webhooks)
  failed.receiver.answer(400)
}, 60_000)
beforeEach(() => failed.receiver.answer(400))
afterAll(() => failed.stop())

const replay = (...words: readonly string[]) => {
  const { rig, accountId } = failed
  const world = { environment: rig.environment, interrupted: new Promise<void>(() => {}) }
  return runCli(['replay', '--since', '1h', '--account', accountId, ...words], world)
}
const count = async (): Promise<number> => {
  const { out } = await replay('--dry-run', '--json')
  return (JSON.parse(out) as { count: number }).count
}
const finalsOf = (number: number) =>
  [...failed.rig.finals().values()].filter(
    ({ replay: each, delivery_id }) => each === number && failed.ids.has(delivery_id),
  )
const untilFinals = (number: number, expected = failed.ids.size): Promise<void> =>
  until(
    () => finalsOf(number).length >= expected,
    `${expected} ends under replay ${number}`,
    30_000,
    () => `${finalsOf(number).length}`,
  )

/** All that was written to the topic of webhooks before: a webhook written now, of another account, delivers. */
async function untilTableHas(accountId: string): Promise<void> {
  const { rig } = failed
  const probe = { webhook_id: 'probe', account_id: `${accountId}-probe`, host: '127.0.0.1', port: 1 }
  await rig.publisher.webhook(webhookRecord(probe))
  let events = 0
  const isThere = async (): Promise<boolean> => {
    await rig.publisher.callEvent(simulateCall((events += 1), probe.account_id, Date.now()).end)
    return rig.outcomes.some(({ webhook_id }) => webhook_id === probe.webhook_id)
  }
  await until(isThere, 'the table to have what was written')
}

/** All failed again, once each. */
async function expectAllSentOnce(): Promise<void> {
  newest += 1
  const { ids, receiver, rig } = failed
  await untilFinals(newest)
  expect(writtenTwice(await writtenReplays(rig))).toBe(0)
  expect(notOnce(ids, receiver.requests())).toEqual({ missing: 0, twice: 0, strange: 0 })
  const finals = finalsOf(newest)
  expect(new Set(finals.map(({ delivery_id }) => delivery_id))).toEqual(ids)
  expect(finals.map(({ outcome_id }) => outcome_id).filter((id) => !id.endsWith(`/${newest}/final`))).toEqual(
    [],
  )
}

it('counts exactly, asks, and sends each once under the next replay', async () => {
  const total = failed.ids.size
  expect(await count()).toBe(total)
  const refused = await replay()
  expect(refused).toMatchObject({ exitCode: 1 })
  expect(refused.err).toContain('nobody is here to ask')
  expect(refused.out).toContain(`${total} deliveries ended`)
  expect(failed.receiver.requests().size).toBe(0)
  const { exitCode, out } = await replay('--yes', '--rate', '2000')
  expect(out).toContain(`${total} of ${total} sent`)
  expect(exitCode).toBe(0)
  await expectAllSentOnce()
})

it('sends none twice when it is killed in the middle, again and again, and goes on', async () => {
  const { environment } = failed.rig
  const words = ['replay', '--yes', '--json', '--rate']
  // So slow that much is left whenever the kill comes; the last one is to be done soon.
  const slow = '10'
  let run = startCli([...words, slow, '--since', '1h'], environment)
  await until(
    () => /^run \S+:/m.test(run.err()),
    'the run to be named',
    15_000,
    () => run.err(),
  )
  const [, runId = ''] = /^run (\S+):/m.exec(run.err()) ?? []
  for (const [enough, rate] of [
    [10, slow],
    [50, '2000'],
  ] as const) {
    await until(
      () => failed.receiver.requests().size >= enough,
      'some to be sent',
      20_000,
      () => run.err(),
    )
    run.kill('SIGKILL')
    await run.ended
    run = startCli([...words, rate, '--resume', runId], environment)
  }
  expect(await run.ended).toBe(0)
  const {
    already_sent,
    count: counted,
    result,
  } = JSON.parse(run.out()) as {
    already_sent: number
    count: number
    result: { end: string; sent: number }
  }
  expect(result).toMatchObject({ end: 'done', sent: counted })
  expect(already_sent + counted).toBe(failed.ids.size)
  expect(already_sent).toBeGreaterThanOrEqual(50)
  await expectAllSentOnce()
}, 60_000)

it('finds out in Kafka what became of a transaction whose answer was lost, and of one that never went out', async () => {
  const run = replay('--yes', '--rate', '100')
  await until(() => failed.receiver.requests().size > 0, 'the first to be sent')
  interceptNext('endTxn', async (send) => {
    await send()
    throw connectionLost()
  })
  const before = failed.receiver.requests().size
  await until(() => failed.receiver.requests().size > before + 30, 'more to be sent')
  interceptNext('addPartitionsToTxn', async () => {
    throw connectionLost()
  })
  interceptNext('endTxn', async () => {
    throw connectionLost()
  })
  expect(await run).toMatchObject({ exitCode: 0 })
  await expectAllSentOnce()
})

it('lets no two of them send the same, even where one shuts the other out', async () => {
  const untilNow = ['--until', new Date().toISOString()]
  const first = replay('--yes', '--rate', '30', ...untilNow)
  await until(() => failed.receiver.requests().size > 0, 'the first to be sent')
  const polite = await replay('--yes', ...untilNow)
  expect(polite).toMatchObject({ exitCode: 1 })
  expect(polite.err).toMatch(/the replay \S+ is writing now/)
  const rude = await replay('--yes', '--take-over', '--rate', '500', ...untilNow)
  expect(rude).toMatchObject({ exitCode: 0 })
  const { exitCode, out } = await first
  expect(out).toContain('another replay has begun meanwhile')
  expect(exitCode).toBe(1)
  await expectAllSentOnce()
})

it('counts a webhook’s own horizon from now: an event that is past it is tried again, too', async () => {
  const { rig, receiver, accountId, ids } = failed
  const about = { account_id: accountId, host: '127.0.0.1', port: receiver.port }
  const limits = { retry_horizon_s: 10, concurrency: null, rate_per_second: null, total_timeout_ms: null }
  await rig.publisher.webhook(webhookRecord({ ...about, webhook_id: 'one', limits }))
  await untilTableHas(accountId)
  const oldest = Math.min(...finalsOf(0).map(({ written_at, event_age_ms }) => written_at - event_age_ms))
  expect(Date.now() - oldest).toBeGreaterThan(10_000)
  expect(await replay('--yes', '--rate', '2000')).toMatchObject({ exitCode: 0 })
  await expectAllSentOnce()
  expect(finalsOf(newest).filter(({ result }) => result !== 'failed')).toEqual([])
  expect(ids.size).toBe(finalsOf(newest).length)
})

it('says what becomes of those whose webhook is not what it was, and of events past their retention', async () => {
  const { rig, ids } = failed
  const world = { environment: rig.environment }
  expect(await runCli(['pause', '--webhook', 'one', '--why', 'a test'], world)).toMatchObject({ exitCode: 0 })
  expect((await replay('--dry-run')).out).toMatch(/60 +one +http\S+ +paused: they wait until it is resumed/)
  expect(await runCli(['resume', '--webhook', 'one'], world)).toMatchObject({ exitCode: 0 })
  await rig.publisher.deleteWebhook('two')
  const admin = createKafkaClient(readKafkaAccess(rig.settings)).admin()
  await admin.connect()
  const topic = rig.settings.topics.events.name
  const ends = await admin.fetchTopicOffsets(topic)
  const [full] = ends.filter(({ high }) => high !== '0')
  if (full === undefined) throw new Error('there are events')
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: full.partition, offset: full.high }] })
  await admin.disconnect()
  const gone = finalsOf(0).filter(({ source_partition }) => source_partition === full.partition).length
  failed.receiver.answer(200)
  const { exitCode, out } = await replay('--yes', '--rate', '2000')
  expect(out).toMatch(/60 +two +- +deleted: they end as cancelled/)
  expect(out).toContain(`${gone} event_expired`)
  expect(exitCode).toBe(1)
  newest += 1
  await untilFinals(newest, ids.size - gone)
  const results = Map.groupBy(finalsOf(newest), ({ result }) => result)
  expect(results.get('cancelled')).toHaveLength(60 - gone / 2)
  expect(results.get('delivered')).toHaveLength(60 - gone / 2)
  // Those that nothing is left of are counted still; what was delivered never again, nor what was cancelled unless asked for.
  expect(await count()).toBe(gone)
  const cancelled = await replay('--dry-run', '--json', '--result', 'cancelled')
  expect(JSON.parse(cancelled.out)).toMatchObject({ count: 60 - gone / 2, webhooks: [{ now: 'deleted' }] })
})
