// The kind of values that say where requests may go.
// Invariant: the readers are those that the sender reads the same entries with, so what passes here is understood there.
import { readPlace } from '../guard/place.ts'
import type { SettingFormat } from './formats.ts'
import { itemsOf, listOf } from './formats.ts'

/** Kept as text, in the order given. */
export const placeList: SettingFormat<readonly string[]> = {
  ...entriesReadBy(readPlace),
  allowed:
    'a list of addresses (10.0.0.5:80), networks (10.0.0.0/8) and names (*.internal), with commas between them',
}

function entriesReadBy(read: (text: string) => unknown) {
  const item = (text: string): string | undefined => (read(text) === null ? undefined : text)
  return {
    read: (raw: unknown) => listOf(raw, item, 0),
    wrongEntry(raw: unknown): string | undefined {
      const items = itemsOf(raw)
      return Array.isArray(items)
        ? items.map((one) => `${one}`.trim()).find((one) => read(one) === null)
        : undefined
    },
  }
}
