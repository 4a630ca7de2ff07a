// Dealing partitions: balanced, complete, and with few moves.
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { dealPartitions } from '../../../src/kafka/deal-partitions.ts'
import type { Claim } from '../../../src/kafka/deal-partitions.ts'

const claim = (memberId: string, partitions: readonly number[], generation = 1): Claim => ({
  memberId,
  generation,
  partitions,
})

const nobody = (count: number): Claim[] =>
  Array.from({ length: count }, (_, index) => claim(`m${index}`, [], -1))

/** The members' claims after a deal, and one who is new. */
const claimsAfter = (dealt: ReadonlyMap<string, readonly number[]>, generation: number): Claim[] =>
  Array.from(dealt, ([memberId, partitions]) => claim(memberId, partitions, generation))

const movedBetween = (
  before: ReadonlyMap<string, readonly number[]>,
  after: ReadonlyMap<string, readonly number[]>,
): number => {
  const owner = new Map(Array.from(before).flatMap(([id, own]) => own.map((each) => [each, id] as const)))
  return Array.from(after).flatMap(([id, own]) => own.filter((each) => owner.get(each) !== id)).length
}

describe('dealing partitions', () => {
  it('gives a lone member all', () => {
    expect([...dealPartitions(nobody(1), 4)]).toEqual([['m0', [0, 1, 2, 3]]])
  })

  it('moves only the newcomer’s share when a fifth worker joins four', () => {
    const four = dealPartitions(nobody(4), 60)
    const five = dealPartitions([...claimsAfter(four, 1), claim('m9', [], -1)], 60)
    expect(movedBetween(four, five)).toBe(12)
  })

  it('moves only what a leaver had', () => {
    const five = dealPartitions(nobody(5), 60)
    const four = dealPartitions(claimsAfter(five, 1).slice(1), 60)
    expect(movedBetween(five, four)).toBe(12)
  })

  it('believes the later of two claims: a worker that was frozen does not get back what moved on', () => {
    const dealt = dealPartitions(
      [claim('thawed', [0, 1], 3), claim('taker', [0, 1], 4), claim('new', [], -1)],
      3,
    )
    expect(dealt.get('taker')).toContain(0)
  })

  it('ignores claims to partitions that do not exist', () => {
    expect([...dealPartitions([claim('a', [7, -1, 0])], 2)]).toEqual([['a', [0, 1]]])
  })

  it('has nothing to deal without members or partitions', () => {
    expect([...dealPartitions([], 3)]).toEqual([])
    expect([...dealPartitions(nobody(2), 0)].map(([, own]) => own)).toEqual([[], []])
  })
})

describe('whatever is claimed', () => {
  const claims = fc.uniqueArray(
    fc.record({
      memberId: fc.string({ minLength: 1, maxLength: 3 }),
      generation: fc.integer({ min: -1, max: 5 }),
      partitions: fc.array(fc.integer({ min: -1, max: 40 })),
    }),
    { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 9 },
  )

  it('each partition goes to one member, and shares differ by one at most', () => {
    fc.assert(
      fc.property(claims, fc.integer({ min: 0, max: 40 }), (given, count) => {
        const shares = [...dealPartitions(given, count).values()]
        const all = shares.flat().sort((a, b) => a - b)
        expect(all).toEqual(Array.from({ length: count }, (_, index) => index))
        expect(shares).toHaveLength(given.length)
        const sizes = shares.map(({ length }) => length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('every leader deals alike, in whatever order the members are listed', () => {
    fc.assert(
      fc.property(claims, fc.integer({ min: 0, max: 40 }), (given, count) => {
        const sorted = (dealt: ReadonlyMap<string, readonly number[]>) =>
          new Map([...dealt].sort(([one], [other]) => (one < other ? -1 : 1)))
        expect(sorted(dealPartitions(given.toReversed(), count))).toEqual(
          sorted(dealPartitions(given, count)),
        )
      }),
    )
  })

  it('one member more or less moves no more than its share, rounded up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 60 }), (members, count) => {
        const before = dealPartitions(nobody(members), count)
        const after = dealPartitions([...claimsAfter(before, 1), claim('z', [], -1)], count)
        expect(movedBetween(before, after)).toBeLessThanOrEqual(Math.ceil(count / (members + 1)))
      }),
    )
  })
})
