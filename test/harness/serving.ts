// A receiver's capacity: so many requests at once, each for so long; the others wait in its line.
import type { ServerResponse } from 'node:http'
import type { Answer } from '../../src/local/receiver.ts'

export interface Capacity {
  readonly atOnce: number
  readonly forMs: number
  /** Default 200. */
  readonly status?: number
}

export function serving({ atOnce, forMs, status = 200 }: Capacity): () => Answer {
  const line: ServerResponse[] = []
  let served = 0
  const next = (): void => {
    while (served < atOnce) {
      const response = line.shift()
      if (response === undefined) return
      served += 1
      setTimeout(() => {
        served -= 1
        response.writeHead(status).end()
        next()
      }, forMs)
    }
  }
  return () => (response) => {
    line.push(response)
    next()
  }
}
