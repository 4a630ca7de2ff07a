import { describe, expect, it } from '@jest/globals'
import type { WebhookId } from '../../../src/domain/ids.ts'
import { LaneDirectory } from '../../../src/isolation/lane-directory.ts'
import type { Lane } from '../../../src/isolation/lane.ts'
import { endedAs, webhookOf } from './isolation-rig.ts'

const laneOf = (directory: LaneDirectory, name: string, nowMs = 0): Lane =>
  directory.laneOf(webhookOf(name), nowMs, 0)

const isHeld = (directory: LaneDirectory, name: string): boolean =>
  directory.held(name as WebhookId) !== undefined

const attempt = (begunAtMs = 0) => ({ begunAtMs, isLaneProbe: false })

/** So many lanes, named by their number. */
function filled(count: number, maxLanes: number): LaneDirectory {
  const directory = new LaneDirectory(maxLanes)
  for (let index = 0; index < count; index += 1) laneOf(directory, String(index))
  return directory
}

describe('a directory', () => {
  it('has one lane for each webhook, whatever else it has', () => {
    const directory = new LaneDirectory(100)
    const lane = laneOf(directory, 'w')
    expect(laneOf(directory, 'w')).toBe(lane)
    expect(laneOf(directory, 'v')).not.toBe(lane)
    expect(directory.held('w' as WebhookId)).toBe(lane)
  })

  it.each([{ path: '/other' }, { origin: 'https://other.test' }, { tlsVerification: 'off' } as const])(
    'has a new one where the address is another: %j',
    (fields) => {
      const directory = new LaneDirectory(100)
      const lane = laneOf(directory, 'w')
      const other = directory.laneOf(webhookOf('w', fields), 0, 0)
      expect(other).not.toBe(lane)
      expect([directory.lanes.size, directory.held('w' as WebhookId)]).toEqual([1, other])
    },
  )

  it('keeps the lane where anything but the address is another', () => {
    const directory = new LaneDirectory(100)
    const lane = laneOf(directory, 'w')
    expect(directory.laneOf(webhookOf('w', { method: 'GET', ratePerSecond: 5 }), 0, 0)).toBe(lane)
  })

  it('has one gate for each origin', () => {
    const directory = new LaneDirectory(100)
    expect(directory.gateOf('https://a.test', 0)).toBe(directory.gateOf('https://a.test', 0))
    expect(directory.gateOf('https://a.test', 0)).not.toBe(directory.gateOf('https://b.test', 0))
  })

  it('counts the lanes that are open or half-open', () => {
    const directory = filled(3, 100)
    for (let count = 0; count < 3; count += 1) {
      const lane = laneOf(directory, '1')
      lane.ended(attempt(), endedAs('hung'), { nowMs: 0, cap: 64, random: 0.5 })
    }
    expect(directory.breakers(0)).toEqual({ closed: 2, open: 1, halfOpen: 0 })
    expect(directory.breakers(5_000)).toEqual({ closed: 2, open: 0, halfOpen: 1 })
  })
})

describe('a directory that is full', () => {
  it('forgets the one that was used least recently', () => {
    const directory = filled(100, 100)
    laneOf(directory, '0')
    laneOf(directory, 'new')
    expect(['0', '1', '2', 'new'].map((name) => isHeld(directory, name))).toEqual([true, false, true, true])
    expect(directory.lanes.size).toBe(100)
  })

  it('holds no more than it may through a hundred thousand webhooks, in about as long for each', () => {
    const begunAtMs = performance.now()
    const directory = filled(100_000, 1_000)
    expect(directory.lanes.size).toBe(1_000)
    expect(performance.now() - begunAtMs).toBeLessThan(5_000)
  })

  it('forgets of preference one that knows nothing', () => {
    const directory = new LaneDirectory(100)
    laneOf(directory, 'paused').pausedUntilMs = 1_000
    laneOf(directory, 'resting').restUntilMs = 1_000
    const paced = laneOf(directory, 'paced')
    paced.ratePerSecond = 0.01
    paced.pace.began(0, 0.01)
    const line = laneOf(directory, 'line')
    line.line.add(0, { perSecond: 1, known: 'set' }, 0.5)
    const open = laneOf(directory, 'open')
    for (let count = 0; count < 3; count += 1) {
      open.ended(attempt(), endedAs('hung'), { nowMs: 0, cap: 64, random: 0.5 })
    }
    for (let index = 0; index < 95; index += 1) laneOf(directory, String(index))
    laneOf(directory, 'new')
    const kept = ['paused', 'resting', 'paced', 'line', 'open', '0', '1'].filter((name) =>
      isHeld(directory, name),
    )
    expect(kept).toEqual(['paused', 'resting', 'paced', 'line', 'open', '1'])
  })

  it('forgets one that knows something where all do', () => {
    const directory = filled(100, 100)
    for (let index = 0; index < 100; index += 1) laneOf(directory, String(index)).pausedUntilMs = 1e9
    laneOf(directory, 'new')
    expect([isHeld(directory, '0'), isHeld(directory, '1'), directory.lanes.size]).toEqual([false, true, 100])
  })

  it('never forgets one in which something is under way or waits', () => {
    const directory = filled(100, 100)
    for (let index = 0; index < 100; index += 2) laneOf(directory, String(index)).running.add(attempt())
    for (let index = 1; index < 50; index += 2) {
      laneOf(directory, String(index)).waiting.push({ urgency: 'end', sinceMs: 0, tell() {} })
    }
    for (let index = 0; index < 5_000; index += 1) laneOf(directory, `new ${index}`)
    for (let index = 0; index < 100; index += 1) {
      if (index % 2 === 0 || index < 50) expect(isHeld(directory, String(index))).toBe(true)
    }
    expect(directory.lanes.size).toBe(100)
  })

  it('holds more only while more are in use, and no more than it may once they are not', () => {
    const directory = new LaneDirectory(100)
    const lanes = Array.from({ length: 300 }, (_, index) => {
      const lane = laneOf(directory, String(index))
      lane.running.add(attempt())
      return lane
    })
    expect(directory.lanes.size).toBe(300)
    for (const lane of lanes) lane.running.clear()
    for (let index = 0; index < 20; index += 1) laneOf(directory, `new ${index}`)
    expect(directory.lanes.size).toBe(100)
  })

  it('is not kept from forgetting by as many in use as it looks at, that were used least recently', () => {
    const directory = filled(100, 100)
    for (let index = 0; index < 80; index += 1)
      directory.held(String(index) as WebhookId)?.running.add(attempt())
    for (let index = 0; index < 1_000; index += 1) laneOf(directory, `new ${index}`)
    expect(directory.lanes.size).toBeLessThanOrEqual(102)
  })

  it('never forgets a gate in use, and forgets others', () => {
    const directory = new LaneDirectory(100)
    const busy = directory.gateOf('https://busy.test', 0)
    busy.underWay = 1
    const idle = directory.gateOf('https://idle.test', 0)
    for (let index = 0; index < 5_000; index += 1) directory.gateOf(`https://${index}.test`, 0)
    expect(directory.gateOf('https://busy.test', 0)).toBe(busy)
    expect(directory.gateOf('https://idle.test', 0)).not.toBe(idle)
  })

  it('forgets of preference a gate whose way is open', () => {
    const directory = new LaneDirectory(100)
    const shut = directory.gateOf('https://shut.test', 0)
    for (let count = 0; count < 5; count += 1) shut.ended(endedAs('unreachable'), false, 0, 0.5)
    for (let index = 0; index < 5_000; index += 1) directory.gateOf(`https://${index}.test`, 0)
    expect(directory.gateOf('https://shut.test', 0)).toBe(shut)
  })
})

describe('a restart of all paces', () => {
  it('reaches every lane that is held', () => {
    const directory = filled(3, 100)
    directory.restartPaces(5_000)
    expect(['0', '1', '2'].map((name) => directory.held(name as WebhookId)?.pace.nextAtMs(1))).toEqual([
      6_000, 6_000, 6_000,
    ])
  })
})
