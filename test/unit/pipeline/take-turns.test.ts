import { describe, expect, it } from '@jest/globals'
import { TakeTurns } from '../../../src/pipeline/take-turns.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

/** The turns of the loop, one by one; who passed in each, by name. */
class Turns {
  readonly turns: TakeTurns
  passed: string[] = []
  /** How many of each name passed in all. */
  readonly total = new Map<string, number>()
  #next: (() => void)[] = []
  #waiting = new Map<string, number>()

  constructor() {
    const clock = Object.assign(new VirtualClock(), {
      nextTurn: (callback: () => void) => this.#next.push(callback),
    })
    this.turns = new TakeTurns(clock)
  }

  /** So many records of a kind, each of which becomes so many deliveries as soon as it passes. */
  pass(kind: 'new' | 'parked', count = 1, deliveries = 1, name: string = kind): void {
    for (let each = 0; each < count; each += 1) {
      const note = (): void => {
        this.passed.push(name)
        this.total.set(name, (this.total.get(name) ?? 0) + 1)
        this.turns.took(deliveries)
      }
      const wait = this.turns.pass(kind)
      if (wait === null) note()
      else {
        this.#waiting.set(name, this.waiting(name) + 1)
        void wait.then(() => {
          this.#waiting.set(name, this.waiting(name) - 1)
          note()
        })
      }
    }
  }

  waiting(name: string): number {
    return this.#waiting.get(name) ?? 0
  }

  get isTurnComing(): boolean {
    return this.#next.length > 0
  }

  /** The next turn; who passed in it. */
  async turn(): Promise<string[]> {
    this.passed = []
    for (const callback of this.#next.splice(0)) callback()
    for (let each = 0; each < 4; each += 1) await Promise.resolve()
    return this.passed
  }
}

const count = (passed: readonly string[], name: string): number =>
  passed.filter((each) => each === name).length

describe('a turn', () => {
  it('takes thirty-two, at once as long as nobody waits', async () => {
    const turns = new Turns()
    turns.pass('new', 40)
    expect([turns.passed.length, turns.waiting('new')]).toEqual([32, 8])
    expect(await turns.turn()).toHaveLength(8)
    turns.pass('new', 24)
    expect(turns.passed).toHaveLength(32)
    turns.pass('new', 1)
    expect(turns.waiting('new')).toBe(1)
  })

  it('is asked for only while somebody may want one', async () => {
    const turns = new Turns()
    turns.pass('new', 1)
    expect(turns.isTurnComing).toBe(true)
    await turns.turn()
    expect(turns.isTurnComing).toBe(false)
    turns.pass('new', 1)
    expect(turns.isTurnComing).toBe(true)
  })

  it('lets nobody pass who came later', async () => {
    const turns = new Turns()
    turns.pass('new', 32)
    turns.pass('new', 32, 1, 'first')
    turns.pass('new', 1, 1, 'later')
    expect(await turns.turn()).toEqual(Array.from({ length: 32 }, () => 'first'))
    turns.pass('parked', 1)
    expect(await turns.turn()).toEqual(['later', 'parked'])
  })

  it('that new events would fill keeps four for what was parked', async () => {
    const turns = new Turns()
    turns.pass('new', 32)
    turns.pass('new', 100)
    turns.pass('parked', 100)
    const passed = await turns.turn()
    expect([count(passed, 'new'), count(passed, 'parked')]).toEqual([28, 4])
  })

  it('keeps no more for what was parked than there is, and gives it all that is left', async () => {
    const turns = new Turns()
    turns.pass('new', 32)
    turns.pass('new', 40)
    turns.pass('parked', 2)
    const first = await turns.turn()
    expect([count(first, 'new'), count(first, 'parked')]).toEqual([30, 2])
    turns.pass('parked', 40)
    const second = await turns.turn()
    expect([count(second, 'new'), count(second, 'parked')]).toEqual([10, 22])
  })
})

describe('a record that becomes many deliveries', () => {
  it('takes of the turns to come, until it is paid', async () => {
    const turns = new Turns()
    turns.pass('new', 1, 100)
    turns.pass('new', 1, 1, 'next')
    const taken: number[] = []
    for (let turn = 0; turn < 4; turn += 1) taken.push((await turns.turn()).length)
    // 32 - 100: two whole turns and a part of the third.
    expect(taken).toEqual([0, 0, 1, 0])
  })

  it('that became none, or one, takes no more than its own place', async () => {
    const turns = new Turns()
    turns.pass('new', 1, 0)
    turns.pass('new', 1, 1)
    turns.pass('new', 40)
    expect(turns.waiting('new')).toBe(10)
  })

  it('never makes a process take more than thirty-two in a turn for long', async () => {
    const turns = new Turns()
    let deliveries = 0
    const most = 400
    turns.pass('new', 10, 45)
    deliveries += turns.passed.length * 45
    for (let turn = 0; turn < most; turn += 1) {
      turns.pass('new', 3, 45)
      turns.pass('parked', 3, 50)
      const passed = await turns.turn()
      deliveries += count(passed, 'new') * 45 + count(passed, 'parked') * 50
    }
    expect(deliveries / most).toBeLessThan(32 * 1.2)
    expect(deliveries / most).toBeGreaterThan(28)
  })

  it.each([1, 2, 4, 7, 8, 9, 16, 31, 32, 33, 50, 64, 500])(
    'starves nobody: neither kind waits for ever behind records that become %d',
    async (deliveries) => {
      const kinds = ['new', 'parked'] as const
      for (const heavy of kinds) {
        const turns = new Turns()
        turns.pass('new', 32)
        for (let turn = 0; turn < 1_000; turn += 1) {
          for (const kind of kinds) {
            // As many partitions as wait in each kind of topic.
            turns.pass(kind, 12 - turns.waiting(kind), kind === heavy ? deliveries : 1)
          }
          await turns.turn()
        }
        const turnsForAll = (1_000 * 32) / (28 + 4 * deliveries)
        for (const kind of kinds) expect(turns.total.get(kind) ?? 0).toBeGreaterThan(turnsForAll / 8)
      }
    },
  )
})
