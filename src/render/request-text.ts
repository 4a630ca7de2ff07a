// A request as its bytes would stand on the wire: what the HTTP client adds (host, connection, length) included.
// Invariant: but for what is masked, every byte is as it is sent; a test holds it against what a server receives.
import type { HttpRequest } from '../domain/attempt.ts'
import { mask } from '../domain/webhook-rules.ts'
import type { Webhook } from '../domain/webhook.ts'

/** `path_shown`: for the owner of the webhook, who may see the path, but no other secret. */
export type Secrets = 'shown' | 'masked' | 'path_shown'

export interface RequestText {
  /** For example `POST /*** HTTP/1.1`. */
  readonly line: string
  /** `name: value`, in the order in which they are sent. */
  readonly headers: readonly string[]
  readonly body: string | null
}

/** Masked: the path, the credentials, and the values of the client's own headers. */
export function requestText(
  { method, origin, target, headers, body }: HttpRequest,
  webhook: Webhook,
  secrets: Secrets,
): RequestText {
  const shown = secrets === 'shown' ? headers : maskedHeaders(headers, webhook)
  const lines = [`host: ${new URL(origin).host}`, 'connection: keep-alive']
  for (let at = 0; at < shown.length; at += 2) lines.push(`${shown[at]}: ${shown[at + 1]}`)
  if (body !== null) lines.push(`content-length: ${Buffer.byteLength(body)}`)
  const shownTarget = secrets === 'masked' ? maskedTarget(target) : target
  return { line: `${method} ${shownTarget} HTTP/1.1`, headers: lines, body }
}

/** An address without what may be secret in it: `https://crm.example.com/***`. */
export function maskedAddress({ origin, path }: Pick<Webhook, 'origin' | 'path'>): string {
  return `${origin}${maskedTarget(path)}`
}

/** No path holds a question mark. */
function maskedTarget(target: string): string {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  return (path === '/' ? path : `/${mask}`) + (query === -1 ? '' : target.slice(query))
}

function maskedHeaders(headers: readonly string[], webhook: Webhook): readonly string[] {
  const own = new Set(webhook.headers.map(({ name }) => name.toLowerCase()))
  return headers.map((text, index) => {
    if (index % 2 === 0) return text
    const name = headers[index - 1]?.toLowerCase() ?? ''
    // First, for an Authorization header of the client's own may be a token without a scheme.
    if (own.has(name)) return mask
    return name === 'authorization' ? `${text.split(' ', 1)[0]} ${mask}` : text
  })
}
