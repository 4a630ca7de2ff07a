// What is done with the secrets of whole webhooks: opened when they are read, sealed when they are written, and sealed
// anew when keys change. Invariant: a value that cannot be opened is left as it is, and told; it is never lost.
import type { WebhookConfigRecord } from '../domain/records.ts'
import type { SecretPlace, Unseal } from '../domain/unseal.ts'
import { isSealed, withSecrets } from '../domain/webhook-secrets.ts'
import type { Keyring, SealingKey } from '../domain/sealing-key.ts'

import { keyIdOf, openedText, sealedText } from './envelope.ts'

/** For validation. */
export function unsealBy(keyring: Pick<Keyring, 'find'>): Unseal {
  return (envelope, place) => {
    const keyId = keyIdOf(envelope)
    if (keyId === null) return { kind: 'refused', found: 'is sealed, but no whole envelope' }
    const key = keyring.find(keyId)
    if (key === null) {
      return { kind: 'refused', found: `is sealed with the key ${keyId}, which the keyring does not hold` }
    }
    const text = openedText(envelope, place, key)
    return text === null
      ? {
          kind: 'refused',
          found: `cannot be opened with the key ${keyId}: it was changed, or sealed for another webhook or field`,
        }
      : { kind: 'plain', text }
  }
}

export interface Sealer {
  readonly key: SealingKey
  /** 12 bytes that nobody else gets. */
  nonce(): Uint8Array
}

/** Null: nothing is to be sealed. */
export function sealerOf(keyring: Pick<Keyring, 'current'>, nonce: Sealer['nonce']): Sealer | null {
  const key = keyring.current()
  return key === null ? null : { key, nonce }
}

/** The record as it is to be published. `sealer` null: as it is. What is sealed already stays as it is. */
export function sealedRecord(record: WebhookConfigRecord, sealer: Sealer | null): WebhookConfigRecord {
  if (sealer === null) return record
  return withSecrets(record, (text, place) => (isSealed(text) ? text : seal(text, place, sealer)))
}

/** What stands in a webhook's secret fields. */
export interface SecretCounts {
  readonly plain: number
  /** With the key that is current. */
  readonly current: number
  /** With another key of the keyring. */
  readonly outdated: number
  /** Nothing of the keyring opens them. */
  readonly unopened: number
}

export interface Resealing {
  /** The same object where nothing is to be changed. */
  readonly record: WebhookConfigRecord
  readonly counts: SecretCounts
}

/** Seals anew what another key sealed, and, where they are `included`, what is plain. */
export function resealed(
  record: WebhookConfigRecord,
  keyring: Pick<Keyring, 'find'>,
  sealer: Sealer,
  plainOnes: 'included' | 'left',
): Resealing {
  const unseal = unsealBy(keyring)
  const counts = { plain: 0, current: 0, outdated: 0, unopened: 0 }
  let isChanged = false
  const changed = (text: string, place: SecretPlace): string => {
    isChanged = true
    return seal(text, place, sealer)
  }
  const made = withSecrets(record, (text, place) => {
    if (!isSealed(text)) {
      counts.plain += 1
      return plainOnes === 'included' ? changed(text, place) : text
    }
    const unsealing = unseal(text, place)
    if (unsealing.kind === 'refused') {
      counts.unopened += 1
      return text
    }
    if (keyIdOf(text) === sealer.key.id) {
      counts.current += 1
      return text
    }
    counts.outdated += 1
    return changed(unsealing.text, place)
  })
  return { record: isChanged ? made : record, counts }
}

function seal(text: string, place: SecretPlace, { key, nonce }: Sealer): string {
  return sealedText(text, place, key, nonce())
}
