// One HTTP try and what came of it. Expected failures are values: a receiver that refuses, hangs or lies
// is everyday business, not an exception.

import type { TlsVerification } from './webhook-rules.ts'
import type { HttpMethod } from './webhook.ts'

export interface HttpRequest {
  readonly method: HttpMethod
  readonly origin: string
  /** Of no meaning for http. */
  readonly tlsVerification: TlsVerification
  /** Path and query as they stand on the request line. */
  readonly target: string
  /** Name, value, name, value … in the order in which they are sent. Not an object: a client names headers too. */
  readonly headers: readonly string[]
  readonly body: string | null
}

export interface AttemptLimits {
  readonly connectTimeoutMs: number
  /** Over the whole exchange, from hand-over to the answer's last byte. */
  readonly totalTimeoutMs: number
}

export interface AttemptTerms extends AttemptLimits {
  /** Asked when a connection stands, just before the request leaves. False: it does not, and is `withheld`. */
  mayLeave?(): boolean
}

/** Milliseconds since the attempt was handed to the client; null = that stage was not reached. */
export interface AttemptTimings {
  /** Until a connection carried the request: 0 on a connection that was open already. */
  readonly connectMs: number | null
  /** Until the status line and headers had arrived. */
  readonly firstByteMs: number | null
  readonly totalMs: number
}

/**
 * Why no complete answer came. The receiver's or the network's fault, but for `interrupted`, `proxy`, which is this side's
 * own way out, and two after which nothing was sent: `address_denied`, because nothing may be, and `withheld`, because
 * who asked for it took it back before it left.
 */
export type TransportFailure =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'reset'
  | 'connect_timeout'
  | 'total_timeout'
  | 'protocol_error'
  | 'response_too_large'
  | 'proxy'
  | 'address_denied'
  | 'withheld'
  | 'interrupted'

export type AttemptResult =
  | {
      readonly kind: 'answered'
      readonly statusCode: number
      /** Scheme, host and port of a Location header, where there is one that parses; never its path or query. */
      readonly redirectOrigin: string | null
      /** A Retry-After header as it came, cut to 64 characters; null where there was none. */
      readonly retryAfter: string | null
      /** The answer's first bytes as text, at most 512 characters, or null if not printable. */
      readonly excerpt: string | null
      readonly timings: AttemptTimings
    }
  | {
      readonly kind: 'unanswered'
      readonly failure: TransportFailure
      /** For the log: the error's code and message, cut; never a path or a query. */
      readonly detail: string
      readonly timings: AttemptTimings
    }
