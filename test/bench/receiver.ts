// The receiver's process, as the benchmark speaks to it.
import type { Certificate } from '../harness/certificates.ts'
import { startChild } from './child.ts'

export interface ReceiverOptions {
  readonly answerAfterMs: number
  readonly failingPercent: number
  /** Null: plain HTTP. */
  readonly tls: Certificate | null
  /** Whether it keeps when each delivery first arrived. */
  readonly arrivals?: 'kept'
}

export interface ReceiverCount {
  /** Different deliveries. */
  readonly ids: number
  readonly requests: number
  /** Of the receiver's process so far. */
  readonly cpuSeconds: number
}

/** A delivery's id, and when the last byte of its first request was read: `machineMs`. */
export type Arrival = readonly [id: string, atMs: number]

export type ReceiverReply =
  | { readonly kind: 'listening'; readonly port: number }
  | ({ readonly kind: 'count' } & ReceiverCount)
  | { readonly kind: 'arrivals'; readonly arrivals: readonly Arrival[] }

export type ReceiverQuestion = 'count' | 'forget' | 'arrivals'

export interface Receiver {
  readonly port: number
  count(): Promise<ReceiverCount>
  /** Counts from nothing again. */
  forget(): Promise<void>
  arrivals(): Promise<ReadonlyMap<string, number>>
  stop(): Promise<void>
}

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const child = startChild(new URL('receiver-child.ts', import.meta.url), options)
  const first = await child.heard<ReceiverReply>()
  if (first.kind !== 'listening') throw new Error(`the receiver says ${first.kind} before it listens`)
  const ask = (question: ReceiverQuestion): Promise<ReceiverReply> => child.ask(question)
  return {
    port: first.port,
    async count() {
      const reply = await ask('count')
      if (reply.kind !== 'count') throw new Error(`the receiver says ${reply.kind}`)
      return reply
    },
    async forget() {
      await ask('forget')
    },
    async arrivals() {
      const reply = await ask('arrivals')
      if (reply.kind !== 'arrivals') throw new Error(`the receiver says ${reply.kind}`)
      return new Map(reply.arrivals)
    },
    stop: () => child.kill(),
  }
}
