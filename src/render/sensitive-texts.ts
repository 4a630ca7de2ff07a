// What of a request an answer's excerpt must not repeat: values as they were sent, the path, which may hold a token,
// and all that the request proves itself with.
// Receivers name the path in their error pages ("Cannot POST /hooks/…"), or only the part that they looked up.
import { signingSecretPrefix } from '../domain/webhook-rules.ts'
import type { Webhook } from '../domain/webhook.ts'
import { plainText } from './encoder.ts'
import type { RenderedPair } from './encoder.ts'
import { credentials } from './request-headers.ts'

/** `pairs`: cut or not; both where some were cut. */
export function sensitiveTexts(webhook: Webhook, pairs: readonly RenderedPair[]): readonly string[] {
  return [...new Set([...pairs.flatMap(textsOfValue), ...textsOfPath(webhook.path), ...secretsOf(webhook)])]
}

/** A list is joined in a query, but each of its items stands alone in JSON. */
function textsOfValue({ value }: RenderedPair): readonly string[] {
  return Array.isArray(value) ? [plainText(value), ...value] : [plainText(value)]
}

/** `path`: percent-encoded, as it stands on the request line. */
function textsOfPath(path: string): readonly string[] {
  const parts = [path, ...path.split('/')]
  return [...parts, ...parts.map(decoded)]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A percent sign that encodes nothing: it stands for itself.
    return part
  }
}

/** A signing secret is known with its prefix and without. */
function secretsOf({ authentication, headers, signingSecrets }: Webhook): readonly string[] {
  // A receiver that refuses `Bearer …` names what it refuses without the word before it.
  const own = headers.flatMap(({ value }) => [value, ...value.split(/[\t ]+/)])
  const keys = signingSecrets.flatMap((secret) => [secret, secret.slice(signingSecretPrefix.length)])
  if (authentication === null) return [...own, ...keys]
  const proof = credentials(authentication)
  return authentication.kind === 'basic'
    ? [...own, ...keys, proof, authentication.username, authentication.password]
    : [...own, ...keys, proof]
}
