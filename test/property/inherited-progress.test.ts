// A worker dies and another takes over, again and again: nothing is skipped that was not finished, and nothing
// is done again that the last commit knew to be finished.
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { decodeMetadata, encodeMetadata } from '../../src/progress/commit-metadata.ts'
import { OffsetTracker } from '../../src/progress/offset-tracker.ts'
import type { TakenOffset } from '../../src/progress/offset-tracker.ts'

/** One worker's time: how many records it takes, which of them it finishes, and when it commits. */
const anyTime = fc.record({
  takes: fc.nat(30),
  finishes: fc.array(fc.nat(), { maxLength: 30 }),
  commits: fc.boolean(),
})

it('each record is finished at least once, and one that a commit knew is never taken again', () => {
  fc.assert(
    fc.property(fc.array(anyTime, { maxLength: 8 }), fc.nat(60), (times, length) => {
      const finished = new Set<bigint>()
      const knownToCommit = new Set<bigint>()
      let committed = { offset: 0n, metadata: '' }
      const liveThrough = ({ takes, finishes, commits }: (typeof times)[number]): void => {
        const tracker = new OffsetTracker(decodeMetadata(committed.offset, committed.metadata))
        const open: TakenOffset[] = []
        for (let offset = committed.offset; offset < BigInt(length) && open.length < takes; offset += 1n) {
          if (tracker.isTaken(offset)) {
            expect(finished).toContain(offset)
            continue
          }
          expect(knownToCommit).not.toContain(offset)
          open.push(tracker.take(offset, 0))
        }
        for (const which of finishes) {
          const [taken] = open.splice(which % Math.max(1, open.length), 1)
          if (taken === undefined) continue
          tracker.finish(taken)
          finished.add(taken.offset)
        }
        const offset = tracker.committable()
        if (!commits || offset === null) return
        expect(offset >= committed.offset).toBe(true)
        const unfinished = tracker.unfinished()
        committed = { offset, metadata: encodeMetadata(offset, unfinished) }
        for (let each = 0n; each < unfinished.end; each += 1n) {
          if (each < offset || !unfinished.offsets.includes(each)) knownToCommit.add(each)
        }
        for (const each of knownToCommit) expect(finished).toContain(each)
      }
      for (const time of times) liveThrough(time)
      liveThrough({ takes: length, finishes: Array.from({ length }, () => 0), commits: true })
      expect(finished.size).toBe(length)
    }),
  )
})
