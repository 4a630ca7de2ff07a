// The kinds of values that say where requests may go, and by which way.
// Invariant: the readers are those that the sender reads the same entries with, so what passes here is understood there.
import { readDirectPlaces } from '../guard/direct-places.ts'
import { readPlace } from '../guard/place.ts'
import type { SettingFormat } from './formats.ts'
import { itemsOf, listOf } from './formats.ts'

/** Kept as text, in the order given. */
export const placeList: SettingFormat<readonly string[]> = {
  ...entriesReadBy(readPlace),
  allowed:
    'a list of addresses (10.0.0.5:80), networks (10.0.0.0/8) and names (*.internal), with commas between them',
}

/** In the ways of NO_PROXY. */
export const directPlaceList: SettingFormat<readonly string[]> = {
  ...entriesReadBy(readDirectPlaces),
  allowed:
    'a list of names (example.com, .example.com), addresses and networks (10.0.0.0/8), with commas between them',
}

/** A secret, because it may hold a password. */
export const proxyUrl: SettingFormat<string> = {
  allowed: 'an http URL of a host and a port, with user name and password where needed, and nothing else',
  read(raw) {
    if (raw === '') return raw
    if (typeof raw !== 'string' || !URL.canParse(raw)) return undefined
    const { protocol, pathname, search, hash, username, password } = new URL(raw)
    const isPlain = protocol === 'http:' && pathname === '/' && search === '' && hash === ''
    return isPlain && isDecodable(username) && isDecodable(password) ? raw : undefined
  },
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

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
