// How a sealed secret is opened, as its own room does it and validation asks for it.
// The nouns know no cryptography: a browser, or a service that only writes, validates without it.

/** What a sealed value is bound to. */
export interface SecretPlace {
  readonly webhookId: string
  /**
   * `headers.<name in lower case>`, `authentication.password`, `authentication.token` or `signing_secrets`: without a
   * position, so that entries may be moved.
   */
  readonly field: string
}

export type Unsealing =
  | { readonly kind: 'plain'; readonly text: string }
  /** `found` continues a sentence that begins with the field. */
  | { readonly kind: 'refused'; readonly found: string }

/** Opens an envelope, which has the form of one. Never throws. */
export type Unseal = (envelope: string, place: SecretPlace) => Unsealing
