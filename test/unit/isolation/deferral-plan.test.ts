import { describe, expect, it } from '@jest/globals'
import type { Deferral } from '../../../src/isolation/admission.ts'
import { planDeferral, planPause } from '../../../src/isolation/deferral-plan.ts'
import type { DeferralFacts, DeferralPlan } from '../../../src/isolation/deferral-plan.ts'

const nowMs = 1_700_000_000_000
const delaysMs = [4_000, 5_000, 20_000, 30_000, 120_000, 300_000, 600_000, 1_800_000]
const facts: DeferralFacts = {
  deferrals: 0,
  expiresAtMs: nowMs + 86_400_000,
  delaysMs,
  roomDelaysMs: [4_000, 20_000, 120_000, 600_000],
  nowMs,
}

const plan = (kind: Deferral['kind'], waitMs: number, given: Partial<DeferralFacts> = {}): DeferralPlan =>
  planDeferral({ kind, reason: 'lane_full', waitMs }, { ...facts, ...given })

const parked = (delayMs: number, expectedInMs: number | null = null): DeferralPlan => ({
  kind: 'park',
  delayMs,
  dueAtMs: nowMs + (expectedInMs ?? delayMs),
  expectedAtMs: expectedInMs === null ? null : nowMs + expectedInMs,
})

describe('behind a receiver that is only full', () => {
  it.each([
    [0, 4_000, 0],
    [2_100, 4_000, 2_100],
    [4_000, 4_000, 4_000],
    [4_001, 20_000, 4_001],
    [120_000, 120_000, 120_000],
    [600_000, 600_000, 600_000],
    [9_999_999, 600_000, 600_000],
  ])(
    'one that should have room after %d ms waits in the topic of %d ms, until %d ms',
    (waitMs, delayMs, untilMs) => {
      expect(plan('full', waitMs)).toEqual(parked(delayMs, untilMs))
    },
  )

  it('does not wait for longer because it was put off before', () => {
    expect(plan('full', 2_100, { deferrals: 40 })).toEqual(plan('full', 2_100))
  })
})

describe('behind a receiver that asked to be left alone', () => {
  it.each([
    [1_000, 4_000],
    [8_000, 4_000],
    [8_002, 5_000],
    [60_000, 30_000],
    [60_001, 120_000],
    [300_000, 300_000],
    [9_999_999, 1_800_000],
  ])('for %d ms, it waits for about as long: %d ms', (waitMs, delayMs) => {
    expect(plan('paused', waitMs)).toEqual(parked(delayMs))
    expect(plan('paused', waitMs, { deferrals: 40 })).toEqual(parked(delayMs))
  })
})

describe('behind a receiver that fails or hangs', () => {
  it.each(delaysMs.map((delayMs, deferrals) => [deferrals, delayMs]))(
    'put off for the time %d, it waits for %d ms',
    (deferrals, delayMs) => {
      expect(plan('closed', 0, { deferrals })).toEqual(parked(delayMs))
    },
  )

  it('waits no longer than the longest, however often it was put off', () => {
    expect(plan('closed', 0, { deferrals: 1_000 })).toEqual(parked(1_800_000))
  })

  it('waits for as long as the receiver is shut, where that is longer', () => {
    expect(plan('closed', 60_000)).toEqual(parked(30_000))
    expect(plan('closed', 60_000, { deferrals: 5 })).toEqual(parked(300_000))
  })
})

describe('the horizon', () => {
  it.each([
    [600_000, 600_000],
    [599_999, 300_000],
    [300_000, 300_000],
    [20_001, 20_000],
    [4_000, 4_000],
  ])(
    'cuts what only grew, with %d ms left, to %d ms: a guess of ours ends no delivery',
    (leftMs, delayMs) => {
      expect(plan('closed', 0, { deferrals: 40, expiresAtMs: nowMs + leftMs })).toEqual(parked(delayMs))
    },
  )

  it('does not cut what the receiver is shut for', () => {
    expect(plan('closed', 60_000, { deferrals: 40, expiresAtMs: nowMs + 30_000 })).toEqual(parked(30_000))
    expect(plan('closed', 60_000, { deferrals: 40, expiresAtMs: nowMs + 29_999 })).toEqual({ kind: 'over' })
  })

  it.each<[Deferral['kind'], number, number]>([
    ['full', 2_100, 2_100],
    ['full', 9_999_999, 600_000],
    ['paused', 60_000, 30_000],
    ['closed', 0, 4_000],
  ])('holds what would be due behind it: %s, %d ms', (kind, waitMs, dueInMs) => {
    expect(plan(kind, waitMs, { expiresAtMs: nowMs + dueInMs }).kind).toBe('park')
    expect(plan(kind, waitMs, { expiresAtMs: nowMs + dueInMs - 1 })).toEqual({ kind: 'over' })
  })
})

describe('what the operator paused', () => {
  it.each([
    [86_400_000, 900_000, null],
    [900_001, 900_000, null],
    [900_000, 900_000, 900_000],
    [5_000, 5_000, 5_000],
  ])(
    'with %d ms left is looked at after %d ms at the latest, and is never given up',
    (leftMs, dueInMs, endsInMs) => {
      expect(planPause({ expiresAtMs: nowMs + leftMs, delayMs: 900_000, nowMs })).toEqual({
        delayMs: 900_000,
        dueAtMs: nowMs + dueInMs,
        expectedAtMs: endsInMs === null ? null : nowMs + endsInMs,
      })
    },
  )
})
