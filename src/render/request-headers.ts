// The headers of a request, in the order in which they are sent. The host header is the HTTP client's.
// Invariant: the fixed ones come first, so that a client's own can only follow them.
import type { Webhook, WebhookAuthentication } from '../domain/webhook.ts'
import type { Signed } from './signature.ts'

export interface OpeningHeaders {
  readonly userAgent: string
  /** Null where there is no body. */
  readonly contentType: string | null
  readonly deliveryId: string
  /** From 1. */
  readonly attempt: number
  /** Null for a webhook without a secret. */
  readonly signed: Signed | null
  readonly purpose: 'delivery' | 'test'
}

/** Name, value, name, value …: what differs from request to request. */
export function openingHeaders(about: OpeningHeaders): string[] {
  const { userAgent, contentType, deliveryId, attempt, signed, purpose } = about
  const headers = ['user-agent', userAgent, 'accept', '*/*', 'accept-encoding', 'identity']
  if (contentType !== null) headers.push('content-type', contentType)
  headers.push('webhook-id', deliveryId, 'webhook-attempt', String(attempt))
  if (signed !== null) {
    headers.push('webhook-timestamp', signed.timestamp, 'webhook-signature', signed.signatures)
  }
  if (purpose === 'test') headers.push('webhook-test', '1')
  return headers
}

/** Name, value, name, value …: what a webhook adds to each of its requests. */
export function closingHeaders({ authentication, headers }: Webhook): readonly string[] {
  const own = headers.flatMap(({ name, value }) => [name, value])
  return authentication === null
    ? own
    : ['authorization', `${schemes[authentication.kind]} ${credentials(authentication)}`, ...own]
}

const schemes = { basic: 'Basic', bearer: 'Bearer' } as const

/** What stands behind the scheme. Basic: Base64 of UTF-8, as RFC 7617 has it. */
export function credentials(authentication: WebhookAuthentication): string {
  switch (authentication.kind) {
    case 'basic':
      return Buffer.from(`${authentication.username}:${authentication.password}`).toString('base64')
    case 'bearer':
      return authentication.token
  }
}
