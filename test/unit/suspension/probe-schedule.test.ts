import { expect, it } from '@jest/globals'
import { ProbeSchedule } from '../../../src/suspension/probe-schedule.ts'
import { hourMs, suspension } from './samples.ts'

const sinceMs = 26 * hourMs
/** The monotonic clock began elsewhere. */
const at = (afterMs: number) => ({ nowMs: sinceMs + afterMs, monotonicMs: 500 + afterMs })

it('one delivery goes out an hour after the suspension, and one each hour from then on', () => {
  const probes = new ProbeSchedule(hourMs)
  const asked = (afterMs: number) => probes.letsThrough({}, suspension, at(afterMs))
  expect([asked(0), asked(hourMs - 1), asked(hourMs), asked(hourMs)]).toEqual([false, false, true, false])
  expect([asked(2 * hourMs - 1), asked(2 * hourMs), asked(9 * hourMs)]).toEqual([false, true, true])
})

it('a process that starts later waits no longer than is left', () => {
  const probes = new ProbeSchedule(hourMs)
  expect(probes.letsThrough({}, suspension, at(5 * hourMs))).toBe(true)
  expect(probes.letsThrough({}, suspension, at(5 * hourMs))).toBe(false)
})

it('a delivery that was let through stays so', () => {
  const probes = new ProbeSchedule(hourMs)
  const probe = {}
  expect([1, 2, 3].map(() => probes.letsThrough(probe, suspension, at(hourMs)))).toEqual([true, true, true])
})

it('a later suspension has its own hour', () => {
  const probes = new ProbeSchedule(hourMs)
  expect(probes.letsThrough({}, suspension, at(hourMs))).toBe(true)
  const again = { ...suspension, offset: 99n, suspendedSinceMs: sinceMs + hourMs }
  expect(probes.letsThrough({}, again, at(2 * hourMs - 1))).toBe(false)
  expect(probes.letsThrough({}, again, at(2 * hourMs))).toBe(true)
})
