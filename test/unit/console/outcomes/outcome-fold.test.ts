import { describe, expect, it } from '@jest/globals'
import { countedOutcome, standingAfter } from '../../../../src/console/outcomes/outcome-fold.ts'
import type { Standing } from '../../../../src/console/outcomes/outcome-fold.ts'
import { outcomeRecord, writtenAtMs } from '../outcome-samples.ts'

describe('what an outcome counts as', () => {
  it.each([
    ['delivered', 'delivered'],
    ['failed', 'failed'],
    ['rejected', 'failed'],
    ['expired', 'failed'],
    ['cancelled', 'cancelled'],
  ] as const)('a final %s is %s', (result, verdict) => {
    expect(countedOutcome(outcomeRecord({ result, replay: 2 }))?.standing).toEqual({ replay: 2, verdict })
  })

  it.each([
    ['a try that will be repeated', { final: false, result: 'retry_scheduled' }],
    ['an end of an unknown kind', { result: 'unknown' }],
    ['an end that is none', { result: 'deferred' }],
  ] as const)('%s ends nothing', (_, changes) => {
    expect(countedOutcome(outcomeRecord(changes))?.standing ?? null).toBeNull()
  })

  it('one for a whole event belongs to no webhook', () => {
    const record = outcomeRecord({ webhook_id: null, result: 'rejected', reason: 'fanout_limit' })
    expect(countedOutcome(record)).toBeNull()
  })

  it.each([
    ['delivered', { result: 'delivered' }, true],
    ['a failed last try', { result: 'failed' }, true],
    ['a failed try with others to come', { result: 'retry_scheduled', final: false }, true],
    ['rejected before any request', { result: 'rejected', attempt: 0, queued_ms: null }, false],
    ['given up without another request', { result: 'failed', attempt: 3, queued_ms: null }, false],
    ['cancelled after earlier requests', { result: 'cancelled', attempt: 3 }, false],
    ['deferred after earlier requests', { result: 'deferred', attempt: 3, final: false }, false],
    ['a time that no calendar has', { result: 'delivered', written_at: 8_640_000_000_000_001 }, false],
  ] as const)('%s: whether it tells of a request', (_, changes, tells) => {
    expect(countedOutcome(outcomeRecord(changes))?.triedAtMs ?? null).toBe(tells ? writtenAtMs : null)
  })
})

describe('how a delivery stands', () => {
  const standing = (text: string): Standing => {
    const [verdict, replay] = text.split(' ') as [Standing['verdict'], string]
    return { verdict, replay: Number(replay) }
  }
  it.each([
    ['failed 0', 'cancelled 0', 'cancelled 0'],
    ['cancelled 0', 'failed 0', 'failed 0'],
    ['failed 0', 'delivered 0', 'delivered 0'],
    ['delivered 0', 'failed 0', 'delivered 0'],
    ['failed 0', 'delivered 1', 'delivered 1'],
    ['delivered 0', 'failed 1', 'delivered 0'],
    ['failed 1', 'cancelled 0', 'failed 1'],
    ['failed 1', 'delivered 0', 'delivered 0'],
    ['failed 0', 'cancelled 1', 'cancelled 1'],
  ])('%s, then %s: %s', (before, newer, after) => {
    expect(standingAfter(standing(before), standing(newer))).toEqual(standing(after))
  })
})
