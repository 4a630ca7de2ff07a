// Receivers that are dead, on the real topics: suspended, told of once, probed, and lifted by an edit or a success.
import { afterEach, describe, expect, it } from '@jest/globals'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { writtenNotices, writtenSuspensions } from '../harness/suspension-topics.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

const quickly = {
  SUSPENSION_AFTER_MS: '1000',
  SUSPENSION_ATTEMPTS: '5',
  SUSPENSION_REPORT_EVERY_MS: '100',
  SUSPENSION_PROBE_EVERY_MS: '500',
  RETRY_QUICK_TRIES: '0',
}
/** By when an edit is in force after its acknowledgement. */
const liftedMs = 2_000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A worker, one webhook, a receiver that answers with `answer.status`, and calls, one every 100 ms. */
async function begin(status: number, more: Record<string, string> = {}) {
  const answer = { status }
  const receiver: Receiver = await startReceiver({ answer: () => answer })
  closing.push(() => receiver.stop())
  const rig = await startWorkerRig({ ...quickly, ...more })
  closing.push(() => rig.stop())
  const webhook = webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port })
  await rig.publisher.webhook(webhook)
  await rig.startWorker()
  let published = 0
  const writes: Promise<void>[] = []
  const timer = setInterval(() => {
    const { start } = simulateCall(0, 'acme', Date.now())
    if (start === null) return
    published += 1
    writes.push(rig.publisher.callEvent(start))
  }, 100)
  const stopCalls = async (): Promise<number> => {
    clearInterval(timer)
    await Promise.all(writes)
    return published
  }
  closing.push(stopCalls)
  return { rig, answer, webhook, receiver, stopCalls }
}

const suspended = (rig: WorkerRig) => rig.outcomes.filter(({ reason }) => reason === 'suspended')

describe('a receiver that only fails', () => {
  it('is suspended after a while, once, and an edit lifts it within two seconds', async () => {
    const { rig, webhook, receiver } = await begin(500)
    await until(() => suspended(rig).length > 3, 'rejected deliveries', 30_000)
    expect(suspended(rig)[0]).toMatchObject({
      result: 'rejected',
      final: true,
      fault_owner: 'receiver',
      config_offset: 0,
      status_code: null,
    })
    const requests = receiver.requests.length
    expect(requests).toBeGreaterThanOrEqual(5)

    await rig.publisher.webhook(webhook)
    const editedAtMs = Date.now()
    const others = () =>
      rig.outcomes.filter(({ config_offset, written_at }) => config_offset === 1 && written_at > editedAtMs)
    await until(() => others().length > 0, 'an outcome with the edited webhook')
    const lifted = (others()[0]?.written_at ?? 0) - editedAtMs
    process.stdout.write(`in force ${lifted} ms after the edit was acknowledged\n`)
    await until(async () => (await writtenNotices(rig.settings)).length >= 2, 'both notices')
    expect(await writtenNotices(rig.settings)).toMatchObject([
      { kind: 'suspended', webhook_id: 'w', config_offset: 0, cause: 'only_failures', last_status: 500 },
      { kind: 'lifted', webhook_id: 'w', config_offset: 0, lifted_by: 'edited' },
    ])
    const late = suspended(rig).filter(
      ({ written_at, config_offset }) => config_offset === 0 && written_at > editedAtMs + liftedMs,
    )
    expect(late).toEqual([])
    const written = await writtenSuspensions(rig.settings)
    expect(written.slice(0, 3).map((record) => record?.state ?? null)).toEqual(['watched', 'suspended', null])
    expect(written[1]).toMatchObject({ watch_offset: 0, config_partition: 0, config_offset: 0 })
    expect((written[1]?.last_failed_at ?? 0) - (written[1]?.watched_since ?? 0)).toBeGreaterThanOrEqual(1_000)
  })
})

describe('a receiver that says that it is gone', () => {
  it('is suspended at once, and lifted when a probe is accepted', async () => {
    const { rig, answer, receiver, stopCalls } = await begin(410)
    await until(() => suspended(rig).length > 3, 'rejected deliveries', 30_000)
    const [notice] = await writtenNotices(rig.settings)
    expect(notice).toMatchObject({ kind: 'suspended', cause: 'gone', last_status: 410 })

    answer.status = 200
    const probesFrom = receiver.requests.length
    await until(() => receiver.requests.length > probesFrom, 'a probe', 30_000)
    await until(async () => (await writtenNotices(rig.settings)).length >= 2, 'that it is lifted')
    expect((await writtenNotices(rig.settings))[1]).toMatchObject({ kind: 'lifted', lifted_by: 'succeeded' })
    const before = receiver.requests.length
    await until(() => receiver.requests.length > before + 5, 'deliveries as ever')
    const published = await stopCalls()
    await rig.untilFinals(published)
    expect(rig.finals().size).toBe(published)
    const written = await writtenSuspensions(rig.settings)
    expect(written.map((record) => record?.state)).toEqual(['suspended', 'cleared'])
  })
})

describe('suspension that is off', () => {
  it('suspends nobody', async () => {
    const { rig, receiver } = await begin(410, { SUSPENSION_ENABLED: 'false' })
    await until(() => receiver.requests.length > 15, 'requests')
    expect([suspended(rig), await writtenSuspensions(rig.settings)]).toEqual([[], []])
  })
})
