// What the topic of webhooks says, by account, in the order in which a client's list shows it: newest created first.
// Invariants: every look-up names its account, and finds nothing of another one; a place in the list is made of what
// does not change under an edit (the time of creation, then the id), so that paging neither skips nor repeats.
import type { WebhookConfigRecord } from '../domain/records.ts'
import type { WebhookChange } from '../domain/webhook-change.ts'

/** The newest version of a webhook. */
export interface StoredWebhook {
  readonly webhookId: string
  readonly accountId: string
  /** Where it stands in the topic. */
  readonly offset: bigint
  /** What clients know it by: its offset, or that of the version which it puts back. */
  readonly version: bigint
  /** The version itself, or the last before it that could be read. May be decoded anew each time. */
  readonly config: WebhookConfigRecord
  /** Why this version cannot be read; null where it can. */
  readonly undecodable: string | null
  /** The record's value as it came. */
  readonly bytes: Buffer
}

/** A version on its way into the index; `bytes` are its own. */
export interface IncomingVersion {
  readonly offset: bigint
  readonly version: bigint
  readonly bytes: Buffer
  /** Decodes what was decoded before. */
  read(bytes: Buffer): WebhookConfigRecord
}

export interface PageRequest {
  /** From 1. */
  readonly limit: number
  /** What an earlier page named as its next; null: from the beginning. */
  readonly after: string | null
  /** Found in the address, the names of parameters or the id, whatever the case; empty: all. */
  readonly search: string
}

export interface WebhookPage {
  readonly webhooks: readonly StoredWebhook[]
  /** Found in all, this page and the others. */
  readonly total: number
  readonly next: string | null
}

/**
 * Held as bytes: decoded, ten thousand webhooks take several times the room, and a page shows few of them. What the
 * list is ordered and searched by is kept beside.
 */
class Entry implements StoredWebhook {
  readonly webhookId: string
  readonly accountId: string
  readonly createdAtMs: number
  readonly searchText: string
  readonly offset: bigint
  readonly version: bigint
  readonly undecodable: string | null
  readonly bytes: Buffer
  readonly #readable: Buffer
  readonly #read: IncomingVersion['read']

  constructor(made: Decoded | Unreadable) {
    const { incoming } = made
    const kept =
      made.kind === 'unreadable'
        ? made.before
        : { ...made, createdAtMs: made.config.created_at ?? 0, searchText: searchTextOf(made) }
    this.webhookId = kept.webhookId
    this.accountId = kept.accountId
    this.createdAtMs = kept.createdAtMs
    this.searchText = kept.searchText
    this.offset = incoming.offset
    this.version = incoming.version
    this.undecodable = made.kind === 'unreadable' ? made.detail : null
    this.bytes = incoming.bytes
    this.#readable = made.kind === 'unreadable' ? made.before.#readable : incoming.bytes
    this.#read = incoming.read
  }

  get config(): WebhookConfigRecord {
    return this.#read(this.#readable)
  }
}

interface Decoded {
  readonly kind: 'decoded'
  readonly webhookId: string
  readonly accountId: string
  readonly config: WebhookConfigRecord
  readonly incoming: IncomingVersion
}

interface Unreadable {
  readonly kind: 'unreadable'
  readonly before: Entry
  readonly detail: string
  readonly incoming: IncomingVersion
}

interface Shelf {
  readonly webhooks: Map<string, Entry>
  /** In the list's order; null after a change, until it is asked for. */
  ordered: readonly Entry[] | null
}

export class WebhookIndex {
  readonly #shelves = new Map<string, Shelf>()
  readonly #owners = new Map<string, string>()

  get size(): number {
    return this.#owners.size
  }

  find(accountId: string, webhookId: string): StoredWebhook | null {
    return this.#find(accountId, webhookId)
  }

  #find(accountId: string, webhookId: string): Entry | null {
    return this.#shelves.get(accountId)?.webhooks.get(webhookId) ?? null
  }

  /** Of all accounts: for what is done to the topic, never for an answer. */
  ids(): Iterable<string> {
    return this.#owners.keys()
  }

  /** Whoever's it is: for what is done to the topic, never for an answer. */
  newest(webhookId: string): StoredWebhook | null {
    return this.#newest(webhookId)
  }

  #newest(webhookId: string): Entry | null {
    const owner = this.#owners.get(webhookId)
    return owner === undefined ? null : this.#find(owner, webhookId)
  }

  /** @returns null where `after` is no place that a page has named. */
  page(accountId: string, { limit, after, search }: PageRequest): WebhookPage | null {
    const place = after === null ? null : placeOf(after)
    if (place === null && after !== null) return null
    const wanted = search.toLowerCase()
    const all = this.#inOrder(accountId)
    const found = wanted === '' ? all : all.filter(({ searchText }) => searchText.includes(wanted))
    const from = place === null ? 0 : firstBehind(found, place)
    const webhooks = found.slice(from, from + limit)
    const last = webhooks.at(-1)
    const isMore = from + webhooks.length < found.length && last !== undefined
    return { webhooks, total: found.length, next: isMore ? cursorOf(last) : null }
  }

  /** @returns what stood there before. */
  apply(change: WebhookChange, incoming: IncomingVersion): StoredWebhook | null {
    const before = this.#newest(change.webhookId)
    if (before !== null) this.#remove(before)
    if (change.kind === 'tombstone') return before
    const stored = entryOf(change, incoming, before)
    if (stored !== null) this.#add(stored)
    return before
  }

  clear(): void {
    this.#shelves.clear()
    this.#owners.clear()
  }

  #inOrder(accountId: string): readonly Entry[] {
    const shelf = this.#shelves.get(accountId)
    if (shelf === undefined) return []
    shelf.ordered ??= [...shelf.webhooks.values()].sort((one, other) => compare(one, other))
    return shelf.ordered
  }

  #add(stored: Entry): void {
    const shelf = this.#shelves.get(stored.accountId) ?? { webhooks: new Map(), ordered: null }
    this.#shelves.set(stored.accountId, shelf)
    shelf.webhooks.set(stored.webhookId, stored)
    shelf.ordered = null
    this.#owners.set(stored.webhookId, stored.accountId)
  }

  #remove({ accountId, webhookId }: Entry): void {
    const shelf = this.#shelves.get(accountId)
    this.#owners.delete(webhookId)
    if (shelf === undefined) return
    shelf.webhooks.delete(webhookId)
    shelf.ordered = null
    if (shelf.webhooks.size === 0) this.#shelves.delete(accountId)
  }
}

/** Null: nothing tells whose it is. */
function entryOf(
  change: Exclude<WebhookChange, { kind: 'tombstone' }>,
  incoming: IncomingVersion,
  before: Entry | null,
): Entry | null {
  const { webhookId } = change
  if (change.kind === 'undecodable') {
    return before === null ? null : new Entry({ kind: 'unreadable', before, detail: change.detail, incoming })
  }
  const { config } = change
  const accountId = config.account_id === '' ? (before?.accountId ?? '') : config.account_id
  return accountId === '' ? null : new Entry({ kind: 'decoded', webhookId, accountId, config, incoming })
}

interface Place {
  readonly createdAtMs: number
  readonly webhookId: string
}

function compare(one: Place, other: Place): number {
  if (one.createdAtMs !== other.createdAtMs) return other.createdAtMs - one.createdAtMs
  return one.webhookId < other.webhookId ? -1 : one.webhookId > other.webhookId ? 1 : 0
}

function firstBehind(webhooks: readonly Place[], place: Place): number {
  const index = webhooks.findIndex((webhook) => compare(webhook, place) > 0)
  return index === -1 ? webhooks.length : index
}

function cursorOf({ createdAtMs, webhookId }: Place): string {
  return Buffer.from(`${createdAtMs}/${webhookId}`).toString('base64url')
}

function placeOf(cursor: string): Place | null {
  const [, createdAt, webhookId] =
    /^(-?\d{1,16})\/(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  return createdAt === undefined || webhookId === undefined
    ? null
    : { createdAtMs: Number(createdAt), webhookId }
}

function searchTextOf({ webhookId, config }: Pick<Decoded, 'webhookId' | 'config'>): string {
  const { protocol, host, port, path, parameters } = config
  const names = parameters.map(({ name }) => name)
  const slash = path.startsWith('/') ? '' : '/'
  // Twice, because people leave the port out where it is the usual one.
  const address = `${protocol}://${host}${slash}${path} ${protocol}://${host}:${port}${slash}${path}`
  return [address, webhookId, ...names].join('\n').toLowerCase()
}
