import { describe, expect, it } from '@jest/globals'
import type { Urgency } from '../../../src/isolation/admission.ts'
import { WaitingLine } from '../../../src/isolation/waiting-line.ts'
import type { Waiter } from '../../../src/isolation/waiting-line.ts'

const waiter = (urgency: Urgency, sinceMs: number): Waiter => ({ urgency, sinceMs, tell() {} })

function lineOf(...given: readonly [Urgency, number][]): WaitingLine {
  const line = new WaitingLine()
  for (const [urgency, sinceMs] of given) line.push(waiter(urgency, sinceMs))
  return line
}

const named = ({ urgency, sinceMs }: Waiter): string => `${urgency} ${sinceMs}`

function all(line: WaitingLine): string[] {
  const taken: string[] = []
  for (let next = line.shift(); next !== undefined; next = line.shift()) taken.push(named(next))
  return taken
}

describe('a waiting line', () => {
  it('lets starts go before ends before what was parked, and in turn among equals', () => {
    const line = lineOf(['parked', 1], ['end', 2], ['start', 3], ['end', 4], ['parked', 5], ['start', 6])
    expect(line.size).toBe(6)
    expect(all(line)).toEqual(['start 3', 'start 6', 'end 2', 'end 4', 'parked 1', 'parked 5'])
    expect([line.size, line.shift()]).toEqual([0, undefined])
  })

  it('gives up those who came before a moment, of every urgency, and keeps the others in order', () => {
    const line = lineOf(['parked', 1], ['end', 2], ['start', 3], ['end', 4], ['parked', 5], ['start', 6])
    expect(line.takeOlderThan(4).map(named)).toEqual(['start 3', 'end 2', 'parked 1'])
    expect(line.size).toBe(3)
    expect(line.takeOlderThan(4)).toEqual([])
    expect(all(line)).toEqual(['start 6', 'end 4', 'parked 5'])
  })

  it('gives up all where all are older', () => {
    const line = lineOf(['start', 1], ['start', 2], ['parked', 3])
    expect(line.takeOlderThan(100)).toHaveLength(3)
    expect([line.size, line.shift()]).toEqual([0, undefined])
  })

  it('knows how many stand before one that comes now', () => {
    const line = lineOf(['parked', 1], ['end', 2], ['start', 3], ['end', 4], ['parked', 5])
    expect((['start', 'end', 'parked'] as const).map((urgency) => line.ahead(urgency))).toEqual([1, 3, 5])
  })
})
