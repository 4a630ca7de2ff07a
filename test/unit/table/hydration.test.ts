import { describe, expect, it } from '@jest/globals'
import {
  endsKnown,
  hydrationAtStart,
  positionReached,
  readAgain,
  type HydrationState,
} from '../../../src/table/hydration.ts'

const reading = (...remaining: [number, bigint][]): HydrationState => ({
  kind: 'reading',
  remaining: new Map(remaining),
})

describe('hydration', () => {
  it('waits for the ends: no position counts before they are known', () => {
    expect(hydrationAtStart).toEqual({ kind: 'waiting_for_ends' })
    expect(positionReached(hydrationAtStart, 0, 100n)).toBe(hydrationAtStart)
    expect(readAgain(hydrationAtStart, 0, 100n)).toBe(hydrationAtStart)
  })

  it('is ready at once where there is no partition', () => {
    expect(endsKnown(new Map())).toEqual({ kind: 'ready' })
  })

  it('is ready when every partition has reached its end, an empty one too', () => {
    const ends = new Map([
      [0, 10n],
      [1, 0n],
    ])
    let state = endsKnown(ends)
    expect(state).toEqual(reading([0, 10n], [1, 0n]))
    state = positionReached(state, 0, 9n)
    expect(state).toEqual(reading([0, 10n], [1, 0n]))
    state = positionReached(state, 0, 10n)
    expect(state).toEqual(reading([1, 0n]))
    state = positionReached(state, 1, 0n)
    expect(state).toEqual({ kind: 'ready' })
    expect(ends.size).toBe(2)
  })

  it('takes a position beyond the end, and does not go back for a lower one', () => {
    const state = positionReached(
      endsKnown(
        new Map([
          [0, 10n],
          [1, 5n],
        ]),
      ),
      0,
      99n,
    )
    expect(positionReached(state, 0, 1n)).toEqual(reading([1, 5n]))
    expect(positionReached(positionReached(state, 1, 5n), 1, 0n)).toEqual({ kind: 'ready' })
  })

  it('ignores a partition that it was not told of', () => {
    expect(positionReached(reading([0, 10n]), 7, 99n)).toEqual(reading([0, 10n]))
  })

  it('is not ready while a partition is read again', () => {
    const again = readAgain({ kind: 'ready' }, 1, 8n)
    expect(again).toEqual(reading([1, 8n]))
    expect(positionReached(again, 1, 8n)).toEqual({ kind: 'ready' })
    expect(readAgain(reading([0, 10n]), 1, 8n)).toEqual(reading([0, 10n], [1, 8n]))
    expect(readAgain(reading([0, 10n]), 0, 20n)).toEqual(reading([0, 20n]))
  })
})
