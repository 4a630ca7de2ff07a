// Opens every socket of this process that leads to a receiver, and counts it from the attempt to its close.
// Invariants: no socket is opened without room for it; no error comes back before this returns, because the client
// would not notice it. Where a socket may lead is decided by whoever dials.
import type { Socket } from 'node:net'
import { nextTick } from 'node:process'
import { buildConnector } from 'undici'
import { boundAnswers } from './answer-bound.ts'
import type { Dial } from './dial.ts'
import { openBy } from './opening.ts'
import type { ReceiverTrust } from './receiver-trust.ts'
import type { SocketRoom } from './socket-room.ts'

export interface ConnectorOptions {
  /** Milliseconds, name look-up, proxy and TLS included. */
  readonly connectTimeoutMs: number
  readonly dial: Dial
  readonly trust: ReceiverTrust
  /** Bytes that are read for one request, whatever they are. */
  readonly maxAnswerBytes: number
}

export function createConnector(
  { connectTimeoutMs, dial, trust, maxAnswerBytes }: ConnectorOptions,
  room: SocketRoom,
): buildConnector.connector {
  // Without a deadline of its own: there is one over all stages.
  const secure = buildConnector({ timeout: 0, allowH2: false, ...trust })
  const connect = openBy({ connectTimeoutMs, dial, secure })
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
