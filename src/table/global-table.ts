// The GlobalKTable of webhooks: every partition of the compacted topic, held by every worker.
// Invariants: a version below the applied offset of its partition changes nothing (the table never goes back
// in time), and a lookup sees only enabled webhooks, valid or not, of that account and event type.
import type { CallEvent, EventType } from '../domain/call-event.ts'
import type { AccountId, WebhookId } from '../domain/ids.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { WebhookFault } from '../domain/webhook-fault.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { defaultWebhookRules } from '../domain/webhook-rules.ts'
import { knownEventTypes, validateWebhook } from '../domain/webhook-validation.ts'
import type { WebhookChange } from '../ports.ts'
import type { TableEntry } from './table-entry.ts'

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

const nothing: ReadonlyMap<WebhookId, TableEntry> = new Map()

export class GlobalTable {
  readonly #entries = new Map<WebhookId, TableEntry>()
  readonly #index = new Map<AccountId, Map<EventType, Map<WebhookId, TableEntry>>>()
  readonly #applied = new Map<number, bigint>()
  readonly #rereadFrom = new Map<number, Set<WebhookId>>()
  readonly #rules: WebhookRules
  #invalid = 0
  #unverified = 0

  constructor(rules: WebhookRules = defaultWebhookRules) {
    this.#rules = rules
  }

  get size(): number {
    return this.#entries.size
  }

  get invalidCount(): number {
    return this.#invalid
  }

  /** Those whose receiver's certificate is not verified. */
  get unverifiedCount(): number {
    return this.#unverified
  }

  find(webhookId: WebhookId): TableEntry | undefined {
    return this.#entries.get(webhookId)
  }

  /** The entries that an event matches, the one that changed last at the end. Costs two map lookups. */
  lookup(event: Pick<CallEvent, 'account_id' | 'event_type'>): ReadonlyMap<WebhookId, TableEntry> {
    return this.#index.get(event.account_id)?.get(event.event_type) ?? nothing
  }

  apply(position: RecordPosition, change: WebhookChange): TableUpdate {
    const { partition, offset } = position
    if (offset <= (this.#applied.get(partition) ?? -1n)) return { kind: 'ignored_as_old' }
    this.#applied.set(partition, offset)
    const before = this.#entries.get(change.webhookId)
    this.#remove(before)
    this.#rereadFrom.get(partition)?.delete(change.webhookId)
    const moved = before !== undefined && before.config.partition !== partition
    if (change.kind === 'tombstone') return { kind: 'applied', faults: [], moved, unverifiedOrigin: null }
    const entry = entryOf(change, { partition, offset }, before, this.#rules)
    this.#add(entry)
    const faults = entry.kind === 'invalid' ? entry.faults : []
    return { kind: 'applied', faults, moved, unverifiedOrigin: unverifiedOriginOf(entry) }
  }

  /**
   * The partition will be read again from its beginning. What is not met there by `endReread` was deleted while
   * nobody could see it, and goes.
   */
  beginReread(partition: number): void {
    this.#applied.delete(partition)
    const ids = [...this.#entries.values()].filter((entry) => entry.config.partition === partition)
    this.#rereadFrom.set(partition, new Set(ids.map((entry) => entry.webhookId)))
  }

  endReread(partition: number): void {
    for (const webhookId of this.#rereadFrom.get(partition) ?? []) {
      const entry = this.#entries.get(webhookId)
      // Met meanwhile in another partition, it is not what was deleted here.
      if (entry?.config.partition === partition) this.#remove(entry)
    }
    this.#rereadFrom.delete(partition)
  }

  #add(entry: TableEntry): void {
    this.#entries.set(entry.webhookId, entry)
    if (entry.kind === 'invalid') this.#invalid += 1
    if (unverifiedOriginOf(entry) !== null) this.#unverified += 1
    if (entry.accountId === null || !entry.enabled) return
    const byType = this.#index.get(entry.accountId) ?? new Map<EventType, Map<WebhookId, TableEntry>>()
    this.#index.set(entry.accountId, byType)
    for (const type of entry.eventTypes) {
      const entries = byType.get(type) ?? new Map<WebhookId, TableEntry>()
      byType.set(type, entries.set(entry.webhookId, entry))
    }
  }

  #remove(entry: TableEntry | undefined): void {
    if (entry === undefined) return
    this.#entries.delete(entry.webhookId)
    if (entry.kind === 'invalid') this.#invalid -= 1
    if (unverifiedOriginOf(entry) !== null) this.#unverified -= 1
    if (entry.accountId === null) return
    const byType = this.#index.get(entry.accountId)
    for (const type of entry.eventTypes) {
      const entries = byType?.get(type)
      entries?.delete(entry.webhookId)
      if (entries?.size === 0) byType?.delete(type)
    }
    if (byType?.size === 0) this.#index.delete(entry.accountId)
  }
}

function entryOf(
  change: Exclude<WebhookChange, { kind: 'tombstone' }>,
  config: TableEntry['config'],
  before: TableEntry | undefined,
  rules: WebhookRules,
): TableEntry {
  const { webhookId } = change
  const previous = {
    accountId: before?.accountId ?? null,
    eventTypes: before?.eventTypes ?? [],
    enabled: before?.enabled ?? true,
  }
  if (change.kind === 'undecodable') {
    return {
      kind: 'invalid',
      webhookId,
      config,
      ...previous,
      faults: [{ path: '', rule: 'undecodable', found: change.detail, allowed: '' }],
    }
  }
  const record = change.config
  const accountId = record.account_id === '' ? previous.accountId : (record.account_id as AccountId)
  const types = knownEventTypes(record)
  const eventTypes = types.length > 0 ? types : previous.eventTypes
  const told = { webhookId, config, accountId, eventTypes, enabled: record.enabled }
  const validation = validateWebhook(record, rules)
  if (validation.kind === 'valid' && record.webhook_id === webhookId) {
    return { kind: 'valid', ...told, webhook: validation.webhook }
  }
  const faults = [
    ...(record.webhook_id === webhookId ? [] : [otherKey]),
    ...(validation.kind === 'valid' ? [] : validation.faults),
  ]
  return { kind: 'invalid', ...told, faults }
}

const otherKey: WebhookFault = {
  path: 'webhook_id',
  rule: 'conflict',
  found: "differs from the record's key",
  allowed: 'the same text',
}

function unverifiedOriginOf(entry: TableEntry): string | null {
  if (entry.kind === 'invalid' || entry.webhook.tlsVerification === 'on') return null
  return entry.webhook.origin
}
