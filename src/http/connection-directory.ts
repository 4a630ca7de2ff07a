// Connections to all origins: which are idle, which request gets which, and which must go when there is no room.
// Invariants: an idle connection is used before one is opened; as many are closed as others need room, the one idle
// for longest first, and never one with a request; an origin without connections and requests is forgotten.
// It stands in the place of the client's agent and pools, which open a socket for whoever asks.
import { Client, errors } from 'undici'
import type { buildConnector, Dispatcher } from 'undici'
import type { TlsVerification } from '../domain/webhook-rules.ts'
import { Connection, keyOf, OriginConnections } from './connection.ts'
import type { Peer } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { detailOf } from './failure.ts'
import { LinkedQueue } from './linked-queue.ts'
import type { RoomSeeker } from './socket-room.ts'
import { SocketRoom } from './socket-room.ts'

export interface DirectoryOptions {
  readonly connectionsPerOrigin: number
  /** Sockets to all origins together, those being opened included. */
  readonly maxConnections: number
  readonly client: Omit<Client.Options, 'connect'>
}

/** Which opens the sockets of whom. */
export type Connectors = Readonly<Record<TlsVerification, buildConnector.connector>>

export interface ConnectionCounts {
  /** Sockets that are open or being opened. */
  readonly sockets: number
  /** Origins with a connection or a request. */
  readonly origins: number
  /** Requests that wait for a connection; those whose time is over count until their turn comes. */
  readonly waiting: number
}

/**
 * One for all: nobody is told it, since what is removed carries nothing, and making an error and its stack each time was 6 %
 * of what a delivery costs where every one opens a connection and closes another.
 */
const closedUnused = new errors.ClientDestroyedError('the connection was not needed any more')

export class ConnectionDirectory {
  readonly #perOrigin: number
  readonly #clientOptions: DirectoryOptions['client']
  readonly #connectors: Connectors
  readonly #room: SocketRoom
  readonly #homes = new Map<string, OriginConnections>()
  readonly #connections = new Set<Connection>()
  /** Of all origins, the one that has been idle for longest first. */
  readonly #idle = new LinkedQueue<Connection>()
  #stopped = false

  constructor(options: DirectoryOptions, connectorsFor: (room: SocketRoom) => Connectors) {
    this.#perOrigin = options.connectionsPerOrigin
    this.#room = new SocketRoom(options.maxConnections, () => this.#closeOneIdle())
    this.#clientOptions = options.client
    this.#connectors = connectorsFor(this.#room)
  }

  counts(): ConnectionCounts {
    let waiting = 0
    for (const home of this.#homes.values()) waiting += home.waiting
    return { sockets: this.#room.taken, origins: this.#homes.size, waiting }
  }

  /** Never throws: the exchange is told all that comes of it. */
  dispatch(peer: Peer, request: Dispatcher.DispatchOptions, exchange: Exchange): void {
    if (this.#stopped) {
      exchange.onResponseError(null, new errors.ClientDestroyedError())
      return
    }
    const home = this.#homes.get(keyOf(peer)) ?? this.#newHome(peer)
    const idle = home.idle.last
    if (idle === undefined) {
      home.wait({ request, exchange })
      this.#serve(home)
    } else {
      idle.leave('busy', this.#idle)
      this.#carry(idle, request, exchange)
    }
  }

  /** Cuts what is under way; each exchange ends with a result. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#room.close()
    for (const home of this.#homes.values()) {
      for (let next = home.nextWaiting(); next !== undefined; next = home.nextWaiting()) {
        next.exchange.onResponseError(null, new errors.ClientDestroyedError())
      }
    }
    this.#homes.clear()
    await Promise.all([...this.#connections].map(({ client }) => client.destroy()))
  }

  #newHome(peer: Peer): OriginConnections {
    const home = new OriginConnections(peer)
    this.#homes.set(keyOf(peer), home)
    return home
  }

  /** Opens connections for those that wait, or gets in line for room, as far as the origin may. */
  #serve(home: OriginConnections): void {
    while (home.connections < this.#perOrigin && !this.#room.full) {
      const next = home.nextWaiting()
      if (next === undefined) break
      try {
        this.#carry(this.#open(home), next.request, next.exchange)
      } catch (error) {
        next.exchange.onResponseError(null, error instanceof Error ? error : new Error(detailOf(error)))
      }
    }
    while (home.seeking < Math.min(home.waiting, this.#perOrigin - home.connections)) {
      home.seeking += 1
      this.#room.seek(this.#seekerFor(home))
    }
    this.#forgetIfUnused(home)
  }

  #seekerFor(home: OriginConnections): RoomSeeker {
    const perOrigin = this.#perOrigin
    return {
      home,
      get over() {
        return home.firstWaiting === undefined || home.connections >= perOrigin
      },
      turn: () => {
        home.seeking -= 1
        this.#serve(home)
      },
    }
  }

  #open(home: OriginConnections): Connection {
    const { origin, tlsVerification } = home.peer
    const connect = this.#connectors[tlsVerification]
    const connection = new Connection(new Client(origin, { ...this.#clientOptions, connect }), home)
    home.connections += 1
    this.#connections.add(connection)
    connection.client
      .on('connect', () => {
        connection.connected = true
      })
      .on('disconnect', () => {
        connection.connected = false
        if (connection.state === 'idle') this.#remove(connection)
      })
      // The client takes the next request: the one before is over, in whatever way.
      .on('drain', () => this.#freed(connection))
    return connection
  }

  /** The connection is busy, with this from now on. */
  #carry(connection: Connection, request: Dispatcher.DispatchOptions, exchange: Exchange): void {
    connection.client.dispatch(request, exchange)
    // A request that the client does not take ends at once, and nothing more is heard of it.
    if (exchange.over && connection.client.stats.size === 0) this.#freed(connection)
  }

  #freed(connection: Connection): void {
    if (connection.state !== 'busy') return
    const { home } = connection
    const seeker = this.#room.firstSeeker
    if (!connection.connected || (seeker !== undefined && seeker.home !== home && this.#room.short)) {
      this.#remove(connection)
    } else {
      if (seeker?.home === home) {
        this.#room.passFirst()
        home.seeking -= 1
      }
      const next = home.nextWaiting()
      if (next === undefined) connection.rest(this.#idle)
      else this.#carry(connection, next.request, next.exchange)
    }
    this.#serve(home)
  }

  #closeOneIdle(): void {
    const oldest = this.#idle.first
    if (oldest !== undefined) this.#remove(oldest)
  }

  /** It is in nobody's reach before it is closed, and carries nothing. */
  #remove(connection: Connection): void {
    connection.leave('gone', this.#idle)
    connection.home.connections -= 1
    this.#connections.delete(connection)
    if (connection.connected) this.#room.expectOne()
    connection.client.destroy(closedUnused, () => {})
    this.#forgetIfUnused(connection.home)
  }

  #forgetIfUnused(home: OriginConnections): void {
    if (home.connections > 0 || home.waiting > 0 || home.seeking > 0) return
    const key = keyOf(home.peer)
    if (this.#homes.get(key) === home) this.#homes.delete(key)
  }
}
