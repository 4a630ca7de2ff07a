import { describe, expect, it } from '@jest/globals'
import { InFlightBudget } from '../../../src/progress/in-flight-budget.ts'
import type { BudgetBounds, Grant, Hold } from '../../../src/progress/in-flight-budget.ts'

const holdOf = (hold: Partial<Hold>): Hold => ({ bytes: 1, accountId: 'acme', kind: 'start', ...hold })

/** Asks in turn, and notes by its name what was granted. */
class Asking {
  readonly budget: InFlightBudget
  readonly granted: string[] = []
  readonly grants: Grant[] = []
  readonly #holds = new Map<string, Hold>()

  constructor(bounds: Partial<BudgetBounds> = {}) {
    this.budget = new InFlightBudget({ maxDeliveries: 10, maxBytes: 100, maxParkedAtOnce: 10, ...bounds })
  }

  ask(name: string, hold: Partial<Hold> = {}, nowMs = 0): void {
    const whole = holdOf(hold)
    this.#holds.set(name, whole)
    const note = (grant: Grant): void => {
      this.granted.push(name)
      this.grants.push(grant)
    }
    const asked = this.budget.acquire(whole, nowMs)
    if (asked instanceof Promise) void asked.then(note)
    else note(asked)
  }

  /** Gives back what that one was granted, and lets everything that was granted then say so. */
  async release(name: string, nowMs = 0): Promise<void> {
    this.budget.release(this.#holds.get(name) ?? holdOf({}), nowMs)
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }

  get held(): [deliveries: number, bytes: number, waiting: number] {
    const { deliveries, bytes, waiting } = this.budget
    return [deliveries, bytes, waiting]
  }
}

/** Asks for each size, by its place in the row. */
function asking(bounds: Partial<BudgetBounds>, sizes: readonly number[]): Asking {
  const asked = new Asking(bounds)
  for (const [index, bytes] of sizes.entries()) asked.ask(String(index), { bytes })
  return asked
}

describe('an in-flight budget', () => {
  it('grants at once up to its count, then in turn as places come free', async () => {
    const asked = asking({ maxDeliveries: 2 }, [1, 1, 1, 1])
    expect([asked.granted, asked.held]).toEqual([
      ['0', '1'],
      [2, 2, 2],
    ])
    await asked.release('0')
    expect([asked.granted, asked.held]).toEqual([
      ['0', '1', '2'],
      [2, 2, 1],
    ])
    for (const name of ['1', '2', '3']) await asked.release(name)
    expect([asked.granted, asked.held]).toEqual([
      ['0', '1', '2', '3'],
      [0, 0, 0],
    ])
  })

  it('is full to the byte, and no further', async () => {
    const asked = asking({}, [60, 40, 1])
    expect(asked.granted).toEqual(['0', '1'])
    await asked.release('1')
    expect([asked.granted, asked.held]).toEqual([
      ['0', '1', '2'],
      [2, 61, 0],
    ])
  })

  it('lets nobody pass who asked later, though there were room for it', async () => {
    const asked = asking({}, [60, 50, 1])
    expect(asked.granted).toEqual(['0'])
    await asked.release('0')
    expect(asked.granted).toEqual(['0', '1', '2'])
  })

  it('grants several when a large one goes', async () => {
    const asked = asking({}, [100, 30, 30, 30, 30])
    await asked.release('0')
    expect([asked.granted, asked.held]).toEqual([
      ['0', '1', '2', '3'],
      [3, 90, 1],
    ])
  })

  it('lets one that is larger than all of it pass alone', async () => {
    const asked = asking({}, [1, 500, 1])
    expect(asked.granted).toEqual(['0'])
    await asked.release('0')
    expect([asked.granted, asked.held]).toEqual([
      ['0', '1'],
      [1, 500, 1],
    ])
    await asked.release('1')
    expect([asked.granted, asked.held]).toEqual([
      ['0', '1', '2'],
      [1, 1, 0],
    ])
  })
})

describe('what becomes free', () => {
  it('goes to the start of a call before its end, and to either before what was parked', async () => {
    const asked = new Asking({ maxDeliveries: 1 })
    asked.ask('first')
    asked.ask('parked', { kind: 'parked' })
    asked.ask('end', { kind: 'end' })
    asked.ask('start', { kind: 'start' })
    for (const name of ['first', 'start', 'end', 'parked']) await asked.release(name)
    expect(asked.granted).toEqual(['first', 'start', 'end', 'parked'])
  })

  it('goes once in eight times to what was parked first, so that new events cannot starve it', async () => {
    const asked = new Asking({ maxDeliveries: 1 })
    asked.ask('parked', { kind: 'parked' })
    const names = Array.from({ length: 16 }, (_, index) => `start ${index}`)
    for (const name of names) asked.ask(name)
    asked.ask('parked too', { kind: 'parked' })
    await asked.release('parked')
    for (const name of names.slice(0, 10)) await asked.release(name)
    expect(asked.granted.indexOf('parked too')).toBe(7)
  })
})

describe('what was parked', () => {
  it('holds no more than half of the count, and lets new events pass', async () => {
    const asked = new Asking({ maxDeliveries: 4 })
    for (const name of ['a', 'b', 'c']) asked.ask(name, { kind: 'parked' })
    expect(asked.granted).toEqual(['a', 'b'])
    asked.ask('end', { kind: 'end' })
    asked.ask('start')
    expect(asked.granted).toEqual(['a', 'b', 'end', 'start'])
    await asked.release('end')
    expect(asked.granted).not.toContain('c')
    await asked.release('a')
    expect(asked.granted.at(-1)).toBe('c')
  })

  it('holds no more than half of the bytes, but for one that is larger alone', async () => {
    const asked = new Asking()
    asked.ask('a', { kind: 'parked', bytes: 30 })
    asked.ask('b', { kind: 'parked', bytes: 21 })
    expect(asked.granted).toEqual(['a'])
    await asked.release('a')
    await asked.release('b')
    asked.ask('c', { kind: 'parked', bytes: 70 })
    expect(asked.granted).toEqual(['a', 'b', 'c'])
  })
})

describe('an account', () => {
  /** Three quarters are held: five by one account, ten by others. */
  const scarce = (): Asking => {
    const asked = new Asking({ maxDeliveries: 20, maxBytes: 10_000 })
    for (let index = 0; index < 10; index += 1) {
      asked.ask(`other ${index}`, { accountId: `other ${index}` }, 1_000)
    }
    for (let index = 0; index < 5; index += 1) asked.ask(`own ${index}`, {}, 1_000)
    expect(asked.grants).not.toContain('over_share')
    return asked
  }

  it('that holds its quarter while room is scarce and others are about is told so, and holds it all the same', () => {
    const asked = scarce()
    asked.ask('own 5', {}, 10_999)
    expect(asked.grants.at(-1)).toBe('over_share')
    expect(asked.held).toEqual([16, 16, 0])
    asked.ask('newcomer', { accountId: 'newcomer' }, 10_999)
    expect(asked.grants.at(-1)).toBe('granted')
  })

  it('may have more once the others have been away for long', () => {
    const asked = scarce()
    asked.ask('own 5', {}, 11_000)
    expect(asked.grants.at(-1)).toBe('granted')
  })

  it('may have more while there is enough for everybody', async () => {
    const asked = scarce()
    await asked.release('other 0', 1_000)
    asked.ask('own 5', {}, 1_000)
    expect(asked.grants.at(-1)).toBe('granted')
  })

  it('may have more when it is alone, up to the whole', () => {
    const asked = new Asking({ maxDeliveries: 8 })
    for (let index = 0; index < 8; index += 1) asked.ask(String(index))
    expect(new Set(asked.grants)).toEqual(new Set(['granted']))
    expect(asked.held).toEqual([8, 8, 0])
  })

  it('is over its share by bytes, too', () => {
    const asked = new Asking({ maxDeliveries: 1_000, maxBytes: 100 })
    asked.ask('other', { accountId: 'other', bytes: 60 })
    asked.ask('own', { bytes: 20 })
    asked.ask('own too', { bytes: 6 })
    expect(asked.grants).toEqual(['granted', 'granted', 'over_share'])
  })

  it('that waited is judged when its turn comes', async () => {
    const asked = new Asking({ maxDeliveries: 4 })
    for (const accountId of ['other', 'acme', 'acme', 'another', 'acme']) asked.ask(accountId, { accountId })
    expect([asked.grants, asked.held]).toEqual([
      ['granted', 'granted', 'granted', 'granted'],
      [4, 4, 1],
    ])
    await asked.release('other', 500)
    expect([asked.granted.at(-1), asked.grants.at(-1)]).toEqual(['acme', 'over_share'])
  })
})
