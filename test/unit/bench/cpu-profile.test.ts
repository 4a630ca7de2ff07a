// What of a CPU profile counts: the busy time after the first quarter.
import { expect, it } from '@jest/globals'
import { busyStacks } from '../../bench/profile/cpu-profile.ts'
import { profileOf } from './profiles.ts'

const timesOf = (samples: number[], deltas: number[]) =>
  busyStacks(profileOf(samples, deltas)).map(({ frames, microseconds }) => [
    frames.map(({ functionName }) => functionName).join(' > '),
    microseconds,
  ])

it('stacks begin at the outermost function and have the time of their samples', () => {
  expect(timesOf([3, 3, 4, 3, 4, 4, 3, 4], Array(8).fill(100))).toEqual([
    ['main > render', 400],
    ['main', 200],
  ])
})

it('idle time is left out, but passes', () => {
  expect(timesOf([2, 2, 3, 4], Array(4).fill(100))).toEqual([
    ['main', 100],
    ['main > render', 100],
  ])
})

it('a process that stood still did not compute all the time', () => {
  expect(timesOf([3, 3, 3, 4, 3], [100, 100, 100, 3_000_000, 100])).toEqual([
    ['main > render', 1_000],
    ['main', 100],
  ])
})
