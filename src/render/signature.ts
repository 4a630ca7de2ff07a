// Signatures of the Standard Webhooks: HMAC-SHA256 over `id.timestamp.payload`, one for each secret, so that a
// secret can be replaced without a gap. Any of its libraries that takes raw text verifies them.
// The public package computes in JavaScript and in seconds of a Date; here it only checks, in the tests.
import { createHmac, createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { signingSecretPrefix } from '../domain/webhook-rules.ts'

/** `secret`: `whsec_` and the Base64 of the key. */
export function signingKey(secret: string): KeyObject {
  return createSecretKey(secret.slice(signingSecretPrefix.length), 'base64')
}

export interface Signed {
  /** Whole seconds since 1970. */
  readonly timestamp: string
  /** One for each key, separated by spaces. */
  readonly signatures: string
}

/** `payload`: the body of a POST; of a GET `GET.` and the request target. Null without a key. */
export function signedBy(
  keys: readonly KeyObject[],
  { id, nowMs, payload }: { id: string; nowMs: number; payload: string },
): Signed | null {
  if (keys.length === 0) return null
  const timestamp = String(Math.floor(nowMs / 1_000))
  const content = `${id}.${timestamp}.${payload}`
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`)
  return { timestamp, signatures: signatures.join(' ') }
}
