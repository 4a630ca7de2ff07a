import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { partitionOfKey } from '../../../src/kafka/key-partition.ts'
import { computingMs } from '../../harness/computing-time.ts'

/** The plain client's own hash, which agrees with Java's. */
const plain: (key: Buffer) => number = createRequire(import.meta.url)(
  'kafkajs/src/producer/partitioners/default/murmur2',
)

describe("a key's partition", () => {
  it('is where the plain client puts it, and with it all other producers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const expected = (plain(Buffer.from(key)) & 0x7fff_ffff) % partitions
        expect(partitionOfKey(key, partitions)).toBe(expected)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    // From the tests of Kafka's own Utils.murmur2.
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ])('of %j is that of Java', (key, hash) => {
    expect(partitionOfKey(Buffer.from(key), 2 ** 31)).toBe(hash & 0x7fff_ffff)
  })

  it('costs no more time than its bytes, where the plain client stands still', () => {
    // A hundredth of what ours is given, since at 1 MB the plain one takes half a minute.
    const plainMs = computingMs(() => plain(Buffer.alloc(40_000, 0xa5)))
    expect(computingMs(() => partitionOfKey(Buffer.alloc(4_000_000, 0xa5), 12))).toBeLessThan(50 * plainMs)
    expect(computingMs(() => partitionOfKey(Buffer.alloc(40_000, 0xa5), 12))).toBeLessThan(plainMs / 5)
  })
})
