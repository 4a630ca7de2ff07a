// The keys of sealed secrets, from the file that a setting names. It stands here because a file that a setting names can
// be wrong, and then the setting is to be named.
// Invariants: no fault says anything that stands in the file, for an id may be a key in the wrong place; a file that can
// no longer be read leaves the keys that are known in use.
import type { Keyring, SealingKey } from '../domain/sealing-key.ts'

import { InvalidSettings } from './invalid-settings.ts'
import type { Settings } from './schema.ts'
import { environmentNameOf } from './setting.ts'
import { fileMark, readTextFile } from './text-file.ts'

export interface KeyringOptions {
  /** Told when the file was read again, in vain. */
  troubled(fault: string): void
}

const name = 'secrets.keyringFile'
const keyBytes = 32
const allowed =
  'allowed: {"current": "<id>", "keys": {"<id>": "<Base64 of 32 bytes>"}}, each id of 1 to 64 letters, digits, dots, underscores and hyphens'

const noKeys: Keyring = { current: () => null, find: () => null }

/** Without a file there are no keys. @throws InvalidSettings where the file cannot be used. */
export function openKeyring({ secrets }: Settings, options: KeyringOptions): Keyring {
  const path = secrets.keyringFile
  return path === '' ? noKeys : new FileKeyring(path, options)
}

class FileKeyring implements Keyring {
  readonly #path: string
  readonly #options: KeyringOptions
  #keys: Keys
  #mark: string

  constructor(path: string, options: KeyringOptions) {
    this.#path = path
    this.#options = options
    // Before it is read: what changes in between is then read once more.
    this.#mark = fileMark(path)
    const reading = readKeys(path)
    if (reading.kind === 'fault') throw new InvalidSettings([reading.fault])
    this.#keys = reading
  }

  current(): SealingKey {
    return this.#keys.current
  }

  /** For one that is not known the file is read again, if it is not as it was. */
  find(keyId: string): SealingKey | null {
    const known = this.#keys.byId.get(keyId)
    if (known !== undefined) return known
    const mark = fileMark(this.#path)
    if (mark === this.#mark) return null
    this.#mark = mark
    const reading = readKeys(this.#path)
    if (reading.kind === 'fault') this.#options.troubled(reading.fault)
    else this.#keys = reading
    return this.#keys.byId.get(keyId) ?? null
  }
}

interface Keys {
  readonly kind: 'keys'
  readonly byId: ReadonlyMap<string, SealingKey>
  readonly current: SealingKey
}

type Reading = Keys | { readonly kind: 'fault'; readonly fault: string }

function readKeys(path: string): Reading {
  const fault = (text: string): Reading => ({
    kind: 'fault',
    fault: `${name} (${environmentNameOf(name)}): the file "${path}" ${text}`,
  })
  const file = readTextFile(path)
  if (file.kind === 'unreadable') return fault(`cannot be read (${file.reason})`)
  let content: unknown
  try {
    content = JSON.parse(file.text)
  } catch {
    // The parser quotes what it met, and that may be a part of a key.
    return fault(`is not JSON; ${allowed}`)
  }
  const { current, keys } = Object(content) as { readonly current?: unknown; readonly keys?: unknown }
  const entries: readonly (readonly [string, unknown])[] = Object.entries(Object(keys))
  if (entries.length === 0) return fault(`holds no keys; ${allowed}`)
  const byId = new Map<string, SealingKey>()
  for (const [index, [id, text]] of entries.entries()) {
    if (!/^[\w.-]{1,64}$/.test(id)) return fault(`has an id that is none, of key ${index + 1}; ${allowed}`)
    const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : null
    if (bytes?.length !== keyBytes || bytes.toString('base64') !== text) {
      return fault(`does not hold ${keyBytes} bytes in Base64 as key ${index + 1}; ${allowed}`)
    }
    byId.set(id, { id, bytes })
  }
  const sealing = typeof current === 'string' ? byId.get(current) : undefined
  return sealing === undefined
    ? fault(`names none of its keys as the current one; ${allowed}`)
    : { kind: 'keys', byId, current: sealing }
}
