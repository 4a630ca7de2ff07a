// The GlobalKTable of webhooks: every partition of the compacted topic, held by every worker.
// Invariants: a version below the applied offset of its partition changes nothing (the table never goes back
// in time), and a lookup sees only enabled webhooks, valid or not, of that account and event type.
// A million webhooks fit: records are kept as bytes, what is looked up as columns of numbers, and only what was used of
// late as objects.
import type { CallEvent } from '../domain/call-event.ts'
import type { AccountId, WebhookId } from '../domain/ids.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { defaultWebhookRules } from '../domain/webhook-rules.ts'
import type { WebhookChange } from '../domain/webhook-change.ts'
import { ByteStore } from './byte-store.ts'
import { matchingOf, undecodable, unsaid, verdictOn } from './judged-version.ts'
import type { Matching, Verdict } from './judged-version.ts'
import { KeyIndex } from './key-index.ts'
import { RecentEntries } from './recent-entries.ts'
import type { InvalidEntry, TableEntry } from './table-entry.ts'
import { plainPacking } from './webhook-packing.ts'
import type { WebhookPacking } from './webhook-packing.ts'
import { WebhookRows } from './webhook-rows.ts'

export type TableUpdate =
  | { readonly kind: 'ignored_as_old' }
  | {
      readonly kind: 'applied'
      readonly faults: readonly WebhookFault[]
      /** The key was last seen in another partition: producers disagree about where it belongs. */
      readonly moved: boolean
      /** Where it leads, if the receiver's certificate is not verified. */
      readonly unverifiedOrigin: string | null
    }

export interface TableOptions {
  readonly rules?: WebhookRules
  readonly packing?: WebhookPacking
  /** Entries kept ready; default 16,384, of some 4 KB each. */
  readonly recent?: number
  /** For places in hash tables: best not known outside; default 0. */
  readonly seed?: number
}

export class GlobalTable {
  readonly #rules: WebhookRules
  readonly #packing: WebhookPacking
  readonly #webhooks: KeyIndex
  readonly #accounts: KeyIndex
  readonly #rows = new WebhookRows()
  /** By the webhook's slot: its packed record, or why it cannot be decoded. */
  readonly #records = new ByteStore()
  readonly #recent: RecentEntries
  readonly #applied = new Map<number, bigint>()
  #invalid = 0
  #unverified = 0

  constructor(options: TableOptions = {}) {
    const { rules = defaultWebhookRules, packing = plainPacking, recent = 16_384, seed = 0 } = options
    this.#rules = rules
    this.#packing = packing
    this.#webhooks = new KeyIndex(seed)
    this.#accounts = new KeyIndex(seed)
    this.#recent = new RecentEntries(recent)
  }

  get size(): number {
    return this.#webhooks.size
  }

  get invalidCount(): number {
    return this.#invalid
  }

  /** Those whose receiver's certificate is not verified. */
  get unverifiedCount(): number {
    return this.#unverified
  }

  /** At most so many whose newest version cannot be used, the one that changed last first. Looks at every webhook. */
  lastInvalid(most: number): readonly InvalidEntry[] {
    return this.#rows.lastInvalid(most).flatMap((slot) => {
      const entry = this.#entryAt(slot, this.#webhooks.keyOf(slot) as WebhookId)
      return entry.kind === 'invalid' ? [entry] : []
    })
  }

  /** How often an entry was ready when it was looked for, and how often not. */
  get lookups(): RecentEntries['figures'] {
    return this.#recent.figures
  }

  /** Two answers for one version need not be one object: what is the same is `config`. */
  find(webhookId: WebhookId): TableEntry | undefined {
    const slot = this.#webhooks.find(webhookId)
    return slot < 0 ? undefined : this.#recent.get(slot, () => this.#entryAt(slot, webhookId))
  }

  /** The webhooks that an event matches, the one that changed last at the end. Looks at each of the account's. */
  lookup({ account_id, event_type }: Pick<CallEvent, 'account_id' | 'event_type'>): readonly WebhookId[] {
    const account = this.#accounts.find(account_id)
    if (account < 0) return []
    return this.#rows.matching(account, event_type).map((slot) => this.#webhooks.keyOf(slot) as WebhookId)
  }

  apply({ partition, offset }: RecordPosition, change: WebhookChange): TableUpdate {
    if (offset <= (this.#applied.get(partition) ?? -1n)) return { kind: 'ignored_as_old' }
    this.#applied.set(partition, offset)
    const { webhookId } = change
    const known = this.#webhooks.find(webhookId)
    const before = known < 0 ? null : this.#rows.get(known)
    const moved = before !== null && before.partition !== partition
    if (change.kind === 'tombstone') {
      if (known >= 0) this.#remove(known)
      return { kind: 'applied', faults: [], moved, unverifiedOrigin: null }
    }
    const matching = matchingOf(change, known < 0 ? unsaid : this.#matchingAt(known))
    const verdict =
      change.kind === 'upsert' ? verdictOn(webhookId, change.config, this.#rules) : undecodable(change.detail)
    // It goes before it comes, and so becomes the last of its account.
    if (known >= 0) this.#forget(known)
    const slot = this.#webhooks.add(webhookId)
    const { accountId } = matching
    const unverifiedOrigin = unverifiedOriginOf(verdict)
    this.#rows.set(slot, {
      partition,
      offset,
      account: accountId === null ? -1 : this.#accounts.add(accountId),
      ...matching,
      holds: change.kind === 'upsert' ? 'record' : 'detail',
      verdict: verdict.kind,
      verification: unverifiedOrigin === null ? 'on' : 'off',
    })
    this.#records.set(
      slot,
      change.kind === 'upsert' ? this.#packing.pack(change.config) : Buffer.from(change.detail),
    )
    if (verdict.kind === 'invalid') this.#invalid += 1
    if (unverifiedOrigin !== null) this.#unverified += 1
    return { kind: 'applied', faults: faultsOf(verdict), moved, unverifiedOrigin }
  }

  /**
   * The partition will be read again from its beginning. What is not met there by `endReread` was deleted while
   * nobody could see it, and goes.
   */
  beginReread(partition: number): void {
    this.#applied.delete(partition)
    this.#rows.expect(partition)
  }

  endReread(partition: number): void {
    // Met meanwhile in another partition, it is not what was deleted here.
    for (const slot of this.#rows.unmet(partition)) this.#remove(slot)
  }

  #entryAt(slot: number, webhookId: WebhookId): TableEntry {
    const { partition, offset, holds } = this.#rows.get(slot)
    const verdict =
      holds === 'detail'
        ? undecodable(this.#records.text(slot))
        : verdictOn(webhookId, this.#packing.unpack(this.#records.get(slot)), this.#rules)
    return { ...verdict, webhookId, config: { partition, offset }, ...this.#matchingAt(slot) }
  }

  #matchingAt(slot: number): Matching {
    const { account, eventTypes, enabled } = this.#rows.get(slot)
    const accountId = account < 0 ? null : (this.#accounts.keyOf(account) as AccountId)
    return { accountId, eventTypes, enabled }
  }

  #remove(slot: number): void {
    this.#forget(slot)
    this.#records.delete(slot)
    this.#webhooks.delete(slot)
  }

  /** What the version in the slot counted for. */
  #forget(slot: number): void {
    const { account, verdict, verification } = this.#rows.get(slot)
    this.#recent.delete(slot)
    if (verdict === 'invalid') this.#invalid -= 1
    if (verification === 'off') this.#unverified -= 1
    if (this.#rows.delete(slot)) this.#accounts.delete(account)
  }
}

function faultsOf(verdict: Verdict): readonly WebhookFault[] {
  return verdict.kind === 'valid' ? [] : verdict.faults
}

function unverifiedOriginOf(verdict: Verdict): string | null {
  if (verdict.kind === 'invalid' || verdict.webhook.tlsVerification === 'on') return null
  return verdict.webhook.origin
}
