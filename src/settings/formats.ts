// What a setting's value may be: one reader per kind of value, with the words that say what is allowed.
// Invariant: a reader is strict ("12abc" is no number) and answers undefined instead of guessing, because a
// value that was quietly rounded or cut is found out in production.
import { isIP } from 'node:net'
import { readDelay } from '../domain/delay-text.ts'

/** One kind of value. `read` answers the value in its final form, or undefined when it is not allowed. */
export interface SettingFormat<Value> {
  /** Completes the sentence "allowed: …". */
  readonly allowed: string
  /** Takes what a JSON file or an environment variable holds; environment values are always text. */
  read(raw: unknown): Value | undefined
  /** The first entry of a list that is not allowed, for the fault; undefined where it cannot be told. */
  wrongEntry?(raw: unknown): string | undefined
}

/** A whole number from `from` to `to`, both included. */
export function wholeNumber(from: number, to: number): SettingFormat<number> {
  return {
    allowed: `a whole number from ${from} to ${to}`,
    read(raw) {
      const value = typeof raw === 'string' && /^-?\d{1,16}$/.test(raw.trim()) ? Number(raw.trim()) : raw
      return Number.isSafeInteger(value) && typeof value === 'number' && value >= from && value <= to
        ? value
        : undefined
    },
  }
}

export const flag: SettingFormat<boolean> = {
  allowed: 'true or false',
  read(raw) {
    if (typeof raw === 'boolean') return raw
    return raw === 'true' ? true : raw === 'false' ? false : undefined
  },
}

/** Text without control characters, so that it can stand in a header, a log line or a group's name. */
export const text: SettingFormat<string> = {
  allowed: 'text without control characters',
  read: (raw) => (typeof raw === 'string' && !hasControlCharacter(raw) ? raw : undefined),
}

export const filledText: SettingFormat<string> = {
  allowed: 'text of at least one character, without control characters',
  read: (raw) => (text.read(raw)?.trim() ? text.read(raw) : undefined),
}

/** One of the given words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): SettingFormat<Word> {
  return {
    allowed: `one of ${words.join(', ')}`,
    read: (raw) => words.find((word) => word === raw),
  }
}

/** Kafka's own rule for a topic's name. */
export const topicName: SettingFormat<string> = {
  allowed: 'a topic name: 1 to 249 letters, digits, dots, underscores and hyphens',
  read: (raw) =>
    typeof raw === 'string' && /^[\w.-]{1,249}$/.test(raw) && raw !== '.' && raw !== '..' ? raw : undefined,
}

/** User name and password have settings of their own, because a URL ends up in logs. */
export const webAddress: SettingFormat<string> = {
  allowed: 'an http or https URL without user name, password, query and fragment',
  read(raw) {
    if (typeof raw !== 'string' || !URL.canParse(raw)) return undefined
    const url = new URL(raw)
    const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
    return plain && /^https?:$/.test(url.protocol) ? raw.replace(/\/+$/, '') : undefined
  },
}

export const brokerList: SettingFormat<readonly string[]> = {
  allowed: 'a list of host:port, with commas between them',
  read: (raw) => listOf(raw, (item) => (isHostAndPort(item) ? item : undefined), 1),
}

/** Single codes and whole classes: 429, 5xx. Kept as text in the order given. */
export const statusList: SettingFormat<readonly string[]> = {
  allowed: 'a list of HTTP statuses (429) and classes (5xx), with commas between them',
  read: (raw) => listOf(raw, (item) => (/^([3-5]xx|[3-5]\d\d)$/.test(item) ? item : undefined), 0),
}

/** As a webhook's own headers have it: anything else the HTTP client refuses, and with it every request. */
export const headerValue: SettingFormat<string> = {
  allowed: '1 to 256 visible ASCII characters, with blanks between them',
  read: (raw) => (typeof raw === 'string' && /^[!-~](?:[ -~]{0,254}[!-~])?$/.test(raw) ? raw : undefined),
}

/** A token of HTTP, in lower case as Node.js gives headers. */
export const headerName: SettingFormat<string> = {
  allowed: 'a name of an HTTP header',
  read: (raw) =>
    typeof raw === 'string' && /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(raw) ? raw.toLowerCase() : undefined,
}

/** Addresses, and networks as an address and the length of its prefix. */
export const networkList: SettingFormat<readonly string[]> = {
  allowed: 'a list of IP addresses and networks (10.0.0.0/8), with commas between them',
  read: (raw) => listOf(raw, (item) => (isNetwork(item) ? item : undefined), 1),
}

/** As c-ares takes them; none at all is allowed, for those that the system names. */
export const nameServerList: SettingFormat<readonly string[]> = {
  allowed:
    'a list of IP addresses, each alone or with a port (10.0.0.2:53, [fd00::2]:53), with commas between them',
  read: (raw) => listOf(raw, (item) => (isNameServer(item) ? item : undefined), 0),
}

/** As text, which is also the end of a topic's name; rising, so that each wait is longer than the one before. */
export const delayList: SettingFormat<readonly string[]> = {
  allowed: 'a rising list of waits such as 5s,30s,5m,2h, each above 0 and at most 24h',
  read(raw) {
    const items = listOf(raw, (item) => (isDelay(item) ? item : undefined), 1)
    const rising = items?.every((item, index) => {
      const before = items[index - 1]
      return before === undefined || (readDelay(before) ?? 0) < (readDelay(item) ?? 0)
    })
    return rising === true ? items : undefined
  },
}

/** One wait, as the end of a topic's name. */
export const delay: SettingFormat<string> = {
  allowed: 'a wait such as 15m, above 0 and at most 24h',
  read: (raw) => (typeof raw === 'string' && isDelay(raw) ? raw : undefined),
}

/** Ids as the platform gives them; `none` because an empty variable counts as not set. */
export const idList: SettingFormat<readonly string[]> = {
  allowed: 'a list of ids, with commas between them, or none',
  read: (raw) => (raw === 'none' ? [] : listOf(raw, (item) => (item === '' ? undefined : item), 0)),
}

/** `none` because an empty variable counts as not set. */
export const delayListOrNone: SettingFormat<readonly string[]> = {
  allowed: `${delayList.allowed}, or none`,
  read: (raw) => (raw === 'none' || (Array.isArray(raw) && raw.length === 0) ? [] : delayList.read(raw)),
}

/** `none` because an empty variable counts as not set. */
export const portList: SettingFormat<readonly number[]> = {
  allowed: 'a list of ports (whole numbers from 1 to 65535), with commas between them, or none',
  read: (raw) => (raw === 'none' ? [] : listOf(raw, (item) => port.read(item), 0)),
}

const port = wholeNumber(1, 65_535)

/** Where a group without offsets begins. */
export const startingPoint: SettingFormat<string> = {
  allowed: 'earliest, latest, or a time such as 2026-03-14T09:15:02Z',
  read(raw) {
    if (raw === '' || raw === 'earliest' || raw === 'latest') return raw
    if (typeof raw !== 'string') return undefined
    const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(raw)
    return isTime && !Number.isNaN(Date.parse(raw)) ? raw : undefined
  },
}

/** A list, or text with commas between its items; undefined where one of them is not read, or they are too few. */
export function listOf<Item>(
  raw: unknown,
  readItem: (item: string) => Item | undefined,
  atLeast: number,
): readonly Item[] | undefined {
  const items = itemsOf(raw)
  if (!Array.isArray(items) || items.length < atLeast) return undefined
  const read: Item[] = []
  for (const item of items) {
    const value =
      typeof item === 'string' || typeof item === 'number' ? readItem(`${item}`.trim()) : undefined
    if (value === undefined) return undefined
    read.push(value)
  }
  return read
}

export function itemsOf(raw: unknown): unknown {
  return typeof raw === 'string' ? raw.split(',').filter((item) => item.trim() !== '') : raw
}

// The client splits at the first colon, so an IPv6 address cannot be given here; a name for it can.
function isHostAndPort(value: string): boolean {
  const parts = /^[\w.-]+:(\d{1,5})$/.exec(value)
  return parts !== null && Number(parts[1]) >= 1 && Number(parts[1]) <= 65_535
}

function isDelay(value: string): boolean {
  const delayMs = readDelay(value) ?? 0
  return delayMs > 0 && delayMs <= 24 * 3_600_000
}

function isNetwork(value: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? []
  const version = isIP(address)
  return version !== 0 && Number(prefix ?? 0) <= (version === 4 ? 32 : 128)
}

// c-ares would drop the zone of an IPv6 address without a word, and ask somebody else or nobody.
function isNameServer(value: string): boolean {
  const [, bracketed, plain, portText] = /^(?:\[([^\]%]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(value) ?? []
  if (portText !== undefined && port.read(portText) === undefined) return false
  if (bracketed !== undefined) return isIP(bracketed) === 6 && portText !== undefined
  return plain === undefined ? isIP(value) === 6 && !value.includes('%') : isIP(plain) === 4
}

function hasControlCharacter(value: string): boolean {
  return /\p{Cc}/u.test(value)
}
