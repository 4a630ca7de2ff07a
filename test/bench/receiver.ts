// The receiver's process, as the benchmark speaks to it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Certificate } from '../harness/certificates.ts'

export interface ReceiverOptions {
  readonly answerAfterMs: number
  readonly failingPercent: number
  /** Null: plain HTTP. */
  readonly tls: Certificate | null
}

export interface ReceiverCount {
  /** Different deliveries. */
  readonly ids: number
  readonly requests: number
  /** Of the receiver's process so far. */
  readonly cpuSeconds: number
}

export type ReceiverReply =
  { readonly kind: 'listening'; readonly port: number } | ({ readonly kind: 'count' } & ReceiverCount)

export interface Receiver {
  readonly port: number
  count(): Promise<ReceiverCount>
  /** Counts from nothing again. */
  forget(): Promise<void>
  stop(): Promise<void>
}

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const child = fork(new URL('receiver-child.ts', import.meta.url), [JSON.stringify(options)])
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const [first] = (await once(child, 'message')) as [ReceiverReply]
  if (first.kind !== 'listening') throw new Error(`the receiver says ${first.kind} before it listens`)
  const ask = async (message: 'count' | 'forget'): Promise<ReceiverCount> => {
    const answered = once(child, 'message')
    child.send(message)
    const [reply] = (await answered) as [ReceiverReply]
    if (reply.kind !== 'count') throw new Error(`the receiver says ${reply.kind}`)
    return reply
  }
  return {
    port: first.port,
    count: () => ask('count'),
    async forget() {
      await ask('forget')
    },
    async stop() {
      process.off('exit', killWithUs)
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
