import { describe, expect, it } from '@jest/globals'
import { followEvents } from '../../../../../src/console/page/log/follow-events.ts'

type Answer = 'away' | number | readonly string[]

/** Follows what is answered, one connection after the other, until there are no more answers. */
async function follow(answers: readonly Answer[]) {
  const told: string[] = []
  const waits: number[] = []
  const ended = new AbortController()
  const left = [...answers]
  await followEvents(
    {
      open() {
        const answer = left.shift()
        if (left.length === 0) queueMicrotask(() => ended.abort())
        if (answer === undefined || answer === 'away') return Promise.reject(new Error('away'))
        if (typeof answer === 'number') return Promise.resolve(new Response('', { status: answer }))
        return Promise.resolve(new Response(streamOf(answer)))
      },
      told: (what) => void told.push(what),
      broken: () => void told.push('broken'),
      wait: (ms) => {
        waits.push(ms)
        return Promise.resolve()
      },
    },
    ended.signal,
  )
  return { told, waits, left }
}

function streamOf(pieces: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })
}

describe('following', () => {
  it('tells of each event, and of each connection, because something may have been missed', async () => {
    const one = ['event: deliveries\ndata: {}\n\n', ': here\n\n']
    const { told } = await follow([one, one, 404, 'away'])
    expect(told).toEqual(['connected', 'deliveries', 'connected', 'deliveries'])
  })

  it('ends where there is nothing to follow', async () => {
    const { left, waits } = await follow([404, ['data: x\n\n'], 'away'])
    expect(left).toHaveLength(2)
    expect(waits).toEqual([])
  })

  it.each([['away'], [401], [429], [503]] as const)(
    'waits ever longer while the answer is %s, up to half a minute, and says that it is broken',
    async (answer) => {
      const { waits, told } = await follow([...Array.from({ length: 9 }, () => answer), 404, 'away'])
      expect(told).toEqual(Array.from({ length: 9 }, () => 'broken'))
      for (const [index, ms] of waits.entries()) {
        const meantMs = Math.min(30_000, 1_000 * 2 ** index)
        expect(ms).toBeGreaterThanOrEqual(0.75 * meantMs)
        expect(ms).toBeLessThanOrEqual(1.25 * meantMs)
      }
    },
  )

  it('begins with a short wait again once it was connected, without saying that anything is broken', async () => {
    const { waits, told } = await follow(['away', 'away', 'away', ['data: x\n\n'], 404, 'away'])
    expect(waits[3]).toBeLessThanOrEqual(1_250)
    expect(told).toEqual(['broken', 'broken', 'broken', 'connected', 'message'])
  })
})
