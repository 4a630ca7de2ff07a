// Several workers of one group, as processes, while one of them stops, dies or joins.
import { afterEach, describe, expect, it } from '@jest/globals'
import { longestTakeOverMs, startLoad } from '../harness/two-workers.ts'
import type { Load, LoadOptions } from '../harness/two-workers.ts'
import { until } from '../harness/until.ts'

let load: Load | null = null
afterEach(async () => {
  await load?.stop()
  load = null
})

async function begin(options?: LoadOptions): Promise<Load> {
  load = await startLoad(options)
  return load
}

/** Slow enough that a change comes in the middle of the work. */
const atTenMs: LoadOptions = {
  answer: () => (response) => {
    setTimeout(() => response.end(), 10)
  },
  environment: { IN_FLIGHT_MAX_DELIVERIES: '32' },
}

describe('a worker that is stopped and started again', () => {
  it('loses nothing and repeats nothing, and its partitions are taken over within 5 s', async () => {
    const { publish, worker, receiver, expected, untilDelivered, missing, extra, rig } = await begin(atTenMs)
    await publish(5_000)
    const [first] = await Promise.all([worker('first'), worker('second')])
    await until(() => receiver.requests.length > expected.size / 3, 'a third of the deliveries', 60_000)
    expect(await first.end('SIGTERM')).toBe(0)
    await until(() => receiver.requests.length > (expected.size * 2) / 3, 'two thirds', 60_000)
    await worker('third')
    await untilDelivered(90_000)
    expect({ missing: missing(), extra: extra(), duplicates: receiver.duplicates() }).toEqual({
      missing: 0,
      extra: 0,
      duplicates: 0,
    })
    expect(longestTakeOverMs(rig.outcomes, 'first')).toBeLessThan(5_000)
  })
})

describe('a worker that is killed', () => {
  it.each([
    ['one of two', 1],
    ['both', 2],
  ])('%s: nothing is lost, and no more is repeated than the last commit left open', async (_which, kills) => {
    const { publish, worker, receiver, expected, repeatable, untilDelivered, missing, extra } =
      await begin(atTenMs)
    await publish(3_000)
    const both = await Promise.all([worker('first'), worker('second')])
    await until(() => receiver.requests.length > expected.size / 3, 'a third of the deliveries', 60_000)
    await Promise.all(both.slice(0, kills).map((each) => each.end('SIGKILL')))
    const bound = await repeatable()
    if (kills === 2) await worker('third')
    await untilDelivered(90_000)
    expect({ missing: missing(), extra: extra() }).toEqual({ missing: 0, extra: 0 })
    const most = await bound()
    console.log(JSON.stringify({ killed: kills, duplicates: receiver.duplicates(), bound: most }))
    expect(receiver.duplicates()).toBeLessThanOrEqual(most)
  })
})
