// A webhook that passed validation: what the compacted topic says, ready for use.
// Invariant: `origin` is scheme, host and port as a URL parser writes them, and `path` begins with a slash
// and holds neither query nor fragment, so that joining them never changes the destination.
import type { EventType } from './call-event.ts'
import type { AccountId, WebhookId } from './ids.ts'
import type { ParameterName } from './parameter-catalogue.ts'

export type ParameterSource =
  | { readonly kind: 'parameter'; readonly parameter: ParameterName }
  | { readonly kind: 'literal'; readonly text: string }

/** The client's own name for a value, and where the value comes from. Names may repeat, and keep their order. */
export interface WebhookParameter {
  readonly name: string
  readonly source: ParameterSource
}

export type HttpMethod = 'GET' | 'POST'

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
  readonly eventTypes: readonly EventType[]
  readonly parameters: readonly WebhookParameter[]
  /** What becomes of a value that is not known: sent empty (null in JSON), or left out. */
  readonly missingValues: 'empty' | 'omit'
  /** Milliseconds, 1 to 30,000; null = the operator's total timeout. */
  readonly totalTimeoutMs: number | null
}
