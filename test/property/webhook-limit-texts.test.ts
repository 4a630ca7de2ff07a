import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { limitsIn, limitTextsOf } from '../../src/console/page/limit-texts.ts'

const anyInt = fc.oneof(fc.integer(), fc.integer({ min: 1, max: 2_592_000 }))
const anyRate = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0.01, 0.1, 1e21),
)

it('stored limits come back from their texts as the same numbers, whatever other services stored', () => {
  const anyLimits = fc.record(
    { total_timeout_ms: anyInt, concurrency: anyInt, rate_per_second: anyRate, retry_horizon_s: anyInt },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(anyLimits, (limits) => {
      // On the wire there is no negative zero.
      const stored = JSON.parse(JSON.stringify(limits))
      expect(limitsIn(limitTextsOf(stored)) ?? {}).toEqual(stored)
    }),
    { numRuns: 2_000 },
  )
})

it('a horizon that is typed in any unit is that many seconds, and is shown as something that means the same', () => {
  const anyHorizon = fc.record({
    thousandths: fc.integer({ min: 0, max: 2_592_000_000 }),
    retryHorizonUnit: fc.constantFrom('hours', 'minutes', 'seconds'),
  })
  const none = limitTextsOf(undefined)
  fc.assert(
    fc.property(anyHorizon, ({ thousandths, retryHorizonUnit }) => {
      const seconds = { hours: 3_600, minutes: 60, seconds: 1 }[retryHorizonUnit]
      const retryHorizon = String(thousandths / 1_000)
      const sent = limitsIn({ ...none, retryHorizon, retryHorizonUnit })?.['retry_horizon_s']
      const isWhole = (BigInt(thousandths) * BigInt(seconds)) % 1_000n === 0n
      expect(Number.isInteger(sent)).toBe(isWhole)
      if (!isWhole || typeof sent !== 'number') return
      expect(BigInt(sent) * 1_000n).toBe(BigInt(thousandths) * BigInt(seconds))
      expect(limitsIn(limitTextsOf({ retry_horizon_s: sent }))).toEqual({ retry_horizon_s: sent })
    }),
    { numRuns: 2_000 },
  )
})
