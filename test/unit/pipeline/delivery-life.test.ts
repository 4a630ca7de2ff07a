// Each way in which a delivery's life can end, and what is written on the way.
import { describe, expect, it } from '@jest/globals'
import { untouched } from '../../../src/domain/delivery.ts'
import type { Delivery, DeliveryProgress } from '../../../src/domain/delivery.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { CallEventRecord } from '../../../src/domain/records.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { deliver } from '../../../src/pipeline/delivery-life.ts'
import type { LifeResult, Taken } from '../../../src/pipeline/delivery-world.ts'
import { callEvent, webhookConfig } from '../../fakes/call-events.ts'
import type { FakeAnswer } from '../../fakes/fake-http-sender.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'
import type { WorldOptions } from '../../fakes/pipeline-world.ts'

const address = 'http://w.test/hook'
const badGateway: FakeAnswer = { status: 502 }

async function begin(
  answers: readonly FakeAnswer[],
  options: WorldOptions & {
    expiresInMs?: number
    event?: Partial<CallEventRecord>
    progress?: Partial<DeliveryProgress>
  } = {},
) {
  const world = new PipelineWorld(options)
  const { clock, tableSource, outcomes, sender, source, retries } = world
  tableSource.put(webhookConfig('w'))
  sender.script(address, ...answers)
  const process = await world.started()
  const [halting, cutting, losing] = [new AbortController(), new AbortController(), new AbortController()]
  const delivery: Delivery = {
    deliveryId: deliveryIdOf('e', 'w'),
    replay: 0,
    event: callEvent('e', { occurred_at: clock.nowMs(), ...options.event }),
    eventBytes: Buffer.from('e'),
    webhookId: 'w' as WebhookId,
    source: { topic: 'call-events', partition: 0, offset: 0n },
    eventTimeMs: clock.nowMs(),
    expiresAtMs: clock.nowMs() + (options.expiresInMs ?? 600_000),
    progress: { ...untouched, ...options.progress },
    trace: null,
  }
  const start = (untilStartTried: Promise<void> | null = null): Promise<LifeResult> => {
    const taken: Taken = {
      takenAtMs: clock.monotonicMs(),
      urgency: 'start',
      grant: 'granted',
      signals: { halting: halting.signal, cut: cutting.signal, lost: losing.signal },
      untilStartTried,
      outOfTheWay() {},
    }
    return deliver(delivery, taken, process.parked.event.delivering.delivery)
  }
  const halt = (): void => halting.abort()
  const cut = (): void => {
    halt()
    cutting.abort()
  }
  /** As when the partition is taken away: what is under way is cut as well. */
  const lose = (): void => {
    halt()
    losing.abort()
    cutting.abort()
  }
  const { observer, parking, isolation } = process
  const told = { outcomes, observer, parked: retries.writes }
  return { clock, tableSource, sender, source, parking, isolation, start, halt, cut, lose, ...told }
}

describe('a delivery that ends with the first answer', () => {
  it.each<[FakeAnswer, string]>([
    [{ status: 200 }, 'delivered: ok after 1'],
    [{ status: 299 }, 'delivered: ok after 1'],
    [{ status: 400 }, 'failed: http_status after 1'],
    // What the client has to mend waits for half an hour, which is past the horizon here.
    [{ status: 404 }, 'failed: http_status after 1'],
    [{ status: 301, location: 'https://w.test/new?key=secret' }, 'failed: redirect after 1'],
  ])('%j ends as "%s"', async (answer, ending) => {
    const { clock, start, outcomes, parked } = await begin([answer])
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/final'])
    expect(outcomes.endings).toEqual([ending])
    expect(parked).toEqual([])
  })

  it.each<[FakeAnswer, string]>([
    [{ status: 500 }, 'failed: http_status after 1'],
    [{ status: 429 }, 'failed: http_status after 1'],
    [{ status: 502, afterMs: 1_500 }, 'failed: http_status after 1'],
    [{ failure: 'dns' }, 'failed: dns after 1'],
    [{ hang: true }, 'failed: total_timeout after 1'],
  ])('%j ends as "%s" where a retry topic is past the horizon', async (answer, ending) => {
    const { clock, start, outcomes, parked } = await begin([answer], { expiresInMs: 5_000 })
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/final'])
    expect(outcomes.endings).toEqual([ending])
    expect(parked).toEqual([])
  })

  it('is rejected where nothing may be sent, with no attempt used, and tells nothing of what was found', async () => {
    const { clock, start, outcomes, parked, observer } = await begin([{ failure: 'address_denied' }])
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/final'])
    expect(outcomes.endings).toEqual(['rejected: address_denied after 0'])
    expect(outcomes.written[0]).toMatchObject({
      faultOwner: 'blocked',
      origin: 'http://w.test',
      statusCode: null,
      queuedMs: null,
      timings: null,
      excerpt: null,
      redirectOrigin: null,
    })
    expect(observer.of('outcome')).toMatchObject([{ detail: null }])
    expect(parked).toEqual([])
    expect(observer.of('attempt_begun')).toEqual([])
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
      parked: null,
      deferrals: 0,
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

describe('a delivery that is parked after the first answer', () => {
  it.each<[FakeAnswer, string, string]>([
    [{ status: 500 }, 'http_status', 'receiver'],
    [{ status: 429 }, 'http_status', 'receiver'],
    [{ status: 502, afterMs: 1_500 }, 'http_status', 'receiver'],
    [{ failure: 'dns' }, 'dns', 'network'],
    [{ hang: true }, 'total_timeout', 'receiver'],
  ])('%j is retried later, because of %s', async (answer, reason, faultOwner) => {
    const { clock, start, outcomes, parked, sender } = await begin([answer])
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.steps).toEqual(['0/a1'])
    const [write] = parked
    expect(outcomes.written[0]).toMatchObject({
      result: 'retry_scheduled',
      final: false,
      reason,
      faultOwner,
      attempt: 1,
      nextAttemptAtMs: clock.nowMs() + 5_000,
      parked: write?.place,
    })
    expect(parked).toHaveLength(1)
    expect(write).toMatchObject({
      delayMs: 5_000,
      place: { topic: 'webhook-retries.5s', partition: 0 },
      parked: {
        webhookIds: ['w'],
        callId: 'call of e',
        source: { topic: 'call-events', partition: 0, offset: 0n },
        progress: {
          ...untouched,
          attempts: 1,
          parkedTimes: 1,
          backoffStep: 1,
          lastFault: { reason, faultOwner, statusCode: 'status' in answer ? answer.status : null },
        },
      },
    })
  })

  it.each<[FakeAnswer, string]>([
    [{ status: 404 }, 'http_status'],
    [{ status: 301, location: 'https://w.test/new' }, 'redirect'],
  ])('%j waits for half an hour: only the client can mend it', async (answer, reason) => {
    const { clock, start, outcomes, parked } = await begin([answer], { expiresInMs: 86_400_000 })
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.written).toMatchObject([{ result: 'retry_scheduled', reason, final: false }])
    expect(parked.map(({ delayMs }) => delayMs)).toEqual([1_800_000])
  })

  it('goes on counting from where it had come', async () => {
    const progress = { attempts: 3, deferrals: 2, parkedTimes: 5, backoffStep: 2 }
    const { clock, start, outcomes, parked, sender } = await begin([badGateway], { progress })
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger.map(({ attempt }) => attempt)).toEqual([4])
    expect(outcomes.steps).toEqual(['0/a4'])
    expect(outcomes.written[0]).toMatchObject({ attempt: 4, deferrals: 2 })
    expect(parked).toMatchObject([
      {
        delayMs: 300_000,
        parked: { progress: { attempts: 4, deferrals: 2, parkedTimes: 6, backoffStep: 3 } },
      },
    ])
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

  it('are followed by a retry topic when the last one fails too', async () => {
    const { clock, start, outcomes, parked } = await begin([badGateway])
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/a1', '0/a2', '0/a3'])
    expect(outcomes.written.map(({ parked: place }) => place)).toEqual([null, null, parked[0]?.place])
    expect(parked).toMatchObject([{ delayMs: 5_000, parked: { progress: { attempts: 3, backoffStep: 1 } } }])
  })

  it('end as failed when the last one fails too, and a retry topic is past the horizon', async () => {
    const { clock, start, outcomes, parked } = await begin([badGateway], { expiresInMs: 5_000 })
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/a1', '0/a2', '0/final'])
    expect(outcomes.endings).toEqual(['failed: http_status after 3'])
    expect(parked).toEqual([])
  })

  it('are not made where they are turned off', async () => {
    const { clock, start, outcomes, sender } = await begin([badGateway], { retry: { quickTries: 0 } })
    await clock.run(start())
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.steps).toEqual(['0/a1'])
    expect(outcomes.written[0]?.parked).not.toBeNull()
  })

  it('are not made where the webhook has used up its share of them', async () => {
    const { clock, start, outcomes } = await begin([badGateway])
    await clock.run(start())
    await clock.run(start())
    expect(outcomes.steps).toEqual(['0/a1', '0/a2', '0/a3', '0/a1'])
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

  it('expires when its time was over before there was room at its receiver', async () => {
    const lanes = { laneConcurrency: 1 }
    const { clock, start, outcomes, sender } = await begin([{ status: 200, afterMs: 700 }], {
      expiresInMs: 500,
      lanes,
    })
    const [first, second] = [start(), start()]
    await clock.run(first)
    expect(await clock.run(second)).toBe('ended')
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.endings).toEqual(['delivered: ok after 1', 'expired: horizon_passed after 0'])
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
  it('during an attempt is parked as it was, with what became of the attempt', async () => {
    const { clock, start, outcomes, sender, cut, parked } = await begin([{ hang: true }])
    const life = start()
    await clock.advance(5)
    cut()
    expect(await clock.run(life)).toBe('ended')
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.steps).toEqual(['0/a1'])
    expect(outcomes.written[0]).toMatchObject({
      result: 'retry_scheduled',
      reason: 'interrupted',
      faultOwner: 'worker',
      parked: parked[0]?.place,
    })
    expect(parked).toMatchObject([{ delayMs: 5_000, parked: { progress: { attempts: 1, backoffStep: 0 } } }])
  })

  it('before the first attempt begins nothing and is parked', async () => {
    const { clock, start, sender, cut, outcomes, parked } = await begin([])
    cut()
    expect(await clock.run(start())).toBe('ended')
    expect(sender.ledger).toEqual([])
    expect(outcomes.steps).toEqual(['0/d1'])
    expect(outcomes.written[0]).toMatchObject({
      result: 'deferred',
      reason: 'interrupted',
      attempt: 0,
      deferrals: 1,
      nextAttemptAtMs: clock.nowMs() + 5_000,
      parked: parked[0]?.place,
    })
    expect(parked).toMatchObject([{ delayMs: 5_000, parked: { progress: { attempts: 0, deferrals: 1 } } }])
  })

  it.each([
    [[], 'expired: horizon_passed after 0'],
    [[{ hang: true } as const], 'failed: interrupted after 1'],
  ])('ends where a retry topic is past the horizon: %j', async (answers, ending) => {
    const { clock, start, cut, outcomes, parked } = await begin(answers, { expiresInMs: 5_000 })
    await clock.advance(1)
    if (answers.length === 0) cut()
    const life = start()
    await clock.advance(5)
    cut()
    expect(await clock.run(life)).toBe('ended')
    expect(outcomes.endings).toEqual([ending])
    expect(parked).toEqual([])
  })
})

describe('a delivery whose partition takes nothing more', () => {
  it('while a quick try waits is parked at once, with the attempts it had', async () => {
    const { clock, start, outcomes, sender, halt, parked } = await begin([badGateway])
    const life = start()
    await clock.advance(11)
    const before = clock.monotonicMs()
    halt()
    expect(await clock.run(life)).toBe('ended')
    expect(clock.monotonicMs() - before).toBeLessThanOrEqual(1)
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.steps).toEqual(['0/a1', '0/d1'])
    expect(outcomes.written[1]).toMatchObject({ result: 'deferred', reason: 'interrupted', attempt: 1 })
    expect(parked).toMatchObject([{ delayMs: 5_000, parked: { progress: { attempts: 1, deferrals: 1 } } }])
  })

  it('finishes the attempt that is under way', async () => {
    const { clock, start, outcomes, halt } = await begin([{ status: 200, afterMs: 900 }])
    const life = start()
    await clock.advance(5)
    halt()
    expect(await clock.run(life)).toBe('ended')
    expect(outcomes.endings).toEqual(['delivered: ok after 1'])
  })
})

describe('a delivery whose partition is lost', () => {
  it.each<[string, FakeAnswer, number, readonly string[]]>([
    ['during an attempt', { hang: true }, 5, []],
    ['while a quick try waits', badGateway, 11, ['0/a1']],
  ])('%s leaves the event and writes nothing more', async (_when, answer, afterMs, steps) => {
    const { clock, start, outcomes, sender, lose, parked } = await begin([answer])
    const life = start()
    await clock.advance(afterMs)
    lose()
    expect(await clock.run(life)).toBe('left')
    expect(sender.ledger).toHaveLength(1)
    expect(outcomes.steps).toEqual(steps)
    expect(parked).toEqual([])
  })

  it('before the first attempt begins nothing', async () => {
    const { clock, start, sender, lose, outcomes, parked } = await begin([])
    lose()
    expect(await clock.run(start())).toBe('left')
    expect(sender.ledger).toEqual([])
    expect([outcomes.written, parked]).toEqual([[], []])
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

  it('of what is parked are awaited before the outcome that names its place is written', async () => {
    const { clock, start, outcomes, parking, parked } = await begin([{ status: 500 }])
    parking.hold()
    const life = start()
    await clock.advance(4_000)
    expect(parked).toHaveLength(1)
    expect(outcomes.steps).toEqual([])
    outcomes.hold()
    parking.release()
    await clock.advance(100)
    expect(outcomes.written[0]?.parked).toEqual(parked[0]?.place)
    outcomes.release()
    expect(await clock.run(life)).toBe('ended')
  })

  it('of what is parked that never come leave the event', async () => {
    const { clock, start, outcomes, parking } = await begin([{ status: 500 }])
    parking.hold()
    const life = start()
    await clock.advance(1_000)
    await parking.stop()
    expect(await clock.run(life)).toBe('left')
    expect(outcomes.written).toEqual([])
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

  it('writes the outcome of what it parked only when the group has answered again', async () => {
    const { clock, start, outcomes, source, parking } = await begin([{ status: 500 }])
    parking.hold()
    const life = start()
    await clock.advance(100)
    source.stopBeating()
    await clock.advance(60_000)
    parking.release()
    await clock.advance(1_000)
    expect(outcomes.steps).toEqual([])
    source.beatAgain()
    expect(await clock.run(life)).toBe('ended')
    expect(outcomes.steps).toEqual(['0/a1'])
  })

  it('writes no outcome of what it parked when the partition was lost before the broker had answered', async () => {
    const { clock, start, outcomes, parking, lose } = await begin([{ status: 500 }])
    parking.hold()
    const life = start()
    await clock.advance(100)
    lose()
    parking.release()
    expect(await clock.run(life)).toBe('left')
    expect(outcomes.steps).toEqual([])
  })

  it('writes nothing when the partition was lost meanwhile', async () => {
    const { clock, start, outcomes, source, lose } = await begin([{ status: 200, afterMs: 4_000 }])
    source.stopBeating()
    await clock.advance(8_000)
    const life = start()
    await clock.advance(8_000)
    lose()
    expect(await clock.run(life)).toBe('left')
    source.beatAgain()
    await clock.advance(1_000)
    expect(outcomes.steps).toEqual([])
  })
})

describe('what says nothing about a receiver', () => {
  it.each<[FakeAnswer, string, string]>([
    [{ failure: 'address_denied' }, 'rejected', 'blocked'],
    [{ failure: 'proxy' }, 'retry_scheduled', 'worker'],
  ])(
    '%j is %s, the fault being %s, and opens no breaker however often',
    async (answer, result, faultOwner) => {
      const { clock, start, outcomes, observer } = await begin([answer])
      for (let times = 0; times < 40; times += 1) await clock.run(start())
      const told = outcomes.written.filter((outcome) => outcome.result === result)
      expect(told.length).toBeGreaterThanOrEqual(40)
      expect(new Set(told.map((outcome) => outcome.faultOwner))).toEqual(new Set([faultOwner]))
      expect(outcomes.written).toHaveLength(told.length)
      expect(observer.of('breaker')).toEqual([])
    },
  )

  it('leaves the half-open breaker’s probe to the next', async () => {
    const { clock, start, outcomes, observer, sender } = await begin([{ failure: 'connect_timeout' }])
    while (observer.of('breaker').length === 0) await clock.run(start())
    await clock.advance(60_000)
    sender.script(address, { failure: 'address_denied' }, { status: 200 })
    outcomes.written.length = 0
    await clock.run(start())
    await clock.run(start())
    expect(outcomes.endings).toEqual(['rejected: address_denied after 0', 'delivered: ok after 1'])
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

  it('leaves its place at the receiver to the next delivery', async () => {
    const { clock, start, outcomes, sender } = await begin([{ status: 200 }])
    const { send } = sender
    sender.send = () => Promise.reject(new TypeError('cannot read properties of undefined'))
    await clock.run(start())
    sender.send = send
    // Long enough for an attempt that is still under way to be taken for one that hangs.
    await clock.advance(60_000)
    await clock.run(start())
    expect(outcomes.endings).toEqual(['failed: interrupted after 1', 'delivered: ok after 1'])
  })
})

describe('an end that waits for its start', () => {
  it('is tried when that has been', async () => {
    const { clock, start, sender, halt } = await begin([{ status: 200 }])
    const tried = Promise.withResolvers<void>()
    const ended = start(tried.promise)
    halt()
    await clock.advance(900)
    expect(sender.ledger).toHaveLength(0)
    tried.resolve()
    expect(await clock.run(ended)).toBe('ended')
    expect(sender.ledger).toHaveLength(1)
  })

  it.each(['before', 'after'])(
    'and is given up %s it was taken goes on elsewhere where the start hangs, instead of hanging after it',
    async (when) => {
      const { clock, start, outcomes, parked, sender, halt } = await begin([{ hang: true }])
      if (when === 'before') halt()
      const ended = start(new Promise(() => {}))
      await clock.advance(60_000 * Number(when === 'after'))
      const fromMs = clock.monotonicMs()
      if (when === 'after') halt()
      expect(await clock.run(ended)).toBe('ended')
      expect(clock.monotonicMs() - fromMs).toBe(1_000)
      expect([sender.ledger.length, outcomes.steps]).toEqual([0, ['0/d1']])
      expect(outcomes.written[0]).toMatchObject({ result: 'deferred', reason: 'interrupted', attempt: 0 })
      expect(parked.map(({ delayMs }) => delayMs)).toEqual([5_000])
    },
  )
})

describe('a connection that stands only after the process was frozen', () => {
  it('carries no request: others may have the partition by now', async () => {
    const { clock, start, sender } = await begin([{ hang: true }])
    void start()
    await clock.advance(10)
    const mayLeave = sender.ledger[0]?.limits.mayLeave ?? (() => true)
    expect(mayLeave()).toBe(true)
    clock.jump(3_000)
    expect(mayLeave()).toBe(false)
  })

  it('has used up no attempt: the delivery waits for whoever has the partition', async () => {
    const { clock, start, outcomes, parked } = await begin([{ failure: 'withheld' }])
    expect(await clock.run(start())).toBe('ended')
    expect(outcomes.steps).toEqual(['0/d1'])
    expect(outcomes.written[0]).toMatchObject({ result: 'deferred', reason: 'interrupted', attempt: 0 })
    expect(parked.map(({ delayMs }) => delayMs)).toEqual([5_000])
  })
})
