import { describe, expect, it } from '@jest/globals'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { Webhook } from '../../../src/domain/webhook.ts'
import { answered, endedAs, IsolationRig, wakeEveryMs, webhookOf } from './isolation-rig.ts'
import type { Ask } from './isolation-rig.ts'

const w = webhookOf('w')
const answers = (asks: readonly Ask[]): string[] => asks.map(({ answer }) => answer)
const running = (asks: readonly Ask[]): Ask[] => asks.filter(({ isRunning }) => isRunning)

/** Two webhooks of one origin, and one of another. */
const [a, b, elsewhere] = [
  webhookOf('a', { origin: 'https://shared.test', path: '/a' }),
  webhookOf('b', { origin: 'https://shared.test', path: '/b' }),
  webhookOf('elsewhere'),
]

const narrow = webhookOf('narrow', { concurrency: 1 })

/** So many answers, one after the other, while one at least waits. */
async function keepBusy(rig: IsolationRig, count: number, latencyMs: number): Promise<void> {
  rig.ask(narrow)
  for (let each = 0; each < count; each += 1) {
    while (rig.isolation.waiting < 2) rig.ask(narrow)
    await rig.pass(latencyMs)
    await rig.end(running(rig.asks)[0]!, answered(latencyMs))
  }
}

/** Three attempts under way together hang: the breaker opens. */
async function hangThree(rig: IsolationRig, webhook: Webhook): Promise<void> {
  await rig.widen(webhook, 3)
  const asks = rig.askAll(webhook, 3)
  await rig.pass(10_000)
  for (const ask of asks) await rig.end(ask, endedAs('hung'))
}

describe('an ask', () => {
  it('of a receiver that nothing is known of is let in twice, and waits then', () => {
    expect(answers(new IsolationRig().askAll(w, 3))).toEqual(['go', 'go', 'waits'])
  })

  it('that waits is let in when an attempt ends', async () => {
    const rig = new IsolationRig()
    const [first, , third] = rig.askAll(w, 3)
    expect(rig.isolation.waiting).toBe(1)
    await rig.end(first!)
    expect([third!.answer, rig.isolation.waiting]).toEqual(['go', 0])
  })

  it('that waits is let in when an attempt is cancelled', async () => {
    const rig = new IsolationRig()
    const [first, , third] = rig.askAll(w, 3)
    await rig.cancel(first!)
    expect(third!.answer).toBe('go')
  })

  it.each([0, 50, 1_000, 1_900])(
    'waits for no longer than %d ms, and is sent away then until there is room',
    async (maxWaitMs) => {
      const rig = new IsolationRig({ maxWaitMs })
      const [, , third] = rig.askAll(w, 3)
      await rig.pass(maxWaitMs)
      expect(third!.answer).toBe('waits')
      await rig.pass(wakeEveryMs)
      expect([third!.answer, rig.isolation.waiting]).toEqual(['full: lane_full', 0])
      expect(third!.waitMs).toBeGreaterThanOrEqual(2_000)
      expect(third!.waitMs).toBeLessThanOrEqual(4_000)
    },
  )

  it('that may not wait is sent away at once', () => {
    const rig = new IsolationRig()
    rig.askAll(w, 2)
    expect(rig.ask(w, { patience: 'at_once' }).answer).toBe('full: lane_full')
    expect(rig.isolation.waiting).toBe(0)
  })

  it('that may not wait does not pass those who do', async () => {
    const rig = new IsolationRig()
    const paced = webhookOf('paced', { ratePerSecond: 10 })
    rig.ask(paced)
    expect(rig.ask(paced).answer).toBe('waits')
    rig.nowMs += 100
    // There is room by now, and nobody was woken yet.
    expect(rig.ask(paced, { patience: 'at_once' }).answer).toBe('full: lane_full')
    expect(rig.ask(paced).answer).toBe('waits')
    expect(rig.isolation.waiting).toBe(2)
  })

  it('of an account that has its share is sent away whatever room there is', () => {
    const rig = new IsolationRig()
    expect(rig.ask(w, { patience: 'not_now' }).answer).toBe('full: lane_full')
    expect(answers(rig.askAll(w, 3))).toEqual(['go', 'go', 'waits'])
  })

  it('is sent away at once where too many wait already, in this lane or in all', () => {
    const rig = new IsolationRig({ maxWaiting: 8 })
    expect(answers(rig.askAll(w, 6))).toEqual([
      'go',
      'go',
      'waits',
      'waits',
      'full: lane_full',
      'full: lane_full',
    ])
    for (const name of ['v', 'x', 'y']) rig.askAll(webhookOf(name), 4)
    expect(rig.isolation.waiting).toBe(8)
    expect(answers(rig.askAll(webhookOf('z'), 3))).toEqual(['go', 'go', 'full: lane_full'])
  })

  it('waits, once it is known what the receiver takes, only where it should be served within the time', async () => {
    const rig = new IsolationRig()
    await keepBusy(rig, 60, 40)
    const asks = rig.askAll(narrow, 100)
    expect(asks.at(-1)!.answer).toBe('full: lane_full')
    expect(rig.isolation.waiting).toBeGreaterThanOrEqual(23)
    expect(rig.isolation.waiting).toBeLessThanOrEqual(28)
  })

  it('waits among sixteen at least, however little the receiver takes', async () => {
    const rig = new IsolationRig()
    await keepBusy(rig, 30, 400)
    rig.askAll(narrow, 100)
    expect(rig.isolation.waiting).toBe(16)
  })
})

describe('who goes first', () => {
  it('is the start of a call, then its end, then what was parked; in turn among equals', async () => {
    const rig = new IsolationRig()
    const held = rig.askAll(w, 2)
    const asks = (['parked', 'end', 'start', 'parked', 'end', 'start'] as const).map((urgency) =>
      rig.ask(w, { urgency }),
    )
    const order: number[] = []
    for (let count = 0; count < 6; count += 1) {
      // One at a time: the other place is kept.
      await rig.end(count === 0 ? held[0]! : asks[order.at(-1)!]!, endedAs('failed'))
      order.push(
        ...asks.flatMap(({ answer }, index) => (answer === 'go' && !order.includes(index) ? [index] : [])),
      )
    }
    expect(order).toEqual([2, 5, 1, 4, 0, 3])
  })

  it('is never sent away because of others that come after it', async () => {
    const rig = new IsolationRig()
    await keepBusy(rig, 30, 100)
    expect(rig.askAll(narrow, 100, { urgency: 'parked' }).at(-1)!.answer).toBe('full: lane_full')
    const [end, start] = [rig.ask(narrow, { urgency: 'end' }), rig.ask(narrow)]
    expect(answers([end, start])).toEqual(['waits', 'waits'])
    while (start.answer === 'waits') await rig.end(running(rig.asks)[0]!, endedAs('failed'))
    expect(answers([end, start])).toEqual(['waits', 'go'])
    await rig.end(start)
    expect(end.answer).toBe('go')
    expect(rig.askAll(narrow, 100, { urgency: 'end' }).at(-1)!.answer).toBe('full: lane_full')
  })
})

describe('a lane', () => {
  it('opens when three attempts hang, sends everybody away, and lets one probe through when its time is over', async () => {
    const rig = new IsolationRig()
    await hangThree(rig, w)
    expect(rig.changes).toEqual(['webhook w opened'])
    const away = rig.ask(w)
    expect([away.answer, away.waitMs]).toEqual(['closed: breaker_open', 5_000])
    rig.nowMs += 5_000
    const asks = rig.askAll(w, 4)
    expect(answers(asks)).toEqual(['go', ...Array.from({ length: 3 }, () => 'closed: breaker_open')])
    await rig.end(asks[0]!)
    expect(rig.changes.at(-1)).toBe('webhook w closed')
    expect(rig.ask(w).answer).toBe('go')
    expect(rig.isolation.standing(rig.nowMs)).toMatchObject({ closed: 1, open: 0, halfOpen: 0 })
  })

  it('is probed by another where the probe was cancelled, as often as that happens', async () => {
    const rig = new IsolationRig()
    await hangThree(rig, w)
    rig.nowMs += 5_000
    for (let count = 0; count < 5; count += 1) await rig.cancel(rig.ask(w))
    await rig.end(rig.ask(w), endedAs('none'))
    expect(answers(rig.askAll(w, 2))).toEqual(['go', 'closed: breaker_open'])
  })

  it('is not opened for longer by what hung before it opened', async () => {
    const rig = new IsolationRig()
    await rig.widen(w, 6)
    const asks = rig.askAll(w, 6)
    await rig.pass(10_000)
    for (const ask of asks.slice(0, 3)) await rig.end(ask, endedAs('hung'))
    await rig.pass(5_000)
    expect(rig.ask(w).answer).not.toBe('go')
    for (const ask of asks.slice(3)) await rig.end(ask, endedAs('hung'))
    expect(rig.ask(w).answer).toBe('go')
    expect(rig.changes).toEqual(['webhook w opened'])
  })

  it('that was waited for tells so at once to all who wait when it opens', async () => {
    const rig = new IsolationRig()
    const modest = webhookOf('modest', { concurrency: 3 })
    await rig.widen(modest, 3)
    const asks = rig.askAll(modest, 3)
    rig.nowMs += 900
    const waiting = rig.askAll(modest, 5)
    expect(new Set(answers(waiting))).toEqual(new Set(['waits']))
    for (const ask of asks.slice(0, 2)) {
      await rig.end(ask, endedAs('unreachable'))
      asks.push(...waiting.splice(0, 1))
    }
    await rig.end(asks[2]!, endedAs('unreachable'))
    expect(new Set(answers(waiting))).toEqual(new Set(['closed: breaker_open']))
    expect(rig.isolation.waiting).toBe(0)
  })

  it('in which an attempt is under way for two seconds hangs: nobody waits, and nobody is let in', async () => {
    const rig = new IsolationRig({ maxWaitMs: 5_000 })
    await rig.widen(w, 4)
    const [first] = rig.askAll(w, 1)
    await rig.pass(2_000)
    expect(rig.ask(w).answer).toBe('go')
    await rig.pass(1)
    expect(rig.ask(w).answer).toBe('closed: lane_full')
    await rig.end(first!, answered(2_001))
    expect(rig.ask(w).answer).toBe('go')
  })

  it('whose receiver always takes long hangs only when it takes twice as long', async () => {
    const rig = new IsolationRig()
    await rig.attempt(w, answered(3_000))
    rig.ask(w)
    await rig.pass(6_000)
    expect(rig.ask(w).answer).toBe('go')
    await rig.pass(1)
    expect(rig.ask(w).answer).toBe('closed: lane_full')
  })

  it('whose receiver asks for time is paused for that long, also for those who wait', async () => {
    const rig = new IsolationRig()
    const [first, second, third] = rig.askAll(w, 3)
    await rig.end(first!, endedAs('throttled', 20_000))
    await rig.end(second!)
    expect([third!.answer, third!.waitMs]).toEqual(['paused: retry_after', 20_000])
    rig.nowMs += 19_999
    const last = rig.ask(w)
    expect([last.answer, last.waitMs]).toEqual(['paused: retry_after', 1])
    rig.nowMs += 1
    expect(rig.ask(w).answer).toBe('go')
  })

  it('is paused for five minutes at most, and never for less than was asked before', async () => {
    const rig = new IsolationRig()
    const [first, second] = rig.askAll(w, 2)
    await rig.end(first!, endedAs('failed', 86_400_000))
    await rig.end(second!, endedAs('failed', 1_000))
    expect(rig.ask(w).waitMs).toBe(300_000)
  })

  it('gets more at once the longer all succeeds, and no more than the webhook wants, or the operator', async () => {
    const rig = new IsolationRig({ laneConcurrency: 8 })
    await rig.widen(w, 8)
    expect(running(rig.askAll(w, 20))).toHaveLength(8)
    const modest = webhookOf('modest', { concurrency: 3 })
    await rig.widen(modest, 3)
    expect(running(rig.askAll(modest, 20))).toHaveLength(3)
    const greedy = webhookOf('greedy', { concurrency: 1_000 })
    await rig.widen(greedy, 8)
    expect(running(rig.askAll(greedy, 20))).toHaveLength(8)
  })

  it('whose address changes is another one: neither open nor narrow', async () => {
    const rig = new IsolationRig()
    await hangThree(rig, w)
    const fixed = { ...w, path: '/fixed' }
    expect(rig.ask(fixed).answer).toBe('go')
  })
})

describe('a receiver that says that it is too much', () => {
  it('gets half at once, and below one it is left alone for the rest of the time', async () => {
    const rig = new IsolationRig()
    await rig.attempt(w, endedAs('throttled'))
    expect(running(rig.askAll(w, 3, { patience: 'at_once' }))).toHaveLength(1)
    rig.nowMs += 10
    await rig.end(running(rig.asks)[0]!, { kind: 'throttled', latencyMs: 100, retryAfterMs: null })
    // Half of the time: as long again as the attempt took.
    rig.nowMs += 99
    expect(rig.ask(w, { patience: 'at_once' }).answer).toBe('full: lane_full')
    rig.nowMs += 1
    expect(rig.ask(w, { patience: 'at_once' }).answer).toBe('go')
  })

  it('is never left alone for good', async () => {
    const rig = new IsolationRig({}, () => 0.5)
    for (let count = 0; count < 30; count += 1) {
      const ask = rig.ask(w, { patience: 'at_once' })
      if (ask.answer === 'go') await rig.end(ask, endedAs('throttled'))
      rig.nowMs += 1_000
    }
    expect(rig.asks.filter(({ answer }) => answer === 'go').length).toBeGreaterThan(25)
    expect(rig.changes).toEqual([])
  })
})

describe('an origin', () => {
  it('has so many requests at once over all its webhooks', () => {
    const rig = new IsolationRig({ originConcurrency: 3 })
    expect(answers([...rig.askAll(a, 2), ...rig.askAll(b, 2), ...rig.askAll(elsewhere, 2)])).toEqual([
      'go',
      'go',
      'go',
      'waits',
      'go',
      'go',
    ])
  })

  it('gives a slot that becomes free to a webhook of it that waits', async () => {
    const rig = new IsolationRig({ originConcurrency: 2 })
    const held = rig.askAll(a, 2)
    const waiting = rig.ask(b)
    await rig.end(held[0]!)
    expect(waiting.answer).toBe('go')
  })

  it('serves its webhooks in turn where it has no slot left: none keeps it for those of its own that wait', async () => {
    const rig = new IsolationRig({ originConcurrency: 2, maxWaiting: 10_000, maxWaitMs: 5_000 })
    const c = webhookOf('c', { origin: 'https://shared.test', path: '/c' })
    const held = rig.askAll(a, 2)
    const waiting = [...rig.askAll(a, 30), ...rig.askAll(b, 3), ...rig.askAll(c, 3)]
    for (let count = 0; count < 10; count += 1) {
      await rig.pass(10)
      await rig.end(running([...held, ...waiting])[0]!)
    }
    const served = (webhook: Webhook) =>
      waiting.filter(({ asked, answer }) => asked.webhook === webhook && answer === 'go').length
    expect([served(b), served(c)]).toEqual([3, 3])
    expect(served(a)).toBe(4)
  })

  it.each(['failed', 'throttled', 'hung'] as const)(
    'has its webhooks apart: what %s at one path changes nothing at another',
    async (kind) => {
      const rig = new IsolationRig()
      for (let count = 0; count < 40; count += 1) {
        const ask = rig.ask(a, { patience: 'at_once' })
        if (ask.isRunning) await rig.end(ask, endedAs(kind, kind === 'hung' ? null : 60_000))
        rig.nowMs += 5_000
      }
      expect(answers(rig.askAll(b, 3))).toEqual(['go', 'go', 'waits'])
      expect(rig.changes.filter((change) => change.startsWith('origin'))).toEqual([])
    },
  )

  it('is shut for all its webhooks, and no other, when there is no way there', async () => {
    const rig = new IsolationRig()
    for (const name of ['1', '2', '3', '4', '5']) {
      const webhook = webhookOf(name, { origin: 'https://shared.test' })
      await rig.attempt(webhook, endedAs('unreachable'))
    }
    expect(rig.changes).toEqual(['origin https://shared.test opened'])
    expect(answers([rig.ask(a), rig.ask(b), rig.ask(elsewhere)])).toEqual([
      'closed: breaker_open',
      'closed: breaker_open',
      'go',
    ])
    rig.nowMs += 5_000
    const [probe, other] = [rig.ask(a), rig.ask(b)]
    expect(answers([probe, other])).toEqual(['go', 'closed: breaker_open'])
    await rig.end(probe, endedAs('failed'))
    expect(rig.changes.at(-1)).toBe('origin https://shared.test closed')
    expect(rig.ask(b).answer).toBe('go')
  })

  it('is another way for those who let it show any certificate', async () => {
    const rig = new IsolationRig()
    for (const name of ['1', '2', '3', '4', '5']) {
      await rig.attempt(webhookOf(name, { origin: 'https://shared.test' }), endedAs('unreachable'))
    }
    expect(answers([rig.ask(a), rig.ask({ ...b, tlsVerification: 'off' })])).toEqual([
      'closed: breaker_open',
      'go',
    ])
  })

  it('is probed by one alone, also when attempts from before it was shut end meanwhile', async () => {
    const rig = new IsolationRig()
    const [before, late] = rig.askAll(b, 2)
    for (const name of ['1', '2', '3', '4', '5']) {
      await rig.attempt(webhookOf(name, { origin: 'https://shared.test' }), endedAs('unreachable'))
    }
    rig.nowMs += 5_000
    expect(rig.ask(a).answer).toBe('go')
    await rig.end(before!, endedAs('hung'))
    await rig.cancel(late!)
    expect(rig.ask(webhookOf('c', { origin: 'https://shared.test' })).answer).toBe('closed: breaker_open')
  })
})

describe('attempts that have been under way for long', () => {
  it('are so many at most to receivers that have not answered lately', async () => {
    const rig = new IsolationRig({ maxOldAttempts: 4 })
    const proven = webhookOf('proven')
    await rig.attempt(proven)
    rig.askAll(webhookOf('silent'), 2)
    rig.askAll(webhookOf('silent too'), 2)
    await rig.pass(2_000)
    expect(rig.isolation.standing(rig.nowMs).oldAttempts).toBe(4)
    expect(answers([rig.ask(webhookOf('unknown')), rig.ask(proven)])).toEqual(['closed: lane_full', 'go'])
    await rig.end(
      rig.asks.find(({ asked }) => asked.webhook.webhookId === 'silent')!,
      endedAs('hung'),
    )
    expect(rig.ask(webhookOf('unknown')).answer).toBe('go')
  })

  it('let in who answered within ten seconds, with whatever', async () => {
    const rig = new IsolationRig({ maxOldAttempts: 1 })
    const names = ['answered', 'throttled', 'failed'] as const
    for (const kind of names) await rig.attempt(webhookOf(kind), endedAs(kind))
    rig.ask(webhookOf('silent'))
    await rig.pass(9_900)
    expect(names.map((kind) => rig.ask(webhookOf(kind)).answer)).toEqual(['go', 'go', 'closed: lane_full'])
    await rig.pass(200)
    expect(rig.ask(webhookOf('answered')).answer).toBe('closed: lane_full')
  })
})

describe('a rate', () => {
  const paced = webhookOf('paced', { ratePerSecond: 5 })

  it('spaces begins, and lets those wait who should be served soon', async () => {
    const rig = new IsolationRig()
    const asks = rig.askAll(paced, 4)
    expect(answers(asks)).toEqual(['go', 'waits', 'waits', 'waits'])
    const begun: number[] = []
    for (let step = 0; step < 60; step += 1) {
      await rig.pass(10)
      for (const ask of running(asks)) {
        begun.push(ask.answeredAtMs ?? 0)
        await rig.end(ask)
      }
    }
    // What the clock that wakes them may have missed before the first one is made up for.
    expect(begun.map((atMs) => atMs - (begun[0] ?? 0))).toEqual([0, 180, 380, 580])
  })

  it('tells those who are sent away when they are to come, in turn at that rate', async () => {
    const rig = new IsolationRig()
    const [, ...asks] = rig.askAll(paced, 5, { patience: 'at_once' })
    expect(answers(asks)).toEqual(Array.from({ length: 4 }, () => 'full: rate_limited'))
    expect(asks.map(({ waitMs }) => waitMs)).toEqual([2_200, 2_400, 2_600, 2_800])
  })

  it('is the reason why those are sent away who have waited for it, and they are told when to come', async () => {
    const rig = new IsolationRig({ maxWaitMs: 500 })
    const slow = webhookOf('slow', { ratePerSecond: 0.1 })
    const [first, ...others] = rig.askAll(slow, 4)
    await rig.end(first!)
    await rig.pass(510)
    expect(answers(others)).toEqual(Array.from({ length: 3 }, () => 'full: rate_limited'))
    expect(others.map(({ waitMs }) => waitMs)).toEqual([12_000, 22_000, 32_000])
  })

  it.each([0.02, 0.2, 5])(
    'of %d a second is what they are told by, whatever was measured before',
    async (ratePerSecond) => {
      const rig = new IsolationRig()
      const webhook = webhookOf('paced', { ratePerSecond })
      // Busy for a while, so that it is measured, then quiet.
      for (let count = 0; count < 30; count += 1) {
        const asks = rig.askAll(webhook, 2, { patience: count < 2 ? 'may_wait' : 'at_once' })
        await rig.pass(1_000 / ratePerSecond)
        for (const ask of running(rig.asks)) await rig.end(ask)
        expect(asks[0]!.answer).not.toBe('closed: lane_full')
      }
      await rig.pass(60_000)
      rig.ask(webhook, { patience: 'at_once' })
      const away = rig.askAll(webhook, 3, { patience: 'at_once' })
      expect(answers(away)).toEqual(Array.from({ length: 3 }, () => 'full: rate_limited'))
      const gaps = away.slice(1).map(({ waitMs }, index) => waitMs - away[index]!.waitMs)
      for (const gapMs of gaps) expect(gapMs).toBeCloseTo(1_000 / ratePerSecond, 3)
    },
  )

  it('of the operator binds who asks for none, and who asks for more', () => {
    const rig = new IsolationRig({ ratePerSecond: 1 })
    const asks = [webhookOf('plain'), webhookOf('greedy', { ratePerSecond: 1_000 })].flatMap((webhook) =>
      rig.askAll(webhook, 2, { patience: 'at_once' }),
    )
    expect(answers(asks)).toEqual(['go', 'full: rate_limited', 'go', 'full: rate_limited'])
  })

  it('is begun anew where the share of it changes, and not where it stays', () => {
    const rig = new IsolationRig()
    rig.isolation.setShare(1, rig.nowMs)
    expect(rig.ask(paced, { patience: 'at_once' }).answer).toBe('go')
    rig.nowMs += 1_000
    rig.isolation.setShare(0.5, rig.nowMs)
    rig.nowMs += 399
    const other = webhookOf('other', { ratePerSecond: 5 })
    expect(answers([paced, other].map((each) => rig.ask(each, { patience: 'at_once' })))).toEqual([
      'full: rate_limited',
      'full: rate_limited',
    ])
    rig.nowMs += 1
    expect(answers([paced, other].map((each) => rig.ask(each, { patience: 'at_once' })))).toEqual([
      'go',
      'go',
    ])
  })
})

describe('spare room', () => {
  const hasSpare = (rig: IsolationRig, webhook: Webhook): boolean =>
    rig.isolation.hasSpareRoom(webhook.webhookId, rig.nowMs)

  it('is there while no more than half of what the receiver takes is under way, and nobody waits', async () => {
    const rig = new IsolationRig()
    expect(rig.isolation.hasSpareRoom('nobody' as WebhookId, rig.nowMs)).toBe(false)
    await rig.widen(w, 4)
    const seen = [hasSpare(rig, w)]
    for (let count = 0; count < 4; count += 1) {
      rig.ask(w)
      seen.push(hasSpare(rig, w))
    }
    expect(seen.slice(0, 3)).toEqual([true, true, true])
    expect(seen.at(-1)).toBe(false)
  })

  it('is not there while the lane is open, paused or at rest', async () => {
    const rig = new IsolationRig()
    await hangThree(rig, w)
    await rig.attempt(a, endedAs('failed', 1_000))
    for (let count = 0; count < 2; count += 1) await rig.attempt(b, endedAs('throttled'))
    expect([w, a, b].map((webhook) => hasSpare(rig, webhook))).toEqual([false, false, false])
  })

  it('is there by a rate only where a whole begin was left out: the others are somebody’s already', async () => {
    const rig = new IsolationRig()
    const paced = webhookOf('paced', { ratePerSecond: 0.5 })
    await rig.attempt(paced)
    for (const passMs of [0, 1_960, 20, 1_970]) {
      rig.nowMs += passMs
      expect(hasSpare(rig, paced)).toBe(false)
    }
    rig.nowMs += 20
    expect(hasSpare(rig, paced)).toBe(true)
  })
})

describe('after an outage', () => {
  it('the arrears are taken at not quite twice the usual load and one a second more, for two minutes', async () => {
    const rig = new IsolationRig()
    // Ten a second are the usual load, also while the receiver is away.
    const offer = async (ms: number, kind: 'answered' | 'hung'): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 100) {
        const ask = rig.ask(w, { patience: 'at_once' })
        if (ask.isRunning) await rig.end(ask, endedAs(kind))
        rig.nowMs += 100
      }
    }
    await offer(60_000, 'answered')
    await offer(60_000, 'hung')
    for (let left = 200; rig.changes.at(-1) !== 'webhook w closed' && left > 0; left -= 1)
      await offer(1_000, 'answered')
    let begun = 0
    for (let passed = 0; passed < 60_000; passed += 10) {
      const ask = rig.ask(w, { patience: 'at_once', isOffered: passed % 100 === 0 })
      if (ask.isRunning) {
        begun += 1
        await rig.end(ask)
      }
      rig.nowMs += 10
    }
    expect(begun / 60).toBeGreaterThan(15)
    expect(begun / 60).toBeLessThan(20)
    rig.nowMs += 60_000
    expect(running(rig.askAll(w, 2, { patience: 'at_once' }))).toHaveLength(2)
  })
})

describe('quick tries', () => {
  it('are granted by the lane’s own budget', () => {
    const rig = new IsolationRig()
    const spend = (webhook: Webhook): boolean => rig.isolation.spendRetry(webhook, rig.nowMs)
    expect([spend(w), spend(w), spend(w), spend(a)]).toEqual([true, true, false, true])
    for (let count = 0; count < 100; count += 1) rig.ask(w, { patience: 'at_once' })
    expect(spend(w)).toBe(true)
  })

  it('do not grow with repeats: those are not new load', () => {
    const rig = new IsolationRig()
    for (let count = 0; count < 100; count += 1) rig.ask(w, { patience: 'at_once', isOffered: false })
    const granted = Array.from({ length: 10 }, () => rig.isolation.spendRetry(w, rig.nowMs))
    expect(granted.filter(Boolean)).toHaveLength(2)
  })
})

describe('figures', () => {
  it('tell of lanes, open ones, and attempts that take long', async () => {
    const rig = new IsolationRig()
    await hangThree(rig, w)
    rig.ask(a)
    await rig.pass(2_000)
    expect(rig.isolation.standing(rig.nowMs)).toEqual({
      closed: 1,
      open: 1,
      halfOpen: 0,
      waiting: 0,
      oldAttempts: 1,
    })
  })
})
