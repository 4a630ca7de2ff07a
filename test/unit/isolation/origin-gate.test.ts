import { describe, expect, it } from '@jest/globals'
import type { AttemptEnding } from '../../../src/isolation/admission.ts'
import { OriginGate } from '../../../src/isolation/origin-gate.ts'
import { endedAs } from './isolation-rig.ts'

const end = (gate: OriginGate, kind: AttemptEnding['kind'], isProbe = false, nowMs = 0) =>
  gate.ended(endedAs(kind), isProbe, nowMs, 0.5)

const shut = (): OriginGate => {
  const gate = new OriginGate()
  for (let count = 0; count < 5; count += 1) end(gate, 'unreachable')
  return gate
}

const probing = (): OriginGate => {
  const gate = shut()
  gate.breaker.state(5_000)
  gate.breaker.beginProbe()
  return gate
}

describe('the way to an origin', () => {
  it('is closed by five in a row that could not get there, and not by four', () => {
    const gate = new OriginGate()
    const told = Array.from({ length: 6 }, () => end(gate, 'unreachable'))
    expect(told).toEqual([null, null, null, null, 'opened', null])
    expect(gate.breaker.shutForMs(0)).toBe(5_000)
  })

  it.each(['failed', 'throttled', 'hung', 'none', 'answered'] as const)(
    'is not closed by any number that %s',
    (kind) => {
      const gate = new OriginGate()
      for (let count = 0; count < 1_000; count += 1) expect(end(gate, kind)).toBeNull()
      expect(gate.breaker.shutForMs(0)).toBeNull()
    },
  )

  it.each(['answered', 'failed', 'throttled'] as const)(
    'is open again when one arrives there, though it %s',
    (kind) => {
      const gate = probing()
      expect(end(gate, kind, true, 5_010)).toBe('closed')
      expect(gate.breaker.shutForMs(5_010)).toBeNull()
    },
  )

  it('stays shut for longer when the probe cannot get there either', () => {
    const gate = probing()
    expect(end(gate, 'unreachable', true, 5_010)).toBe('opened')
    expect(gate.breaker.shutForMs(5_010)).toBe(10_000)
  })

  it.each(['hung', 'none'] as const)(
    'is probed by another where the probe %s: it may have arrived or not',
    (kind) => {
      const gate = probing()
      expect(end(gate, kind, true, 5_010)).toBeNull()
      expect(gate.breaker.state(5_010)).toMatchObject({ kind: 'half_open', probing: false })
    },
  )

  it.each(['hung', 'none', 'unreachable', 'answered'] as const)(
    'is probed by one, also when an attempt from before %s meanwhile',
    (kind) => {
      const gate = probing()
      expect(end(gate, kind, false, 5_010)).toBeNull()
      expect(gate.breaker.state(5_010)).toMatchObject({ kind: 'half_open', probing: true })
    },
  )
})

describe('a gate', () => {
  it('may be forgotten when nothing is under way, nobody waits, and its way is open', () => {
    const gate = new OriginGate()
    expect([gate.isIdle, gate.isForgettable(0)]).toEqual([true, true])
    gate.underWay = 1
    expect([gate.isIdle, gate.isForgettable(0)]).toEqual([false, false])
    expect([shut().isIdle, shut().isForgettable(0), shut().isForgettable(1e9)]).toEqual([true, false, false])
  })
})
