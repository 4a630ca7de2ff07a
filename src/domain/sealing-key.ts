// What secrets of webhooks are sealed with.

/** A key under which secrets of webhooks are sealed. */
export interface SealingKey {
  /** 1 to 64 letters, digits, dots, underscores and hyphens. */
  readonly id: string
  /** 32 of them. */
  readonly bytes: Uint8Array
}

export interface Keyring {
  /** With which secrets are sealed now; null: none is, they are written as they are. */
  current(): SealingKey | null
  find(keyId: string): SealingKey | null
}
