// Whether a request was signed by one who knows the secret: what a client's server would ask the public library.
// Invariant: it judges the bytes that came. The library takes text, so a body that is no UTF-8 is not even asked about:
// as text it could read like one that was signed.
import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'

/** `invalid`: none of the known secrets made it, over this payload and within five minutes of now. */
export type ReceivedSignature = 'valid' | 'invalid' | 'unsigned'

interface SignedRequest {
  readonly method: string
  /** As it stood on the request line. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly bodyBytes: Buffer
}

/**
 * `secrets`: any of them will do, for a receiver that is replacing one knows both.
 * @throws for a secret that is no Base64: that is the receiver's own mistake.
 */
export function receivedSignature(
  { method, target, headers, bodyBytes }: SignedRequest,
  secrets: readonly string[],
): ReceivedSignature {
  if (headers['webhook-signature'] === undefined) return 'unsigned'
  if (!isUtf8(bodyBytes)) return 'invalid'
  const payload = method === 'GET' ? `GET.${target}` : bodyBytes.toString('utf8')
  return secrets.some((secret) => isSignedWith(secret, payload, headers)) ? 'valid' : 'invalid'
}

function isSignedWith(secret: string, payload: string, headers: IncomingHttpHeaders): boolean {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name] ?? '')]))
  const verifier = new Webhook(secret)
  try {
    verifier.verify(payload, signed, { jsonParse: false })
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}
