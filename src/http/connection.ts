// A connection to a receiver, and the ones to the same origin, as the directory keeps them.
// Invariant: a connection carries one request at a time; while it is idle it stands in two queues, its origin's and
// the one of all, and otherwise in none.
import type { Client, Dispatcher } from 'undici'
import type { TlsVerification } from '../domain/webhook-rules.ts'
import type { Exchange } from './exchange.ts'
import { Link, LinkedQueue } from './linked-queue.ts'

/** A request that found no connection. */
export interface WaitingRequest {
  readonly request: Dispatcher.DispatchOptions
  readonly exchange: Exchange
}

/** What may share connections. A request whose receiver is to be verified never takes one where nobody did. */
export interface Peer {
  readonly origin: string
  readonly tlsVerification: TlsVerification
}

export function keyOf({ origin, tlsVerification }: Peer): string {
  return tlsVerification === 'on' ? origin : `${origin} unverified`
}

export class OriginConnections {
  readonly peer: Peer
  /** The one used last is used next, so that those too many run out. */
  readonly idle = new LinkedQueue<Connection>()
  readonly #waiting = new LinkedQueue<WaitingRequest>()
  /** Those that are busy, idle or being opened. */
  connections = 0
  /** How often it stands in the line for room. */
  seeking = 0

  constructor(peer: Peer) {
    this.peer = peer
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** The request whose turn is next; those before it whose time is over are forgotten. */
  get firstWaiting(): WaitingRequest | undefined {
    let first = this.#waiting.first
    while (first?.exchange.over === true) {
      this.#waiting.shift()
      first = this.#waiting.first
    }
    return first
  }

  wait(waiting: WaitingRequest): void {
    this.#waiting.append(new Link(waiting))
  }

  nextWaiting(): WaitingRequest | undefined {
    return this.firstWaiting === undefined ? undefined : this.#waiting.shift()
  }
}

export class Connection {
  readonly client: Client
  readonly home: OriginConnections
  /** `gone`: the directory knows it no more. */
  state: 'busy' | 'idle' | 'gone' = 'busy'
  /** Whether there is a socket. The client opens another one by itself for a request whose socket was lost unused. */
  connected = false
  readonly #inHome = new Link<Connection>(this)
  readonly #amongAll = new Link<Connection>(this)

  constructor(client: Client, home: OriginConnections) {
    this.client = client
    this.home = home
  }

  rest(all: LinkedQueue<Connection>): void {
    this.state = 'idle'
    this.home.idle.append(this.#inHome)
    all.append(this.#amongAll)
  }

  /** From idle or busy. */
  leave(state: 'busy' | 'gone', all: LinkedQueue<Connection>): void {
    this.state = state
    this.home.idle.remove(this.#inHome)
    all.remove(this.#amongAll)
  }
}
