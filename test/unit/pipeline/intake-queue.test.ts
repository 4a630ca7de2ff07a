import { describe, expect, it } from '@jest/globals'
import { IntakeQueue } from '../../../src/pipeline/intake-queue.ts'
import type { IntakeBounds } from '../../../src/pipeline/intake-queue.ts'
import type { SourceRecord } from '../../../src/ports.ts'

const recordOf = (offset: number, bytes = 10): SourceRecord => ({
  position: { topic: 'call-events', partition: 0, offset: BigInt(offset) },
  timestampMs: 0,
  key: null,
  value: Buffer.alloc(bytes),
  headers: {},
})
const from = (first: number, count: number): SourceRecord[] =>
  Array.from({ length: count }, (_, index) => recordOf(first + index))

/** `tapped`: what it asked of the source. */
function queueOf(bounds: Partial<IntakeBounds> = {}) {
  const tapped: string[] = []
  const tap = { pause: () => tapped.push('pause'), resume: () => tapped.push('resume') }
  const queue = new IntakeQueue({ maxQueuedRecords: 10, maxQueuedBytes: 1_000, ...bounds }, tap)
  const shift = (times: number): number[] =>
    Array.from({ length: times }, () => Number(queue.shift()?.position.offset ?? -1))
  return { queue, tapped, shift }
}

describe('an intake queue', () => {
  it('gives out in order what it was given', () => {
    const { queue, shift } = queueOf()
    queue.push(from(0, 3))
    expect(queue.first?.position.offset).toBe(0n)
    expect(shift(2)).toEqual([0, 1])
    queue.push(from(3, 2))
    expect(queue.size).toBe(3)
    expect(shift(4)).toEqual([2, 3, 4, -1])
    expect([queue.size, queue.first]).toEqual([0, undefined])
  })

  it('takes all of what was fetched, pauses past its number of records, and resumes at half', () => {
    const { queue, tapped, shift } = queueOf()
    queue.push(from(0, 10))
    expect(tapped).toEqual([])
    queue.push(from(10, 10))
    expect([queue.size, tapped]).toEqual([20, ['pause']])
    shift(14)
    expect(tapped).toEqual(['pause'])
    shift(1)
    expect([queue.size, tapped]).toEqual([5, ['pause', 'resume']])
  })

  it('pauses past its bytes, and resumes when half of them are free', () => {
    const { queue, tapped, shift } = queueOf({ maxQueuedBytes: 100 })
    queue.push([recordOf(0, 40), recordOf(1, 30), recordOf(2, 30)])
    expect(tapped).toEqual([])
    queue.push([recordOf(3, 1)])
    expect(tapped).toEqual(['pause'])
    shift(1)
    expect(tapped).toEqual(['pause'])
    shift(1)
    expect(tapped).toEqual(['pause', 'resume'])
  })

  it('forgets all, and pauses anew', () => {
    const { queue, tapped } = queueOf()
    queue.push(from(0, 11))
    queue.clear()
    expect([queue.size, queue.shift()]).toEqual([0, undefined])
    queue.push(from(0, 11))
    expect(tapped).toEqual(['pause', 'pause'])
  })
})

describe('an intake queue that takes up to a number', () => {
  it('says how many it took, and pauses where some are left lying', () => {
    const { queue, tapped } = queueOf()
    expect(queue.pushUpTo(4, from(0, 3))).toBe(3)
    expect(tapped).toEqual([])
    expect(queue.pushUpTo(4, from(3, 3))).toBe(1)
    expect([queue.size, tapped]).toEqual([4, ['pause']])
    expect(queue.pushUpTo(4, from(4, 2))).toBe(0)
    expect(tapped).toEqual(['pause'])
  })

  it('is not paused where all fits exactly', () => {
    const { queue, tapped } = queueOf()
    expect(queue.pushUpTo(4, from(0, 4))).toBe(4)
    expect(tapped).toEqual([])
  })

  it('takes one at least where it is empty, so that nothing waits for what is not there', () => {
    const { queue, tapped, shift } = queueOf()
    expect(queue.pushUpTo(0, from(0, 2))).toBe(1)
    expect(tapped).toEqual(['pause'])
    expect(shift(1)).toEqual([0])
    expect(tapped).toEqual(['pause', 'resume'])
  })

  it('resumes at half of what it may hold then, for the rest to be handed over again', () => {
    const { queue, tapped, shift } = queueOf()
    expect(queue.pushUpTo(4, from(0, 9))).toBe(4)
    shift(2)
    expect(tapped).toEqual(['pause'])
    shift(1)
    expect(tapped).toEqual(['pause', 'resume'])
    expect(queue.pushUpTo(4, from(4, 5))).toBe(3)
    expect(shift(4)).toEqual([3, 4, 5, 6])
  })

  it('pauses past its bytes, too', () => {
    const { queue, tapped } = queueOf({ maxQueuedBytes: 15 })
    expect(queue.pushUpTo(4, from(0, 2))).toBe(2)
    expect(tapped).toEqual(['pause'])
  })
})
