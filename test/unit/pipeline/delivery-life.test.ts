// Each way in which a delivery's life can end, and what is written on the way.
import { describe, expect, it } from '@jest/globals'
import type { Delivery } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { CallEventRecord } from '../../../src/domain/records.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { deliver } from '../../../src/pipeline/delivery-life.ts'
import type { LifeResult } from '../../../src/pipeline/delivery-life.ts'
import { callEvent, webhookConfig } from '../../fakes/call-events.ts'
import type { FakeAnswer } from '../../fakes/fake-http-sender.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'
import type { WorldOptions } from '../../fakes/pipeline-world.ts'

const address = 'http://w.test/hook'
const badGateway: FakeAnswer = { status: 502 }

async function begin(
  answers: readonly FakeAnswer[],
  options: WorldOptions & { expiresInMs?: number; event?: Partial<CallEventRecord> } = {},
) {
  const world = new PipelineWorld(options)
  const { clock, tableSource } = world
  tableSource.put(webhookConfig('w'))
  world.sender.script(address, ...answers)
  const process = await world.started()
  const abort = new AbortController()
  const delivery: Delivery = {
    deliveryId: deliveryIdOf('e', 'w'),
    replay: 0,
    event: callEvent('e', { occurred_at: clock.nowMs(), ...options.event }),
    webhookId: 'w' as WebhookId,
    source: { topic: 'call-events', partition: 0, offset: 0n },
    eventTimeMs: clock.nowMs(),
    expiresAtMs: clock.nowMs() + (options.expiresInMs ?? 600_000),
  }
  const start = (): Promise<LifeResult> =>
    deliver(delivery, clock.monotonicMs(), process.partition.event.delivery, abort.signal)
  const { outcomes, sender, source } = world
  const { observer } = process
  return { clock, tableSource, outcomes, sender, source, abort, observer, start }
}

describe('a delivery that ends with the first answer', () => {
  it.each<[FakeAnswer, string]>([
    [{ status: 200 }, 'delivered: ok after 1'],
    [{ status: 299 }, 'delivered: ok after 1'],
    [{ status: 400 }, 'failed: http_status after 1'],
    [{ status: 404 }, 'failed: http_status after 1'],
    [{ status: 301, location: 'https://w.test/new?key=secret' }, 'failed: redirect after 1'],
    [{ status: 500 }, 'failed: http_status after 1'],
    [{ status: 429 }, 'failed: http_status after 1'],
    [{ status: 502, afterMs: 1_500 }, 'failed: http_status after 1'],
    [{ failure: 'dns' }, 'failed: dns after 1'],
    [{ hang: true }, 'failed: total_timeout after 1'],
  ])('%j ends as "%s"', async (answer, ending) => {
    const { clock, start, outcomes } = await begin([answer])
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/final'])
    expect(outcomes.endings).toEqual([ending])
  })

  it('says in the outcome what was asked, of whom, with which config, and what came back', async () => {
    const { clock, start, outcomes } = await begin([
      { status: 301, location: 'https://n.test/p?key=1', body: 'gone' },
    ])
    await clock.run(start())
    expect(outcomes.written[0]).toMatchObject({
      outcomeId: `${deliveryIdOf('e', 'w')}/0/final`,
      config: { partition: 0, offset: 0n },
      statusCode: 301,
      method: 'POST',
      origin: 'http://w.test',
      redirectOrigin: 'https://n.test',
      excerpt: 'gone',
      queuedMs: 0,
      timings: { totalMs: 10 },
      nextAttemptAtMs: null,
    })
  })

  it('asks for the time that the webhook allows', async () => {
    const { clock, start, sender, tableSource } = await begin([{ status: 200 }])
    tableSource.put(
      webhookConfig('w', {
        limits: { total_timeout_ms: 2_000, concurrency: null, rate_per_second: null, retry_horizon_s: null },
      }),
    )
    await clock.run(start())
    expect(sender.ledger[0]?.limits.totalTimeoutMs).toBe(2_000)
  })
})

describe('quick tries', () => {
  it('deliver at the third attempt what failed twice, with an outcome for each', async () => {
    const { clock, start, outcomes, sender } = await begin([
      badGateway,
      { failure: 'reset' },
      { status: 200 },
    ])
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(new Set(sender.ledger.map(({ deliveryId }) => deliveryId)).size).toBe(1)
    expect(outcomes.steps).toEqual(['0/a1', '0/a2', '0/final'])
    expect(outcomes.written.map(({ attempt, result, final }) => [attempt, result, final])).toEqual([
      [1, 'retry_scheduled', false],
      [2, 'retry_scheduled', false],
      [3, 'delivered', true],
    ])
  })

  it('begin when the outcome before said they would', async () => {
    const { clock, start, outcomes, sender } = await begin([badGateway, { status: 200 }])
    const epochMs = clock.nowMs() - clock.monotonicMs()
    await clock.run(start())
    expect(sender.ledger[1]?.begunAtMs).toBe((outcomes.written[0]?.nextAttemptAtMs ?? 0) - epochMs)
  })

  it('end as failed when the last one fails too', async () => {
    const { clock, start, outcomes } = await begin([badGateway])
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/a1', '0/a2', '0/final'])
    expect(outcomes.endings).toEqual(['failed: http_status after 3'])
  })

  it('are not made where they are turned off', async () => {
    const { clock, start, outcomes } = await begin([badGateway], {
      delivery: { quickTries: { quickTries: 0, quickWaitMs: 250, quickWindowMs: 5_000 } },
    })
    await clock.run(start())
    expect(outcomes.steps).toEqual(['0/final'])
  })

  it('use the address as it stands when they begin', async () => {
    const { clock, start, outcomes, sender, tableSource } = await begin([badGateway])
    const life = start()
    await clock.advance(10)
    tableSource.put(webhookConfig('w', { path: '/fixed' }))
    expect(await clock.run(life)).toBe('ended')
    expect(sender.ledger.map(({ request }) => request.target)).toEqual(['/hook', '/fixed'])
    expect(outcomes.written.map(({ config }) => config?.offset)).toEqual([0n, 1n])
  })

  it.each([
    ['deleted', 'cancelled: webhook_deleted after 1'],
    ['disabled', 'cancelled: webhook_disabled after 1'],
    ['garbled', 'rejected: invalid_config after 1'],
  ])('are not made for a webhook that was %s meanwhile', async (change, ending) => {
    const { clock, start, outcomes, sender, tableSource } = await begin([badGateway])
    const life = start()
    await clock.advance(10)
    if (change === 'deleted') tableSource.remove('w')
    else if (change === 'disabled') tableSource.put(webhookConfig('w', { enabled: false }))
    else tableSource.garble('w')
    expect(await clock.run(life)).toBe('ended')
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.endings).toEqual([ending])
  })

  it('do not begin beyond the horizon: what was attempted has failed', async () => {
    const { clock, start, outcomes, sender } = await begin([badGateway], { expiresInMs: 11 })
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.endings).toEqual(['failed: horizon_passed after 1'])
  })

  it('wait behind a gate that closed meanwhile', async () => {
    const { clock, start, sender, source } = await begin([badGateway, { status: 200 }])
    source.stopBeating()
    await clock.advance(9_995)
    const life = start()
    await clock.advance(2_000)
    expect(sender.ledger).toHaveLength(1)
    source.beatAgain()
    expect(await clock.run(life)).toBe('ended')
    expect(sender.ledger).toHaveLength(2)
  })
})

describe('a delivery that makes no attempt', () => {
  it('expires when its time is over before the first', async () => {
    const { clock, start, outcomes, sender } = await begin([], { expiresInMs: 0 })
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger).toEqual([])
    expect(outcomes.endings).toEqual(['expired: horizon_passed after 0'])
  })

  it('is cancelled when the webhook was deleted between match and attempt', async () => {
    const { clock, start, outcomes, sender, tableSource } = await begin([])
    tableSource.remove('w')
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger).toEqual([])
    expect(outcomes.endings).toEqual(['cancelled: webhook_deleted after 0'])
  })

  it('is rejected when the config is invalid', async () => {
    const { clock, start, outcomes, tableSource } = await begin([])
    tableSource.put(webhookConfig('w', { host: '' }))
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.endings).toEqual(['rejected: invalid_config after 0'])
    expect(outcomes.written[0]?.faultOwner).toBe('config')
  })

  it.each([
    ['url_too_long', { method: 'GET' as const, content_type: null }, { maxTargetBytes: 20 }],
    ['body_too_large', {}, { maxBodyBytes: 5 }],
  ])('is rejected as %s', async (reason, fields, delivery) => {
    const { clock, start, outcomes, sender, tableSource } = await begin([], { delivery })
    tableSource.put(webhookConfig('w', fields))
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger).toEqual([])
    expect(outcomes.endings).toEqual([`rejected: ${reason} after 0`])
  })
})

describe('a delivery that is cut', () => {
  it.each<[string, FakeAnswer, number, number]>([
    ['during an attempt', { hang: true }, 5, 1],
    ['while a quick try waits', badGateway, 11, 1],
  ])('%s leaves the event and writes no final outcome', async (_when, answer, afterMs, attempts) => {
    const { clock, start, outcomes, sender, abort } = await begin([answer])
    const life = start()
    await clock.advance(afterMs)
    abort.abort()
    expect(await clock.run(life)).toBe('left')
    expect(sender.ledger).toHaveLength(attempts)
    expect(outcomes.endings).toEqual([])
  })

  it('before the first attempt begins nothing', async () => {
    const { clock, start, sender, abort, outcomes } = await begin([])
    abort.abort()
    expect(await clock.run(start())).toBe('left')
    expect(sender.ledger).toEqual([])
    expect(outcomes.written).toEqual([])
  })
})

describe('acknowledgements', () => {
  it('are awaited: a life is over only when all its outcomes have theirs', async () => {
    const { clock, start, outcomes } = await begin([badGateway, { status: 200 }])
    outcomes.hold()
    let over = false
    const life = start().finally(() => {
      over = true
    })
    await clock.advance(60_000)
    expect(outcomes.steps).toEqual(['0/a1', '0/final'])
    expect(over).toBe(false)
    outcomes.release()
    expect(await clock.run(life)).toBe('ended')
  })

  it('that never come leave the event', async () => {
    const { clock, start, outcomes } = await begin([{ status: 200 }])
    outcomes.hold()
    const life = start()
    await clock.advance(1_000)
    await outcomes.stop()
    expect(await clock.run(life)).toBe('left')
    expect(outcomes.endings).toEqual(['delivered: ok after 1'])
  })
})

describe('values that were cut to keep a target within its limit', () => {
  const parameters = ['call_id', 'keyword', 'city'].map((parameter) => ({
    name: parameter,
    source: { parameter, literal: null },
  }))
  const asGet = webhookConfig('w', { method: 'GET', content_type: null, parameters })
  const keyword = 'k'.repeat(9_000)

  it('are named in each outcome of an attempt', async () => {
    const { clock, start, outcomes, sender, tableSource } = await begin([badGateway, { status: 200 }], {
      event: { keyword, city: 'Москва' },
    })
    tableSource.put(asGet)
    await clock.run(start())
    expect(sender.ledger.map(({ request }) => request.target.length)).toEqual([8_000, 8_000])
    expect(outcomes.steps).toEqual(['0/a1', '0/final'])
    expect(outcomes.written.map(({ cutValues }) => cutValues)).toEqual([['keyword'], ['keyword']])
  })

  it('are none where all was sent, or nothing was', async () => {
    const whole = await begin([{ status: 200 }])
    await whole.clock.run(whole.start())
    const refused = await begin([], { event: { keyword, city: 'Москва' }, delivery: { maxTargetBytes: 50 } })
    refused.tableSource.put(asGet)
    await refused.clock.run(refused.start())
    expect(refused.outcomes.endings).toEqual(['rejected: url_too_long after 0'])
    for (const { outcomes } of [whole, refused]) expect(outcomes.written[0]?.cutValues).toEqual([])
  })
})

describe('excerpts', () => {
  it('show no value that was sent', async () => {
    const { clock, start, outcomes } = await begin([{ status: 200, body: 'thanks for call of e' }])
    await clock.run(start())
    expect(outcomes.written[0]?.excerpt).toBe('thanks for ***')
  })

  it('are left out where they are turned off', async () => {
    const { clock, start, outcomes } = await begin([{ status: 200, body: 'thanks' }], {
      delivery: { excerpts: false },
    })
    await clock.run(start())
    expect(outcomes.written[0]?.excerpt).toBeNull()
  })
})

describe('a life in doubt', () => {
  it('writes its outcome only when the group has answered again', async () => {
    const { clock, start, outcomes, source } = await begin([{ status: 200, afterMs: 4_000 }])
    source.stopBeating()
    await clock.advance(8_000)
    const life = start()
    await clock.advance(8_000)
    expect(outcomes.steps).toEqual([])
    source.beatAgain()
    expect(await clock.run(life)).toBe('ended')
    expect(outcomes.endings).toEqual(['delivered: ok after 1'])
  })

  it('writes nothing when the partition was lost meanwhile', async () => {
    const { clock, start, outcomes, source, abort } = await begin([{ status: 200, afterMs: 4_000 }])
    source.stopBeating()
    await clock.advance(8_000)
    const life = start()
    await clock.advance(8_000)
    abort.abort()
    expect(await clock.run(life)).toBe('left')
    source.beatAgain()
    await clock.advance(1_000)
    expect(outcomes.steps).toEqual([])
  })
})

describe('a bug of ours', () => {
  it('ends the delivery as failed by the worker, and is told', async () => {
    const { clock, start, outcomes, sender, observer } = await begin([{ status: 200 }])
    sender.send = () => Promise.reject(new TypeError('cannot read properties of undefined'))
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.written[0]).toMatchObject({
      result: 'failed',
      reason: 'interrupted',
      faultOwner: 'worker',
    })
    expect(observer.of('trouble')).toEqual([
      { kind: 'trouble', where: 'pipeline', error: 'cannot read properties of undefined' },
    ])
  })
})
