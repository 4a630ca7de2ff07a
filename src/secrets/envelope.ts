// One secret, sealed: AES-256-GCM in a line of text that stands where the plain text stood.
// Invariant: it opens only with its key, for the webhook and the field that it was sealed for, and as it was written to
// the last bit, unused bits of its last character included. PUBLISHING.md has the format for other languages.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { SecretPlace } from '../domain/unseal.ts'
import type { SealingKey } from '../domain/sealing-key.ts'

/** 96 bits: what GCM is made for. A nonce must never serve twice under one key. */
export const nonceBytes = 12
const tagBytes = 16
const algorithm = 'aes-256-gcm'
const version = 'sealed:v1'

/** `nonce`: 12 random bytes of its own for each call. */
export function sealedText(text: string, place: SecretPlace, key: SealingKey, nonce: Uint8Array): string {
  const cipher = createCipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes })
  cipher.setAAD(boundTo(place))
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${version}:${key.id}:${sealed.toString('base64url')}`
}

/** The id of the key that it names; null: it is no envelope. */
export function keyIdOf(envelope: string): string | null {
  return partsOf(envelope)?.keyId ?? null
}

/** Null: it was changed, or sealed with another key, or for another webhook or field, or holds no text. */
export function openedText(envelope: string, place: SecretPlace, key: SealingKey): string | null {
  const bytes = partsOf(envelope)?.bytes ?? null
  if (bytes === null) return null
  const nonce = bytes.subarray(0, nonceBytes)
  const decipher = createDecipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes })
  decipher.setAAD(boundTo(place))
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
  try {
    const text = [decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), decipher.final()]
    return utf8.decode(Buffer.concat(text))
  } catch {
    return null
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The additional data. Neither part can hold a line feed. */
function boundTo({ webhookId, field }: SecretPlace): Buffer {
  return Buffer.from(`${webhookId}\n${field}`)
}

function partsOf(envelope: string): { readonly keyId: string; readonly bytes: Buffer } | null {
  const [, keyId, content] = /^sealed:v1:([\w.-]{1,64}):([\w-]+)$/.exec(envelope) ?? []
  if (keyId === undefined || content === undefined) return null
  const bytes = Buffer.from(content, 'base64url')
  const isWhole = bytes.length >= nonceBytes + tagBytes && bytes.toString('base64url') === content
  return isWhole ? { keyId, bytes } : null
}
