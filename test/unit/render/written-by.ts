// What an encoder makes of names and values that are clean already.
import type { CleanValue, Encoder, Written } from '../../../src/render/encoder.ts'

export function writtenBy(
  encoder: Encoder,
  pairs: readonly (readonly [string, CleanValue])[],
  deliveryId = 'd-1',
): Written {
  const rendered = pairs.map(([name, value]) => ({ lead: encoder.lead(name), value }))
  return encoder.write(rendered, deliveryId)
}
