import { describe, expect, it } from '@jest/globals'
import { ReadingProgress } from '../../../src/table/reading-progress.ts'

describe('the progress of reading a topic', () => {
  it('goes from 0 to 1 over what stood there at start, and tells what is behind now', () => {
    const progress = new ReadingProgress()
    expect([progress.ratio, progress.behind]).toEqual([0, 0])
    progress.started(
      new Map([
        [0, 60n],
        [1, 40n],
      ]),
    )
    expect([progress.ratio, progress.behind]).toEqual([0, 100])
    progress.position(0, 30n, 80n)
    expect([progress.ratio, progress.behind]).toEqual([0.3, 90])
    progress.position(1, 40n, 40n)
    progress.position(0, 75n, 80n)
    expect([progress.ratio, progress.behind]).toEqual([1, 5])
  })

  it('begins again with a partition that is read again', () => {
    const progress = new ReadingProgress()
    progress.started(new Map([[0, 10n]]))
    progress.position(0, 40n, 40n)
    progress.again(0)
    expect([progress.ratio, progress.behind]).toEqual([0, 40])
    progress.position(0, 10n, 40n)
    expect(progress.ratio).toBe(0.25)
  })

  it('counts a partition that was added later as behind, and as none of what stood there at start', () => {
    const progress = new ReadingProgress()
    progress.started(new Map([[0, 10n]]))
    progress.position(0, 10n, 10n)
    progress.position(1, 0n, 10n)
    expect(progress.behind).toBe(10)
  })
})
