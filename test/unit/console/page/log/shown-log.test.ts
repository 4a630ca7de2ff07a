import { describe, expect, it } from '@jest/globals'
import type { LogPage } from '../../../../../src/console/page/log/log-wire.ts'
import { lookedAt, opened, withMore, withWaiting } from '../../../../../src/console/page/log/shown-log.ts'
import type { ShownLog } from '../../../../../src/console/page/log/shown-log.ts'
import { loggedAttempt } from './logged-attempt.ts'

/** Of attempts from the newest down to the oldest. */
function pageOf(newest: number, oldest: number, next: string | null = 'further'): LogPage {
  const attempts = Array.from({ length: newest - oldest + 1 }, (_, index) => loggedAttempt(newest - index))
  return { attempts, next, total: 1_000 }
}

const shownOf = ({ attempts }: ShownLog) => attempts.map(({ outcome_id }) => Number(outcome_id.slice(1)))

describe('a log that is shown', () => {
  it('grows at its end, and shows nothing twice', () => {
    const log = withMore(opened(pageOf(9, 7)), pageOf(7, 5, null))
    expect(shownOf(log)).toEqual([9, 8, 7, 6, 5])
    expect(log.next).toBeNull()
  })

  it('does not move when something new is there, and says so', () => {
    const log = lookedAt(opened(pageOf(9, 7)), pageOf(11, 9))
    expect(shownOf(log)).toEqual([9, 8, 7])
    expect(log.waiting).not.toBeNull()
  })

  it('shows what is new when it is asked for, and goes on at its end where it went on before', () => {
    const more = withMore(opened(pageOf(9, 7, 'a')), pageOf(6, 4, 'b'))
    const log = withWaiting(lookedAt(more, pageOf(11, 9, 'c')))
    expect(shownOf(log)).toEqual([11, 10, 9, 8, 7, 6, 5, 4])
    expect([log.next, log.waiting]).toEqual(['b', null])
  })

  it('begins anew where more is new than a page holds, instead of leaving something out', () => {
    const log = withWaiting(lookedAt(opened(pageOf(9, 7, 'a')), pageOf(20, 18, 'c')))
    expect(shownOf(log)).toEqual([20, 19, 18])
    expect(log.next).toBe('c')
  })

  it('says nothing where there is nothing new, and what changed is changed in its place', () => {
    const page = pageOf(9, 7)
    const changed = page.attempts.map((attempt) => ({ ...attempt, result: 'delivered' as const }))
    const log = lookedAt(opened(page), { ...page, attempts: changed })
    expect(log.waiting).toBeNull()
    expect(log.attempts.map(({ result }) => result)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(withWaiting(log)).toBe(log)
  })

  it('is opened by the first look where it was empty', () => {
    const log = lookedAt(opened({ attempts: [], next: null, total: 0 }), pageOf(3, 1, null))
    expect(shownOf(log)).toEqual([3, 2, 1])
    expect(log.waiting).toBeNull()
  })

  it('offers to send again only the newest attempt of a delivery', () => {
    const before = loggedAttempt(1, { delivery_id: 'same' })
    const again = loggedAttempt(2, { delivery_id: 'same', replay: 1, result: 'delivered', sendable: false })
    const page = { attempts: [before], next: null, total: null }
    const log = lookedAt(opened(page), { ...page, attempts: [again, before] })
    expect(log.attempts.map(({ sendable }) => sendable)).toEqual([false])
  })
})
