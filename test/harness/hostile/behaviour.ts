// What a receiver does that should not, and what its fault has to become: the rows of the tables in this folder.
// Invariant: a row says what the sender tells of the attempt and how that is judged; what comes after it is the same
// for all: the next request to the same port and one to a neighbour get their own answers.
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { TransportFailure } from '../../../src/domain/attempt.ts'
import type { Judgement } from '../../../src/retry/judgement.ts'
import type { Authority } from '../certificates.ts'

/** Answers all requests on a connection as a receiver should; the odd one as the row says. */
export type Serve = (socket: Socket) => void

export interface Behaviour {
  /** Completes the sentence "a receiver that …". */
  readonly name: string
  /** The first connection is its own. */
  readonly accept?: (socket: Socket, serve: Serve) => void
  /** What it does when the odd request has arrived, body and all; by default nothing. */
  readonly respond?: (socket: Socket) => void
  /** Of the odd request; default 10. */
  readonly bodyBytes?: number
  /** Of the odd request; milliseconds. Those that never come to an end get a short one, by default it is the sender's. */
  readonly totalTimeoutMs?: number
  /** The first connection ends before the next request: it was broken off by either side, and carries no more. */
  readonly closes?: true
  /** Speaks TLS: to the first connection so, to others as it should. */
  readonly tls?: (authority: Authority) => TlsOptions
  readonly ends: Ending
}

export interface Ending {
  /** The status, or why there was none. */
  readonly result: number | TransportFailure
  readonly judged: Judgement['kind']
  /** `reason (fault owner)`, where it is not delivered. */
  readonly as?: string
  /** The scheme, host and port that a redirect names; default null. */
  readonly redirectOrigin?: string
  readonly excerpt?: string | null
}

export const delivered: Ending = { result: 200, judged: 'delivered' }
export const redirected: Ending = { result: 301, judged: 'mended_by_client', as: 'redirect (receiver)' }
export const refused: Ending = { result: 400, judged: 'refused', as: 'http_status (receiver)' }
export const broken = again('protocol_error', 'receiver')
export const reset = again('reset', 'receiver')
export const late = again('total_timeout', 'receiver')
export const tooLarge = again('response_too_large', 'receiver')
export const untrusted = again('tls', 'receiver')
export const noConnection = again('connect_timeout', 'network')

function again(result: TransportFailure, owner: 'receiver' | 'network'): Ending {
  return { result, judged: 'retryable', as: `${result} (${owner})` }
}

/** Only the sender's clock ends it. */
export const endless = (behaviour: Behaviour): Behaviour => ({ totalTimeoutMs: 400, ...behaviour })

export const head = (status: string, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')

/** With a length, after which the connection stays open. */
export const answer = (body: string, status = '200 OK', ...headers: readonly string[]): string =>
  head(status, ...headers, `content-length: ${Buffer.byteLength(body)}`) + body

export const says =
  (...texts: readonly (string | Uint8Array)[]) =>
  (socket: Socket): void => {
    for (const text of texts) socket.write(text)
  }

/** Says it and hangs up. */
export const saysAndEnds =
  (text: string) =>
  (socket: Socket): void => {
    socket.end(text)
  }

/** Once it has left this side: until then a reset would take it along. */
export const saysAndResets =
  (text: string) =>
  (socket: Socket): void => {
    socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 20))
  }

/** The first text at once, then the other again and again, a piece every few milliseconds. */
export const drips =
  (first: string, again: string, everyMs = 20) =>
  (socket: Socket): void => {
    socket.write(first)
    const timer = setInterval(() => socket.write(again), everyMs)
    socket.on('close', () => clearInterval(timer))
  }

/** The first text, then the other for ever, as fast as the sender takes it. */
export const pours =
  (first: string, again: string | Uint8Array) =>
  (socket: Socket): void => {
    socket.write(first)
    const more = (): void => {
      while (!socket.destroyed && socket.write(again));
    }
    socket.on('drain', more)
    more()
  }
