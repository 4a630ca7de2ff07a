// Clients' servers in a process of their own, so that what is measured in the test's process is not their doing; it can
// be frozen, as a server whose machine is gone.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Certificate } from './certificates.ts'

/**
 * `silent`: takes the request and never answers; with TLS, takes the connection and never says a word. `slow`: 200 after
 * nine seconds. `failing`: 503. `gone`: answers once more and hangs up, also on connections that are open.
 */
export type Manner = 'well' | 'silent' | 'slow' | 'failing' | 'gone'

export interface Arrival {
  readonly destination: number
  readonly deliveryId: string
  readonly attempt: number
  /** The `user-agent` header: workers can be told to name themselves by it. */
  readonly sender: string
  /** Epoch milliseconds, fractions included. */
  readonly atMs: number
}

export interface ChildOptions {
  readonly destinations: number
  readonly answerAfterMs: number
  /** One request in ten is answered 503 at its first attempt. */
  readonly failsOnce?: boolean
  /** A port for each, with TLS, instead of an address for each. */
  readonly tls?: Certificate
  /** Connections that the system takes for a process that does not. */
  readonly backlog?: number
}

export type Command =
  | { readonly kind: 'behave'; readonly destinations: readonly number[] | null; readonly manner: Manner }
  | { readonly kind: 'collect' }

type Reply =
  | { readonly kind: 'ports'; readonly ports: readonly number[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'arrivals'; readonly arrivals: readonly Arrival[] }

export interface Receivers {
  /** The port of a destination. */
  portOf(destination: number): number
  /** Null: all that were told nothing of their own. */
  behave(destinations: readonly number[] | null, manner: Manner): Promise<void>
  /** What arrived since the last time. */
  collect(): Promise<readonly Arrival[]>
  /** Stops the process, and fills what the system would still take for it: further connections hang. */
  blackHole(): Promise<void>
  stop(): Promise<void>
}

export function addressOf(destination: number): string {
  return `127.0.${1 + Math.floor(destination / 250)}.${1 + (destination % 250)}`
}

export async function startReceivers(options: ChildOptions): Promise<Receivers> {
  const child = fork(new URL('receivers-child.ts', import.meta.url), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const ports = await reply(child, 'ports')
  const fillers: Socket[] = []
  return {
    portOf: (destination) => ports.ports[destination] ?? ports.ports[0] ?? 0,
    async behave(destinations, manner) {
      child.send({ kind: 'behave', destinations, manner } satisfies Command)
      await reply(child, 'done')
    },
    async collect() {
      child.send({ kind: 'collect' } satisfies Command)
      return (await reply(child, 'arrivals')).arrivals
    },
    async blackHole() {
      child.kill('SIGSTOP')
      for (;;) {
        const filler = connect(ports.ports[0] ?? 0, '127.0.0.1')
        filler.on('error', () => {})
        fillers.push(filler)
        const late = AbortSignal.timeout(300)
        const taken = await once(filler, 'connect', { signal: late }).then(
          () => true,
          () => false,
        )
        if (!taken) return
      }
    },
    async stop() {
      process.off('exit', killWithUs)
      for (const filler of fillers) filler.destroy()
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function reply<Kind extends Reply['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Reply, { kind: Kind }>> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [Reply]
    if (message.kind === kind) return message as Extract<Reply, { kind: Kind }>
  }
}
