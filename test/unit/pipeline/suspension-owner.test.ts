import { describe, expect, it } from '@jest/globals'
import type { Observation } from '../../../src/domain/observation.ts'
import type { TransactionEnd } from '../../../src/domain/transaction-end.ts'
import type { Verdict, WebhookFact } from '../../../src/domain/suspension.ts'
import { LiveSuspensions } from '../../../src/pipeline/live-suspensions.ts'
import { SuspensionOwner } from '../../../src/pipeline/suspension-owner.ts'
import type { FactSink } from '../../../src/ports.ts'
import { Judge } from '../../../src/suspension/judge.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { config, fact } from '../suspension/samples.ts'

const gone = fact({ gone: true })

/** One process, over a ledger that answers as it is told; what is written comes back at once. */
function begin(facts: readonly WebhookFact[] = []) {
  const clock = new VirtualClock()
  const suspensions = new LiveSuspensions(clock, 1_000)
  const told: Observation[] = []
  const written: (readonly Verdict[])[] = []
  const answers: TransactionEnd[] = []
  const counts = { opened: 0, closed: 0, reading: 0 }
  const topic = { isFollowed: true, offset: 0n }
  let sink: FactSink | null = null
  const judge = new Judge(
    { afterMs: 1_000, attempts: 3, forgetAfterMs: 1e15 },
    suspensions.table,
    () => config,
  )
  suspensions.started(new Map([[0, 0n]]))
  const owner = new SuspensionOwner({
    clock,
    judge,
    observer: { observe: (observation) => void told.push(observation) },
    everyMs: 100,
    caughtUpAsOfMs: () => (topic.isFollowed ? clock.monotonicMs() : Number.NEGATIVE_INFINITY),
    openFacts: () => ({
      start(to) {
        counts.reading += 1
        sink = to
        for (const each of facts) to.change(each.webhookId, 'p', each)
        return Promise.resolve()
      },
      stop() {
        counts.reading -= 1
        return Promise.resolve()
      },
    }),
    ledger: {
      open() {
        counts.opened += 1
        return Promise.resolve({
          write(verdicts: readonly Verdict[]) {
            const answer = answers.shift() ?? { kind: 'written' as const }
            if (answer.kind !== 'written') return Promise.resolve(answer)
            written.push(verdicts)
            for (const { webhookId, suspension } of verdicts) {
              const held = suspension === null ? null : { ...suspension, offset: topic.offset }
              suspensions.change(webhookId, held)
              topic.offset += 1n
            }
            return Promise.resolve(answer)
          },
          close() {
            counts.closed += 1
            return Promise.resolve()
          },
        })
      },
    },
  })
  /** Facts are read to their end, again and again. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 25) {
      sink?.position(0, 1n, 1n, clock.monotonicMs())
      await clock.advance(25)
    }
  }
  return { owner, clock, told, written, answers, counts, topic, pass }
}

describe('the worker that judges', () => {
  it('is the one that owns the first partition, and only as long as it does', async () => {
    const { owner, counts, pass } = begin()
    owner.assigned([1, 2])
    await pass(500)
    expect([owner.state, counts.opened]).toEqual(['aside', 0])
    owner.assigned([0, 2])
    await pass(500)
    expect([owner.state, counts.opened, counts.reading]).toEqual(['judging', 1, 1])
    owner.assigned([0, 1, 2])
    await pass(500)
    expect(counts.opened).toBe(1)
    owner.assigned([2])
    await pass(500)
    expect([owner.state, counts]).toEqual(['aside', { opened: 1, closed: 1, reading: 0 }])
  })

  it('judges nothing before it has read all that was written before it shut others out', async () => {
    const { owner, written, topic, pass } = begin([gone])
    topic.isFollowed = false
    owner.assigned([0])
    await pass(2_000)
    expect([owner.state, written]).toEqual(['reading', []])
    topic.isFollowed = true
    await pass(1_000)
    expect(written).toMatchObject([[{ suspension: { state: 'suspended', cause: 'gone' } }]])
    await owner.stop()
  })

  it('writes a verdict once, and tells of it', async () => {
    const { owner, told, written, pass } = begin([gone])
    owner.assigned([0])
    await pass(5_000)
    expect(written).toHaveLength(1)
    expect(told).toMatchObject([{ kind: 'verdict', verdict: 'gone', webhookId: 'w', accountId: 'acme' }])
    await owner.stop()
  })

  it.each<[TransactionEnd, number]>([
    [{ kind: 'in_doubt', error: 'no answer' }, 1_000],
    [{ kind: 'shut_out' }, 5_000],
  ])('opens anew after a wait where it does not know what was written: %j', async (answer, waitMs) => {
    const { owner, written, answers, counts, pass } = begin([gone])
    answers.push(answer)
    owner.assigned([0])
    await pass(waitMs)
    expect([owner.state, written, counts]).toEqual(['resting', [], { opened: 1, closed: 1, reading: 0 }])
    await pass(1_500)
    expect([written.length, counts.opened]).toEqual([1, 2])
    await owner.stop()
  })

  it('reads all again where its reading of suspensions is void', async () => {
    const { owner, counts, pass } = begin()
    owner.assigned([0])
    await pass(500)
    owner.readAgain()
    await pass(2_000)
    expect([owner.state, counts.opened, counts.closed]).toEqual(['judging', 2, 1])
    await owner.stop()
  })
})
