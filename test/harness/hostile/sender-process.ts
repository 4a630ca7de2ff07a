// The other end of the process that sends: requests go there, results come back.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import type { HttpSenderOptions } from '../../../src/http/http-sender.ts'
import type { Behaviour } from './behaviour.ts'

export interface SenderSetting extends Pick<
  HttpSenderOptions,
  'connectTimeoutMs' | 'connectionsPerOrigin' | 'trustedAuthorities'
> {
  readonly totalTimeoutMs: number
}

export type SenderCommand =
  | {
      readonly kind: 'send'
      readonly id: number
      readonly origin: string
      readonly target: string
      readonly bodyBytes: number
      readonly totalTimeoutMs: number
    }
  | { readonly kind: 'burden' }
  | { readonly kind: 'stop' }

export type SenderReply =
  | { readonly kind: 'started' }
  | { readonly kind: 'sent'; readonly id: number; readonly result: AttemptResult; readonly tookMs: number }
  | ({ readonly kind: 'burden' } & Burden)

export interface Sent {
  readonly result: AttemptResult
  readonly tookMs: number
}

export interface Burden {
  /** MiB, at most since it was asked before. */
  readonly rssMb: number
  /** Since its start. */
  readonly cpuMs: number
}

export interface SenderProcess {
  /** Default: 10 bytes, and the setting's time. */
  send(origin: string, target: string, odd?: Pick<Behaviour, 'bodyBytes' | 'totalTimeoutMs'>): Promise<Sent>
  burden(): Promise<Burden>
  /** Resolves with what the process ended with: 0, unless something went wrong in it that nobody handled. */
  stop(): Promise<number | null>
}

export interface SenderSurroundings {
  /** Beside this process's own. */
  readonly environment?: NodeJS.ProcessEnv
  /** Of Node.js. */
  readonly flags?: readonly string[]
}

export async function startSenderProcess(
  setting: SenderSetting,
  { environment = {}, flags = [] }: SenderSurroundings = {},
): Promise<SenderProcess> {
  const child = fork(new URL('sender-child.ts', import.meta.url), [JSON.stringify(setting)], {
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    execArgv: ['--no-warnings', ...flags],
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const sends = new Map<number, (sent: Sent) => void>()
  let weighed: ((burden: Burden) => void) | null = null
  const started = Promise.withResolvers<void>()
  child.on('message', (reply: SenderReply) => {
    switch (reply.kind) {
      case 'started':
        started.resolve()
        return
      case 'sent':
        sends.get(reply.id)?.({ result: reply.result, tookMs: reply.tookMs })
        sends.delete(reply.id)
        return
      case 'burden':
        weighed?.(reply)
    }
  })
  const command = (one: SenderCommand): void => void child.send(one)
  void ended.then(([code]) => started.reject(new Error(`the sender ended with ${code}`)))
  await started.promise
  let count = 0
  return {
    send(origin, target, { bodyBytes = 10, totalTimeoutMs = setting.totalTimeoutMs } = {}) {
      count += 1
      const id = count
      return new Promise((resolve) => {
        sends.set(id, resolve)
        command({ kind: 'send', id, origin, target, bodyBytes, totalTimeoutMs })
      })
    },
    burden() {
      return new Promise((resolve) => {
        weighed = resolve
        command({ kind: 'burden' })
      })
    },
    async stop() {
      if (child.connected) command({ kind: 'stop' })
      const [code] = await ended
      return code
    },
  }
}
