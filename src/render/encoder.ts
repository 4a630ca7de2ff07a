// How pairs of a name and a value are written, by content type: what each of the encoders offers.
// Invariant: an encoder is given clean texts only; what is clean is the encoder's to say, for what ends a line in one
// format is an ordinary character in another.

/** A value with its time written and its texts cleaned; null = not known. */
export type CleanValue = null | string | number | boolean | readonly string[]

export interface RenderedPair {
  /** What the encoder's `lead` made of the name. */
  readonly lead: string
  readonly value: CleanValue
}

export interface Written {
  readonly text: string
  /** What follows the media type in the content-type header: empty, or from the semicolon on. */
  readonly typeParameters: string
}

export interface Encoder {
  /** A name or value as a receiver reads it: what cannot be sent is replaced, nothing is escaped yet. */
  readonly clean: (text: string) => string
  /** A clean name as it stands before its value, escaped: written once per webhook. */
  readonly lead: (name: string) => string
  /** `deliveryId`: a text that is the same for each attempt, for formats that need one of their own. */
  readonly write: (pairs: readonly RenderedPair[], deliveryId: string) => Written
}

/** A value where there are only texts: flags as 1 and 0, lists joined by commas; unknown is empty. */
export function plainText(value: CleanValue): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  return value.join(',')
}

/** The UTF-16 units of texts in a value, written as above; 0 for what is none. No encoding of ours is shorter. */
export function textUnits(value: CleanValue): number {
  if (typeof value === 'string') return value.length
  if (value === null || typeof value !== 'object') return 0
  let units = 0
  for (const item of value) units += item.length + 1
  return Math.max(0, units - 1)
}
