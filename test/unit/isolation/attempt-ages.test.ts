import { expect, it } from '@jest/globals'
import { AttemptAges } from '../../../src/isolation/attempt-ages.ts'

const attempt = (begunAtMs: number) => ({ begunAtMs })

it('counts those that have been under way for two seconds', () => {
  const ages = new AttemptAges()
  for (const begunAtMs of [0, 0, 500, 1_000]) ages.add(attempt(begunAtMs))
  expect([1_999, 2_000, 2_499, 2_500, 3_000, 9_000].map((nowMs) => ages.oldCount(nowMs))).toEqual([
    0, 2, 2, 3, 4, 4,
  ])
})

it('counts none that has ended, young or old, also twice', () => {
  const ages = new AttemptAges()
  const [first, second, third] = [attempt(0), attempt(0), attempt(1_000)]
  for (const each of [first, second, third]) ages.add(each)
  expect(ages.oldCount(2_000)).toBe(2)
  ages.delete(first)
  ages.delete(first)
  ages.delete(third)
  expect(ages.oldCount(10_000)).toBe(1)
  ages.delete(second)
  expect(ages.oldCount(10_000)).toBe(0)
})

it('looks at each attempt once, however often it counts', () => {
  let looks = 0
  const ages = new AttemptAges<{ readonly begunAtMs: number }>()
  for (let count = 0; count < 1_000; count += 1) {
    ages.add({
      get begunAtMs() {
        looks += 1
        return 0
      },
    })
  }
  for (let count = 0; count < 1_000; count += 1) ages.oldCount(5_000)
  expect(looks).toBeLessThanOrEqual(1_000)
})
