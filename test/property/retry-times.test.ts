// When a delivery comes back, whatever receivers and clocks say.
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { Deferral } from '../../src/isolation/admission.ts'
import { planDeferral } from '../../src/isolation/deferral-plan.ts'
import { untilDueMs } from '../../src/retry/due-time.ts'
import { retryAfterMs } from '../../src/retry/retry-after.ts'

const aYearMs = 366 * 24 * 60 * 60_000
const anyNow = fc.integer({ min: 0, max: 4_000_000_000_000 })

const anyHeader = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 64 }),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789 +-.,eE')), maxLength: 24 }),
  fc.string({ unit: fc.constantFrom(...Array.from('SunMoJanMar0123456789 :,-GMT')), maxLength: 40 }),
  fc.nat(10_000_000).map((seconds) => ` ${seconds} `),
  fc.double().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('9', ' ', '\t', ',', 'Sun, 06 Nov 1994 08:49:37 GMT').map((part) => part.repeat(20_000)),
)

it('a Retry-After header never throws, and asks for nothing or for a time of at most a year, at once', () => {
  const begunAtMs = performance.now()
  fc.assert(
    fc.property(anyHeader, anyNow, (header, nowMs) => {
      const waitMs = retryAfterMs(header, nowMs)
      if (waitMs === null) return
      expect(waitMs).toBeGreaterThan(0)
      expect(waitMs).toBeLessThanOrEqual(aYearMs)
    }),
    { numRuns: 5_000 },
  )
  expect(performance.now() - begunAtMs).toBeLessThan(10_000)
})

it('a date is read alike in all three forms of HTTP, to the second', () => {
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
  const anyDate = fc
    .integer({
      min: Date.parse('2000-01-01T00:00:00Z') / 1_000,
      max: Date.parse('2048-12-31T23:59:59Z') / 1_000,
    })
    .map((seconds) => new Date(seconds * 1_000))
  fc.assert(
    fc.property(anyDate, fc.integer({ min: 1, max: aYearMs / 1_000 }), (date, beforeS) => {
      const [, day = '', month = '', year = '', clock = ''] = date.toUTCString().split(' ')
      const weekday = days[date.getUTCDay()] ?? ''
      const forms = [
        date.toUTCString(),
        `${weekday}, ${day}-${month}-${year.slice(2)} ${clock} GMT`,
        `${weekday.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${clock} ${year}`,
      ]
      const nowMs = date.getTime() - beforeS * 1_000
      expect(forms.map((form) => retryAfterMs(form, nowMs))).toEqual(forms.map(() => beforeS * 1_000))
      expect(forms.map((form) => retryAfterMs(form, date.getTime()))).toEqual([null, null, null])
    }),
    { numRuns: 1_000 },
  )
})

// Moments of this age are doubles that lie up to 0.0005 ms apart.
const roundingMs = 0.002
const anyDelay = fc.constantFrom(0, 1, 500, 5_000, 30_000, 600_000, 28_800_000)

it('a record is due within a tenth of its delay, and never waits for longer than that from now', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      anyNow,
      anyDelay,
      anyNow,
      fc.option(anyNow),
      (offset, appendedAtMs, delayMs, nowMs, expectedAtMs) => {
        const parked = { offset, appendedAtMs, expectedAtMs }
        const untilMs = untilDueMs(parked, delayMs, nowMs)
        expect(untilMs).toBeGreaterThanOrEqual(0)
        expect(untilMs).toBeLessThanOrEqual(delayMs * 1.1 + roundingMs)
        expect(untilDueMs(parked, delayMs, nowMs)).toBe(untilMs)
        const dueInMs = untilDueMs(parked, delayMs, appendedAtMs)
        expect(dueInMs).toBeLessThanOrEqual(delayMs * 1.1 + roundingMs)
        if (expectedAtMs === null) expect(dueInMs).toBeGreaterThanOrEqual(delayMs * 0.9 - roundingMs)
        else {
          const wantedMs = Math.min(Math.max(0, expectedAtMs - appendedAtMs), delayMs * 1.1)
          expect(Math.abs(dueInMs - wantedMs)).toBeLessThanOrEqual(roundingMs)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

it('what is deferred is due within its horizon, in a topic that there is, and waits in it for no longer than asked', () => {
  const rising = fc
    .uniqueArray(fc.integer({ min: 1, max: 30_000_000 }), { minLength: 1, maxLength: 8 })
    .map((delays) => delays.sort((a, b) => a - b))
  const anyDeferral: fc.Arbitrary<Deferral> = fc.record({
    kind: fc.constantFrom('closed', 'paused', 'full'),
    reason: fc.constant('lane_full'),
    waitMs: fc.double({ min: 0, max: 100_000_000, noNaN: true }),
  })
  fc.assert(
    fc.property(
      anyDeferral,
      rising,
      rising,
      fc.nat(100),
      anyNow,
      fc.integer({ min: -10, max: 100_000_000 }),
      (deferral, scheduleMs, roomDelaysMs, deferrals, nowMs, leftMs) => {
        const delaysMs = [...new Set([...scheduleMs, ...roomDelaysMs])].sort((a, b) => a - b)
        const facts = { deferrals, expiresAtMs: nowMs + leftMs, delaysMs, roomDelaysMs, nowMs }
        const plan = planDeferral(deferral, facts)
        const far = planDeferral(deferral, { ...facts, expiresAtMs: Number.POSITIVE_INFINITY })
        if (far.kind === 'over') throw new Error('nothing is past a horizon that there is not')
        if (plan.kind === 'over') return expect(far.dueAtMs).toBeGreaterThan(facts.expiresAtMs)
        if (far.dueAtMs <= facts.expiresAtMs) expect(plan).toEqual(far)
        else {
          // Only what grew is cut, and by no more than it has to be.
          expect(deferral.kind).toBe('closed')
          const longer = delaysMs.filter((delayMs) => delayMs > plan.delayMs && delayMs <= far.delayMs)
          for (const delayMs of longer) expect(nowMs + delayMs).toBeGreaterThan(facts.expiresAtMs)
        }
        expect(delaysMs).toContain(plan.delayMs)
        expect(plan.dueAtMs).toBeLessThanOrEqual(facts.expiresAtMs)
        expect(plan.dueAtMs - nowMs).toBeLessThanOrEqual(plan.delayMs + 1e-3)
        expect(plan.expectedAtMs !== null).toBe(deferral.kind === 'full')
        if (deferral.kind === 'full') expect(roomDelaysMs).toContain(plan.delayMs)
        // No shorter than half of the wait, unless no topic is; no longer than one step beyond it.
        const longest = (deferral.kind === 'full' ? roomDelaysMs : delaysMs).at(-1) ?? 0
        expect(plan.delayMs).toBeGreaterThanOrEqual(Math.min(deferral.waitMs / 2, longest))
        if (deferral.kind === 'closed' && deferrals > 0) {
          const before = planDeferral(deferral, { ...facts, deferrals: deferrals - 1 })
          if (before.kind === 'park') expect(plan.delayMs).toBeGreaterThanOrEqual(before.delayMs)
        }
      },
    ),
    { numRuns: 3_000 },
  )
})
