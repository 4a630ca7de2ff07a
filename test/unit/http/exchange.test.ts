// The order of what an exchange is told where that order is not the usual one; the usual one is judged on real sockets.
import { expect, it } from '@jest/globals'
import type { Dispatcher } from 'undici'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import { Exchange } from '../../../src/http/exchange.ts'

/** A connection that is ready after so long, in a process whose timers did not run meanwhile. */
function readyAfter(elapsedMs: number) {
  let nowMs = 0
  const results: AttemptResult[] = []
  const reasons: unknown[] = []
  const exchange = new Exchange(
    {
      totalTimeoutMs: 10_000,
      maxResponseBytes: 1_000,
      signal: new AbortController().signal,
      monotonicMs: () => nowMs,
    },
    (result) => void results.push(result),
  )
  nowMs = elapsedMs
  const controller = { abort: (reason: unknown) => void reasons.push(reason) }
  exchange.onRequestStart(controller as unknown as Dispatcher.DispatchController)
  const isOver = exchange.over
  const isAborted = reasons.length > 0
  // Ends its timer.
  exchange.onResponseError(null, new Error('the end of the test'))
  return { results, isAborted, isOver }
}

it('sends nothing after its deadline, though the connection is told of before the timer', () => {
  const { results, isAborted, isOver } = readyAfter(10_000)
  expect(isOver).toBe(true)
  expect(results).toMatchObject([{ kind: 'unanswered', failure: 'total_timeout' }])
  expect(isAborted).toBe(true)
})

it('sends within it', () => {
  const { isAborted, isOver } = readyAfter(9_999)
  expect(isOver).toBe(false)
  expect(isAborted).toBe(false)
})
