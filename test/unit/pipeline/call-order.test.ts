import { describe, expect, it } from '@jest/globals'
import { CallOrder } from '../../../src/pipeline/call-order.ts'

const [call, origin] = ['call-1', 'https://crm.test']

/** Which of the waits are over by now. */
async function over(...waits: readonly (Promise<void> | null)[]): Promise<boolean[]> {
  const seen = waits.map((wait) => wait === null)
  for (const [index, wait] of waits.entries()) void wait?.then(() => (seen[index] = true))
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve()
  return seen
}

describe('the end of a call', () => {
  it('waits for nothing where no start is under way', () => {
    expect(new CallOrder().untilStartTried(call, origin)).toBeNull()
  })

  it('waits until the start is out of the way, and no later end does', async () => {
    const order = new CallOrder()
    const release = order.startTaken(call, origin)
    const waits = [order.untilStartTried(call, origin), order.untilStartTried(call, origin)]
    expect(await over(...waits)).toEqual([false, false])
    release()
    expect(await over(...waits)).toEqual([true, true])
    expect(order.untilStartTried(call, origin)).toBeNull()
  })

  it('waits for all starts of several webhooks of one origin', async () => {
    const order = new CallOrder()
    const releases = [order.startTaken(call, origin), order.startTaken(call, origin)]
    const wait = order.untilStartTried(call, origin)
    // A start says it as often as it likes, and speaks for itself alone.
    releases[0]?.()
    releases[0]?.()
    expect(await over(wait)).toEqual([false])
    releases[1]?.()
    expect(await over(wait)).toEqual([true])
  })

  it('waits for no other call, and no other origin', async () => {
    const order = new CallOrder()
    const release = order.startTaken(call, origin)
    expect(order.untilStartTried('call-2', origin)).toBeNull()
    expect(order.untilStartTried(call, 'https://other.test')).toBeNull()
    const other = order.startTaken(call, 'https://other.test')
    const wait = order.untilStartTried(call, origin)
    other()
    expect(await over(wait)).toEqual([false])
    release()
    expect(await over(wait)).toEqual([true])
  })

  it.each([
    ['call\nhttps://crm.test', 'https://crm.test'],
    ['', 'https://crm.test\ncall'],
    ['__proto__', 'constructor'],
  ])('waits for no start whose call id says what another’s origin does: %j', (callId, otherOrigin) => {
    const order = new CallOrder()
    order.startTaken(callId, otherOrigin)
    expect(order.untilStartTried('call', 'https://crm.test')).toBeNull()
    expect(order.untilStartTried(callId, otherOrigin)).not.toBeNull()
  })
})

describe('a start', () => {
  it('of the same call that comes when all was over is a new one', async () => {
    const order = new CallOrder()
    const first = order.startTaken(call, origin)
    first()
    const second = order.startTaken(call, origin)
    first()
    const wait = order.untilStartTried(call, origin)
    expect(await over(wait)).toEqual([false])
    second()
    expect(await over(wait)).toEqual([true])
  })

  it('that comes while an end waits for another is waited for, too', async () => {
    const order = new CallOrder()
    const first = order.startTaken(call, origin)
    const wait = order.untilStartTried(call, origin)
    const second = order.startTaken(call, origin)
    first()
    expect(await over(wait)).toEqual([false])
    second()
    expect(await over(wait)).toEqual([true])
  })
})
