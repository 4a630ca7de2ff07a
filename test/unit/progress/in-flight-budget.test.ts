import { describe, expect, it } from '@jest/globals'
import { InFlightBudget } from '../../../src/progress/in-flight-budget.ts'

/** Asks for each size and notes, by its place in the row, when it is granted. */
function asking(budget: InFlightBudget, sizes: readonly number[]): number[] {
  const granted: number[] = []
  sizes.forEach((bytes, index) => {
    const wait = budget.acquire(bytes)
    if (wait === null) granted.push(index)
    else void wait.then(() => granted.push(index))
  })
  return granted
}

/** Lets everything that was granted say so. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('an in-flight budget', () => {
  it('grants at once up to its count, then in turn as places come free', async () => {
    const budget = new InFlightBudget({ maxDeliveries: 2, maxBytes: 100 })
    const granted = asking(budget, [1, 1, 1, 1])
    expect([granted, budget.deliveries, budget.bytes, budget.waiting]).toEqual([[0, 1], 2, 2, 2])
    budget.release(1)
    await settled()
    expect([granted, budget.deliveries, budget.waiting]).toEqual([[0, 1, 2], 2, 1])
    for (let given = 0; given < 3; given += 1) budget.release(1)
    await settled()
    expect([granted, budget.deliveries, budget.bytes, budget.waiting]).toEqual([[0, 1, 2, 3], 0, 0, 0])
  })

  it('is full to the byte, and no further', async () => {
    const budget = new InFlightBudget({ maxDeliveries: 10, maxBytes: 100 })
    const granted = asking(budget, [60, 40, 1])
    expect(granted).toEqual([0, 1])
    budget.release(40)
    await settled()
    expect([granted, budget.bytes]).toEqual([[0, 1, 2], 61])
  })

  it('lets nobody pass who asked later, though there were room for it', async () => {
    const budget = new InFlightBudget({ maxDeliveries: 10, maxBytes: 100 })
    const granted = asking(budget, [60, 50, 1])
    expect(granted).toEqual([0])
    budget.release(60)
    await settled()
    expect(granted).toEqual([0, 1, 2])
  })

  it('grants several when a large one goes', async () => {
    const budget = new InFlightBudget({ maxDeliveries: 10, maxBytes: 100 })
    const granted = asking(budget, [100, 30, 30, 30, 30])
    budget.release(100)
    await settled()
    expect([granted, budget.bytes, budget.waiting]).toEqual([[0, 1, 2, 3], 90, 1])
  })

  it('lets one that is larger than all of it pass alone', async () => {
    const budget = new InFlightBudget({ maxDeliveries: 10, maxBytes: 100 })
    const granted = asking(budget, [1, 500, 1])
    expect(granted).toEqual([0])
    budget.release(1)
    await settled()
    expect([granted, budget.deliveries, budget.bytes]).toEqual([[0, 1], 1, 500])
    budget.release(500)
    await settled()
    expect([granted, budget.bytes]).toEqual([[0, 1, 2], 1])
  })
})
