// Who may begin an attempt, whatever receivers do and in whatever order things happen.
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { Webhook } from '../../src/domain/webhook.ts'
import type { Asked, AttemptEnding } from '../../src/isolation/admission.ts'
import { urgencies } from '../../src/isolation/admission.ts'
import { seededRandom } from '../fakes/seeded-random.ts'
import { answered, endedAs, IsolationRig, wakeEveryMs, webhookOf } from '../unit/isolation/isolation-rig.ts'
import type { Ask } from '../unit/isolation/isolation-rig.ts'

type Move =
  | { readonly kind: 'ask'; readonly of: number; readonly how: Omit<Asked, 'webhook'> }
  | {
      readonly kind: 'end'
      readonly of: number
      readonly which: number
      readonly ending: AttemptEnding | null
    }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'share'; readonly share: number }

const anyHow = fc.record({
  urgency: fc.constantFrom(...urgencies),
  patience: fc.oneof(
    { weight: 6, arbitrary: fc.constant('may_wait' as const) },
    { weight: 1, arbitrary: fc.constantFrom('at_once' as const, 'not_now' as const) },
  ),
  isOffered: fc.boolean(),
})
/** Null: it is cancelled. */
const anyEnding = (kinds: readonly AttemptEnding['kind'][]): fc.Arbitrary<AttemptEnding | null> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 9,
      arbitrary: fc.record({
        kind: fc.constantFrom(...kinds),
        latencyMs: fc.oneof(fc.nat(50), fc.nat(12_000)),
        retryAfterMs: fc.option(fc.integer({ min: 1, max: 400_000 }), { freq: 8 }),
      }),
    },
  )
const anyPass = fc
  .oneof(fc.nat(30), fc.nat(3_000), fc.nat(20_000))
  .map((ms) => ({ kind: 'pass' as const, ms }))
const allKinds = ['answered', 'throttled', 'failed', 'hung', 'unreachable', 'none'] as const

const anyMoves = (of: fc.Arbitrary<number>, kinds: readonly AttemptEnding['kind'][]): fc.Arbitrary<Move[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), of, how: anyHow }) },
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('end' as const),
          of,
          which: fc.nat(9),
          ending: anyEnding(kinds),
        }),
      },
      { weight: 2, arbitrary: anyPass },
    ),
    { minLength: 20, maxLength: 150 },
  )

/** Runs one move; `webhooks` by their number. */
async function run(rig: IsolationRig, webhooks: readonly Webhook[], move: Move): Promise<Ask | null> {
  switch (move.kind) {
    case 'ask':
      return rig.ask(webhooks[move.of]!, move.how)
    case 'end': {
      const running = rig.asks.filter(
        ({ isRunning, asked }) => isRunning && asked.webhook === webhooks[move.of],
      )
      const ask = running[move.which % Math.max(1, running.length)]
      if (ask === undefined) return null
      await (move.ending === null ? rig.cancel(ask) : rig.end(ask, move.ending))
      return null
    }
    case 'pass':
      await rig.pass(move.ms)
      return null
    case 'share':
      rig.isolation.setShare(move.share, rig.nowMs)
      return null
  }
}

const webhooks = [
  webhookOf('a', { origin: 'https://shared.test', path: '/a' }),
  webhookOf('b', { origin: 'https://shared.test', path: '/b', concurrency: 3 }),
  webhookOf('c', { ratePerSecond: 4 }),
  webhookOf('d', { concurrency: 1, ratePerSecond: 0.5 }),
]
const bounds = { laneConcurrency: 6, originConcurrency: 7, maxWaiting: 30, maxOldAttempts: 6, maxLanes: 100 }

it('holds its bounds, answers in time and in order, and is never stuck', async () => {
  const anyShare = fc.record({
    kind: fc.constant('share' as const),
    share: fc.constantFrom(1, 0.5, 0.34, 0.1, 0),
  })
  const moves = fc
    .tuple(
      anyMoves(fc.nat(webhooks.length - 1), allKinds),
      fc.array(fc.tuple(fc.nat(150), anyShare), { maxLength: 3 }),
    )
    .map(([all, shares]) =>
      shares.reduce<Move[]>((before, [at, share]) => before.toSpliced(at, 0, share), all),
    )
  await fc.assert(
    fc.asyncProperty(moves, fc.constantFrom(0, 200, 1_000), fc.integer(), async (given, maxWaitMs, seed) => {
      const random = seededRandom(seed)
      const rig = new IsolationRig({ ...bounds, maxWaitMs }, () => random.next())
      let share = 1
      const runningOf = (webhook: Webhook): number =>
        rig.asks.filter(({ isRunning, asked }) => isRunning && asked.webhook === webhook).length
      const runningAt = (origin: string): number =>
        rig.asks.filter(({ isRunning, asked }) => isRunning && asked.webhook.origin === origin).length
      const waitingOf = (webhook: Webhook): Ask[] =>
        rig.asks.filter(({ answer, asked }) => answer === 'waits' && asked.webhook === webhook)
      const capOf = (limit: number): number => Math.max(1, Math.floor(limit * share))
      for (const move of given) {
        const before = webhooks.map((webhook) => ({
          running: runningOf(webhook),
          atOrigin: runningAt(webhook.origin),
          waiting: waitingOf(webhook),
        }))
        if (move.kind === 'share') ({ share } = move)
        const ask = await run(rig, webhooks, move)
        for (const [index, webhook] of webhooks.entries()) {
          const was = before[index]!
          const most = Math.min(webhook.concurrency ?? bounds.laneConcurrency, bounds.laneConcurrency)
          expect(runningOf(webhook)).toBeLessThanOrEqual(Math.max(was.running, capOf(most)))
          const mostAtOrigin = Math.max(was.atOrigin, capOf(bounds.originConcurrency))
          expect(runningAt(webhook.origin)).toBeLessThanOrEqual(mostAtOrigin)
          // The most urgent first, and in turn among equals.
          const rank = ({ asked }: Ask, at: number): number => urgencies.indexOf(asked.urgency) * 1_000 + at
          const ranks = was.waiting.map((each, at) => [each, rank(each, at)] as const)
          const letIn = ranks.filter(([{ answer }]) => answer === 'go').map(([, at]) => at)
          const left = ranks.filter(([{ answer }]) => answer === 'waits').map(([, at]) => at)
          expect(Math.max(-1, ...letIn)).toBeLessThan(Math.min(Number.POSITIVE_INFINITY, ...left))
        }
        const waiting = rig.asks.filter(({ answer }) => answer === 'waits')
        expect(rig.isolation.waiting).toBe(waiting.length)
        expect(waiting.length).toBeLessThanOrEqual(bounds.maxWaiting)
        if (ask !== null && /^(closed|paused)/.test(ask.answer)) {
          await rig.pass(wakeEveryMs)
          expect(waitingOf(ask.asked.webhook)).toEqual([])
        }
        if (ask?.admission?.kind === 'defer') expect(ask.waitMs).toBeGreaterThanOrEqual(0)
      }
      await rig.pass(maxWaitMs + 2 * wakeEveryMs)
      expect(rig.isolation.waiting).toBe(0)
      for (const { askedAtMs, answeredAtMs } of rig.asks) {
        expect((answeredAtMs ?? Number.POSITIVE_INFINITY) - askedAtMs).toBeLessThanOrEqual(
          maxWaitMs + wakeEveryMs,
        )
      }
      for (const ask of rig.asks) if (ask.isRunning) await rig.end(ask, endedAs('hung'))
      expect(rig.isolation.standing(rig.nowMs + 1e6).oldAttempts).toBe(0)
      // However it was left: after a while each lets one in, and is well again when that succeeds.
      rig.isolation.setShare(1, rig.nowMs)
      for (const webhook of webhooks) {
        rig.nowMs += 1_200_000
        const ask = rig.ask(webhook, { patience: 'at_once' })
        expect(ask.answer).toBe('go')
        await rig.end(ask, answered())
      }
      expect(rig.isolation.standing(rig.nowMs)).toMatchObject({
        closed: webhooks.length,
        open: 0,
        oldAttempts: 0,
      })
    }),
    { numRuns: 250 },
  )
}, 120_000)

it.each([
  ['of another origin', 'https://b.test', allKinds],
  // What the way there has in common is left out: it may be.
  ['of the same origin', 'https://a.test', allKinds.filter((kind) => kind !== 'unreachable')],
] as const)('what a webhook %s does changes no answer to another', async (_which, origin, kinds) => {
  const [a, b] = [webhookOf('a'), webhookOf('b', { origin, path: '/b' })]
  const roomy = { maxWaiting: 100_000, maxOldAttempts: 100_000, originConcurrency: 100_000 }
  const story = (rig: IsolationRig): unknown[] =>
    rig.asks
      .filter(({ asked }) => asked.webhook === a)
      .map(({ answer, askedAtMs, answeredAtMs, waitMs }) => ({ answer, askedAtMs, answeredAtMs, waitMs }))
  await fc.assert(
    fc.asyncProperty(anyMoves(fc.constantFrom(0, 1, 1), kinds), async (moves) => {
      const [together, alone] = [new IsolationRig(roomy), new IsolationRig(roomy)]
      for (const move of moves) {
        await run(together, [a, b], move)
        if (!('of' in move) || move.of === 0) await run(alone, [a, b], move)
      }
      expect(story(together)).toEqual(story(alone))
    }),
    { numRuns: 150 },
  )
})

it('workers together keep a rate through every change of their shares: never a tenth more in any ten seconds', () => {
  const ratePerSecond = 5
  const webhook = webhookOf('w', { ratePerSecond })
  const partitions = 12
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ workers: fc.integer({ min: 1, max: 6 }), forMs: fc.integer({ min: 200, max: 20_000 }) }),
        {
          minLength: 2,
          maxLength: 6,
        },
      ),
      fc.integer(),
      (phases, seed) => {
        const random = seededRandom(seed)
        const rigs = Array.from({ length: 6 }, () => new IsolationRig())
        for (const { isolation } of rigs) isolation.setShare(0, 0)
        const begun: number[] = []
        let nowMs = 100_000
        for (const { workers, forMs } of phases) {
          // Who leaves stops before the others are told; each of those is told in its own time.
          const shares = rigs.map(
            (_, index) => Math.max(0, Math.ceil((partitions - index) / workers)) / partitions,
          )
          const told = rigs.map((_, index) => (index < workers ? nowMs + random.next() * 300 : nowMs))
          const pending = new Set(rigs.keys())
          for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 5 + random.next() * 10) {
            for (const [index, { isolation }] of rigs.entries()) {
              if (pending.has(index) && nowMs >= told[index]!) {
                isolation.setShare(index < workers ? shares[index]! : 0, nowMs)
                pending.delete(index)
              }
              if (index >= workers) continue
              const asked = { webhook, urgency: 'end', patience: 'at_once', isOffered: true } as const
              const admission = isolation.ask(asked, nowMs)
              if (admission instanceof Promise || admission.kind !== 'go') continue
              begun.push(nowMs)
              admission.permit.end(answered(1), nowMs + 1)
            }
          }
        }
        let first = 0
        let most = 0
        for (const [last, atMs] of begun.entries()) {
          while (atMs - begun[first]! >= 10_000) first += 1
          most = Math.max(most, last - first + 1)
        }
        expect(most).toBeLessThanOrEqual(ratePerSecond * 11)
      },
    ),
    { numRuns: 60 },
  )
})

it('workers whose shares stay begin together as often as the rate allows, and no less', () => {
  const webhook = webhookOf('w', { ratePerSecond: 5 })
  for (const workers of [1, 3, 5, 12]) {
    const rigs = Array.from({ length: workers }, () => new IsolationRig())
    for (const { isolation } of rigs) isolation.setShare(1 / workers, 100_000)
    let begun = 0
    for (let nowMs = 100_000; nowMs < 160_000; nowMs += 10) {
      for (const { isolation } of rigs) {
        const asked = { webhook, urgency: 'end', patience: 'at_once', isOffered: true } as const
        const admission = isolation.ask(asked, nowMs)
        if (admission instanceof Promise || admission.kind !== 'go') continue
        begun += 1
        admission.permit.end(answered(1), nowMs + 1)
      }
    }
    expect(begun).toBeLessThanOrEqual(60 * 5 + workers)
    expect(begun).toBeGreaterThanOrEqual(60 * 5 - 2 * workers)
  }
})

it('a receiver that fails one time in ten is never kept away from, in a hundred thousand attempts', async () => {
  const rig = new IsolationRig()
  const random = seededRandom(1)
  const webhook = webhookOf('w')
  let away = 0
  for (let count = 0; count < 100_000; count += 1) {
    const ask = rig.ask(webhook, { patience: 'at_once' })
    rig.asks.length = 0
    if (ask.isRunning) ask.permit.end(random.next() < 0.1 ? endedAs('failed') : answered(), rig.nowMs)
    else away += 1
    rig.nowMs += 10
  }
  expect([away, rig.changes]).toEqual([0, []])
  await Promise.resolve()
})
