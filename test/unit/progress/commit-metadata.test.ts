// What a commit says about the records behind it, and what is believed of it.
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { decodeMetadata, encodeMetadata, fits } from '../../../src/progress/commit-metadata.ts'

describe('the metadata of a commit', () => {
  it('is a known text for a known set, so that versions understand each other', () => {
    // Committed 1,000; 1,000 and 1,003 are unfinished; 1,001, 1,002 and 1,004 to 1,299 are finished.
    const metadata = encodeMetadata(1_000n, { offsets: [1_000n, 1_003n], end: 1_300n })
    expect(metadata).toBe('u1:rAID')
    expect(decodeMetadata(1_000n, metadata)).toEqual({ offsets: [1_000n, 1_003n], end: 1_300n })
  })

  it('is empty where nothing behind the offset is finished', () => {
    expect(encodeMetadata(5n, { offsets: [], end: 5n })).toBe('')
    expect(encodeMetadata(5n, { offsets: [5n, 6n], end: 7n })).toBe('')
  })

  it('fits the broker’s 4,096 characters, and says less rather than more where it would not', () => {
    const offsets = Array.from({ length: 20_000 }, (_, index) => BigInt(index) * 3n)
    const metadata = encodeMetadata(0n, { offsets, end: 60_000n })
    expect(metadata.length).toBeLessThanOrEqual(4_096)
    const known = decodeMetadata(0n, metadata)
    expect(known?.offsets.length).toBeGreaterThan(3_000)
    expect(known?.offsets).toEqual(offsets.slice(0, known?.offsets.length))
    expect(known?.end).toBe(offsets[known?.offsets.length ?? 0])
  })

  it.each([
    ['nothing', null],
    ['an empty text', ''],
    ['a text of another program', 'consumer-42'],
    ['a later version', 'u2:rAID'],
    ['no number', 'u1:'],
    ['a number that is cut off', 'u1:rA=='],
    ['a number wider than an offset', `u1:${Buffer.alloc(12, 0xff).toString('base64')}`],
    ['a distance of nothing', `u1:${Buffer.from([9, 0]).toString('base64')}`],
    ['an unfinished offset behind the end', `u1:${Buffer.from([3, 9]).toString('base64')}`],
  ])('that is %s is not believed: everything is unfinished', (_what, metadata) => {
    expect(decodeMetadata(7n, metadata)).toBeNull()
  })

  it('comes back as it went, for any set that fits', () => {
    const distances = fc.array(fc.bigInt({ min: 1n, max: 2n ** 40n }), { maxLength: 300 })
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 60n }),
        distances,
        fc.bigInt({ min: 2n, max: 2n ** 20n }),
        (committed, behind, beyond) => {
          const offsets = [committed]
          for (const distance of behind) offsets.push((offsets.at(-1) ?? 0n) + distance)
          const unfinished = { offsets, end: (offsets.at(-1) ?? 0n) + beyond }
          expect(decodeMetadata(committed, encodeMetadata(committed, unfinished))).toEqual(unfinished)
        },
      ),
    )
  })

  it('has room for some two thousand unfinished records that lie close, and for fewer the wider they lie', () => {
    expect([1_900, 2_300].map((unfinished) => fits(unfinished, BigInt(unfinished) * 3n))).toEqual([
      true,
      false,
    ])
    expect([1_000, 1_200].map((unfinished) => fits(unfinished, BigInt(unfinished) * 1_000n))).toEqual([
      true,
      false,
    ])
  })

  it('of any set of a size that fits tells all of it, and leaves a quarter of the room', () => {
    const anyDistance = fc.oneof(
      fc.constantFrom(1n, 127n, 128n, 16_383n, 16_384n),
      fc.bigInt({ min: 1n, max: 2n ** 22n }),
    )
    const anyBehind = fc
      .tuple(fc.array(anyDistance, { minLength: 1, maxLength: 4 }), fc.nat(3_000))
      .map(([distances, count]) =>
        Array.from({ length: count }, (_, at) => distances[at % distances.length] ?? 1n),
      )
    fc.assert(
      fc.property(anyBehind, fc.bigInt({ min: 1n, max: 2n ** 30n }), (behind, beyond) => {
        const offsets = [7n]
        for (const distance of behind) offsets.push((offsets.at(-1) ?? 0n) + distance)
        const unfinished = { offsets, end: (offsets.at(-1) ?? 0n) + beyond }
        fc.pre(unfinished.end - 7n > BigInt(offsets.length) && fits(offsets.length, unfinished.end - 7n))
        const metadata = encodeMetadata(7n, unfinished)
        expect(metadata.length).toBeLessThanOrEqual(3_072)
        expect(decodeMetadata(7n, metadata)).toEqual(unfinished)
      }),
    )
  })

  it('of any text never throws, and never names an unfinished offset below the committed one', () => {
    fc.assert(
      fc.property(fc.string(), fc.base64String(), (text, base64) => {
        for (const metadata of [text, `u1:${base64}`, `u1:${text}`]) {
          const known = decodeMetadata(100n, metadata)
          if (known === null) continue
          expect(known.offsets[0]).toBe(100n)
          expect(known.offsets.every((offset) => offset >= 100n && offset < known.end)).toBe(true)
        }
      }),
    )
  })
})
