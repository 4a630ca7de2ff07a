// A webhook that passed validation: what the compacted topic says, ready for use.
// Invariant: `origin` is scheme, host and port as a URL parser writes them, and `path` begins with a slash
// and holds neither query nor fragment, so that joining them never changes the destination.
import type { EventType } from './call-event.ts'
import type { AccountId, WebhookId } from './ids.ts'
import type { ParameterName } from './parameter-catalogue.ts'
import type { TlsVerification } from './webhook-rules.ts'

export type ParameterSource =
  | { readonly kind: 'parameter'; readonly parameter: ParameterName }
  | { readonly kind: 'literal'; readonly text: string }

/** The client's own name for a value, and where the value comes from. Names may repeat, and keep their order. */
export interface WebhookParameter {
  readonly name: string
  readonly source: ParameterSource
}

export type HttpMethod = 'GET' | 'POST'

/** The media types in which the body of a POST can be written. */
export const contentTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/xml',
  'text/xml',
  'text/plain',
] as const

export type ContentType = (typeof contentTypes)[number]

/** A header of the client's own: a name that is a token and none of the reserved ones, a value of visible ASCII. */
export interface WebhookHeader {
  readonly name: string
  /** May hold a secret: never logged, never in an outcome. */
  readonly value: string
}

/** What the Authorization header is made of; all but the user name is secret. */
export type WebhookAuthentication =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }

export interface Webhook {
  readonly webhookId: WebhookId
  readonly accountId: AccountId
  /** A disabled webhook matches no event and makes no outcome. */
  readonly enabled: boolean
  /** For example `https://crm.example.com` or `http://[2001:db8::1]:8080`; a default port is left out. */
  readonly origin: string
  /** May hold a secret token: never logged, never in an outcome. */
  readonly path: string
  readonly method: HttpMethod
  /** How the body of a POST is written; null for a GET, which has none. */
  readonly contentType: ContentType | null
  readonly eventTypes: readonly EventType[]
  readonly parameters: readonly WebhookParameter[]
  /** `off`: the receiver may show any certificate. On for http, which has none. */
  readonly tlsVerification: TlsVerification
  /** What becomes of a value that is not known: sent empty (null in JSON), or left out. */
  readonly missingValues: 'empty' | 'omit'
  /** IANA name of the zone in which times are written; null = UTC, ending in `Z`. */
  readonly timeZone: string | null
  /** In this order, after the fixed ones; names are distinct whatever their case. */
  readonly headers: readonly WebhookHeader[]
  readonly authentication: WebhookAuthentication | null
  /** Each `whsec_` and the Base64 of 24 to 64 bytes; every request carries a signature for each. Empty: unsigned. */
  readonly signingSecrets: readonly string[]
  /** Milliseconds, 1 to 30,000; null = the operator's total timeout. */
  readonly totalTimeoutMs: number | null
  /** Most requests at once over all workers, 1 or more; null = the operator's. Held within the operator's. */
  readonly concurrency: number | null
  /** Most requests begun per second over all workers, above 0; null = not limited. */
  readonly ratePerSecond: number | null
  /** Milliseconds after the event during which it is delivered; null = the operator's. Held within the operator's. */
  readonly retryHorizonMs: number | null
}
