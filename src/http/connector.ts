// Opens every socket of this process that leads to a receiver, and counts it from the attempt to its close.
// Invariants: no socket is opened without room for it; no error comes back before this returns, because the client
// would not notice it. It is the one place that sees every address before a byte goes there.
import type { LookupFunction, Socket } from 'node:net'
import { nextTick } from 'node:process'
import { buildConnector } from 'undici'
import { boundAnswers } from './answer-bound.ts'
import type { ReceiverTrust } from './receiver-trust.ts'
import type { SocketRoom } from './socket-room.ts'

export interface ConnectorOptions {
  /** Milliseconds, name look-up and TLS included. */
  readonly connectTimeoutMs: number
  readonly lookup: LookupFunction
  readonly trust: ReceiverTrust
  /** Bytes that are read for one request, whatever they are. */
  readonly maxAnswerBytes: number
}

export function createConnector(
  { connectTimeoutMs, lookup, trust, maxAnswerBytes }: ConnectorOptions,
  room: SocketRoom,
): buildConnector.connector {
  // Where a socket leads is decided here: names by the addresses that `lookup` gives, literals by `target.hostname`,
  // for which it is not asked.
  const connect = buildConnector({ timeout: connectTimeoutMs, allowH2: false, lookup, ...trust })
  const giveBack = (): void => room.giveBack()

  function open(target: buildConnector.Options, callback: buildConnector.Callback): void {
    room.take()
    try {
      connect(target, (...outcome) => {
        const [error, socket] = outcome
        if (error === null) countUntilClosed(socket, giveBack)
        else giveBack()
        callback(...outcome)
        if (error === null) boundAnswers(socket, maxAnswerBytes)
      })
    } catch (error) {
      giveBack()
      nextTick(callback, error, null)
    }
  }

  return (target, callback) => {
    if (room.full) room.seek({ home: null, over: false, turn: () => open(target, callback) })
    else open(target, callback)
  }
}

function countUntilClosed(socket: Socket, giveBack: () => void): void {
  if (socket.closed) giveBack()
  else socket.once('close', giveBack)
}
