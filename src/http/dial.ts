// A connection to a receiver's address, checked before it is opened and once more when it stands.
// Invariants: of a name, every address must pass, and those that were checked are the ones that are tried, without a
// second question; not a byte is written before the check of where the connection has led.
import { connect, isIP } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'
import { AddressDenied } from './address-guard.ts'
import type { AddressGuard, Target } from './address-guard.ts'
import { lookupBy } from './lookup.ts'
import type { NameResolver } from './name-resolver.ts'
import { unlessLate } from './unless-late.ts'

/** Rejects with the signal's reason when that aborts. A socket that it gives has an error listener, and is the caller's. */
export type Dial = (target: Target, signal: AbortSignal) => Promise<Socket>

export interface DialOptions {
  readonly resolver: Pick<NameResolver, 'resolve'>
  readonly guard: AddressGuard
  /** Opens the connection; tests put theirs in its place. */
  readonly open?: (options: NetConnectOpts) => Socket
}

/** What the client's own connector sets. */
export const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const

export function createDial({ resolver, guard, open = connect }: DialOptions): Dial {
  return async (target, signal) => {
    const { host, port } = target
    const isName = isIP(host) === 0
    const admits = await unlessLate(guard.judgeOf(target, isName ? 'name' : 'address'), signal)
    // Nobody looks up an address.
    if (!isName && !admits(host)) throw new AddressDenied()
    const socket = open({
      host,
      port,
      lookup: lookupBy(resolver, (addresses) =>
        addresses.every(({ address }) => admits(address)) ? null : new AddressDenied(),
      ),
      ...socketOptions,
    })
    await connected(socket, signal)
    const { remoteAddress } = socket
    if (remoteAddress !== undefined && admits(remoteAddress)) return socket
    socket.destroy()
    // One that was reset already leads nowhere any more.
    throw remoteAddress === undefined ? resetAtOnce() : new AddressDenied()
  }
}

/** Of a socket that was handed on too late. */
export function resetAtOnce(): Error {
  return Object.assign(new Error('the connection was reset at once'), { code: 'ECONNRESET' })
}

function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void socket.destroy(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    const isOver = (): void => signal.removeEventListener('abort', onAbort)
    socket.once('connect', () => {
      isOver()
      resolve()
    })
    // It stays: between two owners there must be somebody who hears of an error.
    socket.on('error', (error) => {
      isOver()
      reject(error)
    })
  })
}
