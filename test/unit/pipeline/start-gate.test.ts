// Whether work may begin: three facts, and a process that stood still.
import { describe, expect, it } from '@jest/globals'
import { StartGate } from '../../../src/pipeline/start-gate.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

function gateWith(facts: Partial<Facts> = {}) {
  const clock = new VirtualClock()
  const observer = new RecordingObserver()
  const known: Facts = {
    ready: true,
    caughtUpAsOfMs: 0,
    heartbeatMs: clock.monotonicMs(),
    commitsStuckMs: 0,
    ...facts,
  }
  const gate = new StartGate(
    clock,
    {
      tableReady: () => known.ready,
      tableAsOfMs: () => known.caughtUpAsOfMs,
      caughtUpAsOfMs: () => known.caughtUpAsOfMs,
      lastHeartbeatMs: () => known.heartbeatMs,
      commitsStuckMs: () => known.commitsStuckMs,
    },
    { sessionTimeoutMs: 10_000, maxTableAgeMs: 300_000 },
    observer,
  )
  return { clock, observer, known, gate }
}

interface Facts {
  ready: boolean
  caughtUpAsOfMs: number
  heartbeatMs: number | null
  commitsStuckMs: number
}

describe('the start gate', () => {
  it('is open when the table was read and the group answers', () => {
    expect(gateWith().gate.pass()).toBeNull()
  })

  it.each<[string, Partial<Facts>]>([
    ['the table is being read', { ready: false }],
    ['the group has not been joined', { heartbeatMs: null }],
    ['the group does not answer heartbeats', { heartbeatMs: -9_001 }],
    ['commits fail', { commitsStuckMs: 5_001 }],
    ['the table is too old; its topic cannot be read', { caughtUpAsOfMs: -299_001 }],
  ])('is closed because %s', (why, facts) => {
    const { gate, observer } = gateWith(facts)
    expect(gate.pass()).not.toBeNull()
    expect(gate.closedBecause).toBe(why)
    expect(observer.of('start_gate')).toEqual([{ kind: 'start_gate', state: 'closed', why }])
  })

  it('lets those who wait go when the last fact holds, and not before', async () => {
    const { clock, gate, known } = gateWith({ ready: false, heartbeatMs: null })
    let passed = 0
    const waiting = async (): Promise<void> => {
      for (let closed = gate.pass(); closed !== null; closed = gate.pass()) await closed
      passed += 1
    }
    void waiting()
    known.ready = true
    await clock.advance(1_000)
    expect(passed).toBe(0)
    known.heartbeatMs = clock.monotonicMs()
    await clock.advance(200)
    expect(passed).toBe(1)
    expect(gate.pass()).toBeNull()
  })

  it('lets those who wait look within a tick whether they still want to', async () => {
    const { clock, gate } = gateWith({ ready: false })
    let asked = 0
    void gate.pass()?.then(() => {
      asked += 1
    })
    await clock.advance(200)
    expect(asked).toBe(1)
    expect(gate.pass()).not.toBeNull()
  })

  it('closes as soon as the last good heartbeat is older than the session timeout', async () => {
    const { clock, gate } = gateWith()
    await clock.advance(10_000)
    expect(gate.pass()).toBeNull()
    await clock.advance(1)
    expect(gate.pass()).not.toBeNull()
  })

  it('stays closed after a stall of 20 s until the table was asked for anew', async () => {
    const { clock, gate, known, observer } = gateWith()
    await clock.advance(1_000)
    known.caughtUpAsOfMs = clock.monotonicMs()
    await clock.stall(20_000)
    known.heartbeatMs = clock.monotonicMs()
    expect(gate.pass()).not.toBeNull()
    expect(gate.closedBecause).toMatch(/stood still/)
    expect(observer.of('stalled')).toEqual([{ kind: 'stalled', stalledMs: 19_800 }])
    // An answer to what was asked before the stall proves nothing about what happened during it.
    await clock.advance(1_000)
    known.heartbeatMs = clock.monotonicMs()
    expect(gate.pass()).not.toBeNull()
    known.caughtUpAsOfMs = clock.monotonicMs()
    expect(gate.pass()).toBeNull()
  })

  it('notices a stall also where somebody asks before its own timer runs', async () => {
    const { clock, gate, known } = gateWith()
    await clock.advance(100)
    clock.jump(20_000)
    known.heartbeatMs = clock.monotonicMs()
    expect(gate.pass()).not.toBeNull()
  })

  it('takes no offence at a pause that is shorter than a deletion may take', async () => {
    const { clock, gate, known, observer } = gateWith()
    await clock.stall(1_100)
    known.heartbeatMs = clock.monotonicMs()
    expect(gate.pass()).toBeNull()
    expect(observer.of('stalled')).toEqual([])
  })

  it('vouches for the membership while heartbeats are answered, whatever else is wrong', () => {
    expect(gateWith({ ready: false, commitsStuckMs: 9_000 }).gate.membership()).toBeNull()
  })

  it('lets nobody write in doubt, and has them ask anew at each tick', async () => {
    const { clock, gate, known } = gateWith({ heartbeatMs: -9_001 })
    let asked = 0
    void gate.membership()?.then(() => {
      asked += 1
    })
    await clock.advance(199)
    expect(asked).toBe(0)
    await clock.advance(1)
    expect(asked).toBe(1)
    known.heartbeatMs = clock.monotonicMs()
    expect(gate.membership()).toBeNull()
  })

  it('lets everybody go when it is stopped, and leaves no timer', async () => {
    const { clock, gate } = gateWith({ ready: false })
    const waiting = gate.pass()
    gate.stop()
    await expect(waiting).resolves.toBeUndefined()
    expect(clock.pending).toBe(0)
  })
})
