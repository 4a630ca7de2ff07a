// The door through which every delivery leaves: undici's agent, bounded in connections, headers and time.
// Redirects are not followed and answers not decompressed: an agent does neither unless it is asked to.
import { Agent } from 'undici'
import type { AttemptResult } from '../domain/attempt.ts'
import type { Clock, HttpSender } from '../ports.ts'
import { Exchange } from './exchange.ts'
import { detailOf } from './failure.ts'

export interface HttpSenderOptions {
  readonly connectTimeoutMs: number
  readonly maxResponseBytes: number
  readonly connectionsPerOrigin: number
  /** Milliseconds that an idle connection is kept. */
  readonly keepAliveMs: number
}

const maxHeaderBytes = 16_384

export function createHttpSender(options: HttpSenderOptions, clock: Clock): HttpSender {
  const agent = new Agent({
    connections: options.connectionsPerOrigin,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: options.connectTimeoutMs },
    keepAliveTimeout: options.keepAliveMs,
    keepAliveMaxTimeout: options.keepAliveMs,
    maxHeaderSize: maxHeaderBytes,
    // One deadline over the whole exchange stands in their place: these restart with every stage and chunk.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return {
    send(request, { totalTimeoutMs }, signal) {
      return new Promise<AttemptResult>((resolve) => {
        const exchange = new Exchange(
          {
            totalTimeoutMs,
            maxResponseBytes: options.maxResponseBytes,
            signal,
            monotonicMs: () => clock.monotonicMs(),
          },
          resolve,
        )
        if (exchange.over) return
        const { origin, target: path, method, headers, body } = request
        try {
          agent.dispatch({ origin, path, method, headers: [...headers], body }, exchange)
        } catch (error) {
          exchange.onResponseError(null, error instanceof Error ? error : new Error(detailOf(error)))
        }
      })
    },
    async stop() {
      await agent.destroy()
    },
  }
}
