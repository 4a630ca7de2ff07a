import { expect, it } from '@jest/globals'
import type { Outcome } from '../../../src/domain/outcome.ts'
import type { WebhookFact } from '../../../src/domain/suspension.ts'
import { FactTelling } from '../../../src/pipeline/fact-telling.ts'
import { FailingStreaks } from '../../../src/suspension/failing-streaks.ts'
import { SuspensionTable } from '../../../src/suspension/suspension-table.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { anOutcome } from '../telemetry/an-outcome.ts'
import { config, fact, held } from '../suspension/samples.ts'

function begin() {
  const clock = new VirtualClock()
  const table = new SuspensionTable()
  const rules = { reportEveryMs: 100, retellEveryMs: 100, forgetAfterMs: 1e12, most: 10 }
  const streaks = new FailingStreaks(rules, table)
  const telling = new FactTelling({ clock, streaks, table, everyMs: 100 })
  const written: (readonly WebhookFact[])[] = []
  const answers: PromiseWithResolvers<void>[] = []
  telling.begin({
    write(facts) {
      written.push(facts)
      const answer = Promise.withResolvers<void>()
      answers.push(answer)
      return answer.promise
    },
  })
  const { webhookId, accountId } = fact()
  const timings = { connectMs: 1, firstByteMs: 1, totalMs: 1 }
  const saw = (fields: Partial<Outcome>): void =>
    telling.observe({
      kind: 'outcome',
      outcome: anOutcome({ webhookId, accountId, config, timings, ...fields }),
      detail: null,
    })
  const failed = { result: 'retry_scheduled', reason: 'connect', faultOwner: 'network' } as const
  return { clock, table, streaks, telling, written, answers, saw, failed, webhookId }
}

it('counts attempts that failed by the receiver’s or the network’s fault, and no others', () => {
  const { streaks, saw, failed } = begin()
  saw({ ...failed, faultOwner: 'worker', reason: 'proxy' })
  saw({ ...failed, faultOwner: 'blocked', reason: 'address_denied' })
  saw({ ...failed, timings: null })
  saw({ ...failed, webhookId: null })
  for (const result of ['deferred', 'expired', 'cancelled', 'rejected', 'shadowed'] as const)
    saw({ ...failed, result })
  expect(streaks.size).toBe(0)
  saw(failed)
  saw({ ...failed, result: 'failed', faultOwner: 'receiver' })
  expect(streaks.size).toBe(1)
})

it('tells in its time, one write after the other, and keeps what comes meanwhile', async () => {
  const { clock, written, answers, saw, failed, telling } = begin()
  saw(failed)
  await clock.advance(200)
  expect(written).toMatchObject([[{ failures: 1, last: { reason: 'connect' } }]])
  saw(failed)
  await clock.advance(1_000)
  expect(written).toHaveLength(1)
  answers[0]?.resolve()
  await clock.advance(100)
  expect(written).toMatchObject([[{ failures: 1 }], [{ failures: 2 }]])
  telling.stop()
})

it('tells of a success at once where it is waited for, also behind a write that is under way', async () => {
  const { clock, table, written, answers, saw, failed, telling, webhookId } = begin()
  saw(failed)
  await clock.advance(200)
  table.apply(webhookId, held())
  saw({ result: 'delivered' })
  expect(written).toHaveLength(1)
  answers[0]?.resolve()
  await clock.advance(0)
  expect(written[1]).toMatchObject([{ watchOffset: 40n, succeededAtMs: clock.nowMs() }])
  telling.stop()
})

it('a writer that is stopped ends nothing else', async () => {
  const { clock, written, answers, saw, failed, telling } = begin()
  saw(failed)
  await clock.advance(200)
  answers[0]?.reject(new Error('stopped'))
  await clock.advance(0)
  telling.stop()
  saw(failed)
  await clock.advance(1_000)
  expect(written).toHaveLength(1)
})
