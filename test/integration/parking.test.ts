// Deliveries that fail or have to wait, through real retry topics: the schedule, the newest webhook at each attempt, and
// what a killed worker or a changed setting leaves behind.
import { afterEach, describe, expect, it } from '@jest/globals'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import type { CallEventRecord } from '../../src/domain/records.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver, ReceiverOptions } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { countParked } from '../harness/parked-count.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function receiverThat(answer: NonNullable<ReceiverOptions['answer']>): Promise<Receiver> {
  const receiver = await startReceiver({ answer })
  closing.push(() => receiver.stop())
  return receiver
}

async function startRig(environment: Readonly<Record<string, string>>): Promise<WorkerRig> {
  const rig = await startWorkerRig({ RETRY_QUICK_TRIES: '0', RETRY_ROOM_DELAYS: 'none', ...environment })
  closing.push(() => rig.stop())
  return rig
}

/** One worker of the rig with a webhook `w` of account `acme`. */
async function startWorkerWith(
  environment: Readonly<Record<string, string>>,
  { port }: Receiver,
): Promise<WorkerRig> {
  const rig = await startRig(environment)
  await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port }))
  await rig.startWorker()
  return rig
}

/** Ends of calls, each of a call of its own. */
function ends(count: number, occurredAtMs = Date.now()): readonly CallEventRecord[] {
  return Array.from({ length: count }, (_, index) => simulateCall(index, 'acme', occurredAtMs).end)
}

const publishAll = async (rig: WorkerRig, events: readonly CallEventRecord[]): Promise<void> => {
  await Promise.all(events.map((event) => rig.publisher.callEvent(event)))
}

const stepsOf = (rig: WorkerRig): readonly string[] =>
  rig.outcomes.map(
    ({ outcome_id, result, reason }) => `${outcome_id.split('/').slice(1).join('/')} ${result} ${reason}`,
  )

describe('a delivery that fails again and again', () => {
  it('is tried on schedule, six times, and each try says when and where the next one waits', async () => {
    const receiver = await receiverThat(({ attempt }) => ({ status: attempt < 6 ? 500 : 200 }))
    const rig = await startWorkerWith({ RETRY_DELAYS: '500ms,1s,1500ms,2s,2500ms' }, receiver)
    const [event] = ends(1)
    if (event === undefined) throw new Error('no event')
    await rig.publisher.callEvent(event)
    await rig.untilFinals(1)
    const [first = 0, ...rest] = receiver.requests.map(({ atMs }) => atMs)
    const due = [500, 1_500, 3_000, 5_000, 7_500]
    for (const [index, atMs] of rest.entries()) {
      const dueMs = due[index] ?? 0
      expect(Math.abs(atMs - first - dueMs)).toBeLessThanOrEqual(dueMs * 0.2 + 1_000)
    }
    expect(receiver.requests.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6])
    expect(new Set(receiver.requests.map(({ deliveryId }) => deliveryId))).toEqual(
      new Set([deliveryIdOf(event.event_id, 'w')]),
    )
    expect(stepsOf(rig)).toEqual([
      ...[1, 2, 3, 4, 5].map((attempt) => `0/a${attempt} retry_scheduled http_status`),
      '0/final delivered ok',
    ])
    const { prefix } = rig.settings.topics.retries
    expect(rig.outcomes.map(({ parked }) => parked?.topic ?? null)).toEqual([
      ...['500ms', '1s', '1500ms', '2s', '2500ms'].map((delay) => `${prefix}.${delay}`),
      null,
    ])
    for (const { next_attempt_at, written_at, final } of rig.outcomes) {
      expect(final).toBe(next_attempt_at === null)
      if (next_attempt_at !== null) expect(next_attempt_at).toBeGreaterThan(written_at)
    }
  })

  it('is sent to the address that was published meanwhile', async () => {
    const old = await receiverThat(() => ({ status: 500 }))
    const fixed = await receiverThat(() => ({ status: 200 }))
    const rig = await startWorkerWith({ RETRY_DELAYS: '1s' }, old)
    await publishAll(rig, ends(1))
    await until(() => rig.outcomes.length === 1, 'the first attempt to fail')
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: fixed.port }))
    await rig.untilFinals(1)
    expect([old.requests.length, fixed.requests.map(({ attempt }) => attempt)]).toEqual([1, [2]])
    expect(rig.outcomes.at(-1)).toMatchObject({ result: 'delivered', attempt: 2, origin: fixed.origin })
  })

  it('is cancelled when its webhook was deleted meanwhile', async () => {
    const receiver = await receiverThat(() => ({ status: 500 }))
    const rig = await startWorkerWith({ RETRY_DELAYS: '1s' }, receiver)
    await publishAll(rig, ends(1))
    await until(() => rig.outcomes.length === 1, 'the first attempt to fail')
    await rig.publisher.deleteWebhook('w')
    await rig.untilFinals(1)
    expect(stepsOf(rig)).toEqual(['0/a1 retry_scheduled http_status', '0/final cancelled webhook_deleted'])
    expect(receiver.requests).toHaveLength(1)
  })

  it('ends as failed when the next try would come too late, and as expired where none was ever made', async () => {
    const receiver = await receiverThat(() => ({ status: 500 }))
    const rig = await startWorkerWith(
      { RETRY_DELAYS: '1s', HORIZON_CALL_END_MS: '2500', LANES_RATE_PER_SECOND: '1' },
      receiver,
    )
    await publishAll(rig, ends(8))
    await rig.untilFinals(8)
    const finals = [...rig.finals().values()]
    for (const { result, reason, attempt } of finals) {
      expect(attempt === 0 ? `${result} ${reason}` : result).toBe(
        attempt === 0 ? 'expired horizon_passed' : 'failed',
      )
    }
    expect(new Set(finals.map(({ result }) => result))).toEqual(new Set(['failed', 'expired']))
  })

  it('waits at least as long as the receiver asked for, though no retry topic waits exactly so long', async () => {
    const receiver = await receiverThat(({ attempt }) =>
      attempt > 1 ? { status: 200 } : (response) => response.writeHead(503, { 'retry-after': '7' }).end(),
    )
    const rig = await startWorkerWith({ RETRY_DELAYS: '5s,30s' }, receiver)
    await publishAll(rig, ends(1))
    await rig.untilFinals(1)
    const [first = 0, second = 0] = receiver.requests.map(({ atMs }) => atMs)
    expect(second - first).toBeGreaterThanOrEqual(7_000)
    expect(second - first).toBeLessThan(13_000)
    expect(stepsOf(rig)).toEqual(['0/a1 retry_scheduled http_status', '0/final delivered ok'])
  })
})

describe('two accounts behind one origin', () => {
  it('do not notice what the other’s path answers', async () => {
    const receiver = await receiverThat(({ target }) => {
      if (target.startsWith('/failing')) return { status: 500 }
      if (target.startsWith('/later'))
        return (response) => response.writeHead(503, { 'retry-after': '86400' }).end()
      return { status: 200 }
    })
    const rig = await startRig({ RETRY_DELAYS: '1s,30m' })
    for (const name of ['failing', 'later', 'well']) {
      await rig.publisher.webhook(
        webhookRecord({ webhook_id: name, account_id: name, path: `/${name}`, port: receiver.port }),
      )
    }
    await rig.startWorker()
    const events = (name: string) => ends(100).map((event) => ({ ...event, account_id: name }))
    await publishAll(rig, events('failing'))
    await publishAll(rig, events('later'))
    await until(
      () => rig.observations.filter(({ kind }) => kind === 'breaker').length > 0,
      'a breaker to open for the path that always fails',
    )
    const well = events('well')
    await publishAll(rig, well)
    const ofWell = () => rig.outcomes.filter(({ account_id }) => account_id === 'well')
    await until(() => ofWell().length >= well.length, 'the deliveries of the other account')
    expect(new Set(ofWell().map(({ result, attempt }) => `${result} ${attempt}`))).toEqual(
      new Set(['delivered 1']),
    )
    const opened = rig.observations.filter(({ kind }) => kind === 'breaker')
    expect(opened).not.toContainEqual(expect.objectContaining({ of: 'origin' }))
    expect(opened).not.toContainEqual(expect.objectContaining({ name: 'well' }))
  })
})

describe('what is parked', () => {
  it('is delivered after the worker that parked it was killed', async () => {
    let isUp = false
    const receiver = await receiverThat(() => ({ status: isUp ? 200 : 500 }))
    const rig = await startRig({ RETRY_DELAYS: '4s', TOPICS_EVENTS_PARTITIONS: '6' })
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port }))
    const first = await startWorkerProcess(rig.environment)
    closing.push(() => first.end('SIGKILL'))
    await publishAll(rig, ends(1_000))
    await until(
      async () => (await countParked(rig.settings)).total >= 1_000,
      '1,000 parked deliveries',
      30_000,
    )
    await first.end('SIGKILL')
    isUp = true
    const second = await startWorkerProcess(rig.environment)
    closing.push(() => second.end('SIGKILL'))
    await rig.untilFinals(1_000, 60_000)
    expect(new Set([...rig.finals().values()].map(({ result }) => result))).toEqual(new Set(['delivered']))
  })

  it('comes out of a retry topic that the settings no longer name', async () => {
    let isUp = false
    const receiver = await receiverThat(() => ({ status: isUp ? 200 : 500 }))
    const rig = await startRig({ RETRY_DELAYS: '3s' })
    await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port }))
    const before = await startWorkerProcess(rig.environment)
    closing.push(() => before.end('SIGKILL'))
    await publishAll(rig, ends(100))
    await until(async () => (await countParked(rig.settings)).total >= 100, '100 parked deliveries')
    expect(await before.end('SIGTERM')).toBe(0)
    isUp = true
    const changed = await startRig({
      RETRY_DELAYS: '1s',
      TOPICS_EVENTS_NAME: rig.settings.topics.events.name,
      TOPICS_WEBHOOKS_NAME: rig.settings.topics.webhooks.name,
      TOPICS_OUTCOMES_NAME: rig.settings.topics.outcomes.name,
      TOPICS_RETRIES_PREFIX: rig.settings.topics.retries.prefix,
      GROUP_ID: rig.settings.group.id,
    })
    const after = await startWorkerProcess(changed.environment)
    closing.push(() => after.end('SIGKILL'))
    await rig.untilFinals(100)
    expect(new Set([...rig.finals().values()].map(({ result }) => result))).toEqual(new Set(['delivered']))
    expect(receiver.duplicates()).toBe(0)
  })
})
