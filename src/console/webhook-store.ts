// The webhooks of accounts, with the compacted topic as the only store.
// Invariants: every method takes the account and finds nothing of another one, so a route cannot forget it; an answer
// that says "written" comes after this process has read the version back, so whoever asks it next sees it; each write
// is answered within a bounded time, and one whose end is not known by then says so.
import { randomUUID } from 'node:crypto'
import type { WebhookConfigRecord } from '../domain/records.ts'
import type { OutgoingRecord } from '../kafka/record-writer.ts'
import type { Clock, Observer } from '../ports.ts'
import type { PageRequest, StoredWebhook, WebhookPage } from './webhook-index.ts'
import type { WebhookLog } from './webhook-log.ts'
import { WebhookWrites } from './webhook-writes.ts'
import type { WriteEnd } from './webhook-writes.ts'

export interface WebhookStoreOptions {
  readonly log: WebhookLog
  readonly writer: { append(record: OutgoingRecord, giveUp: AbortSignal): Promise<bigint> }
  /** As the topic holds it. */
  encode(webhook: WebhookConfigRecord): Buffer
  readonly clock: Clock
  readonly observer: Observer
  /** Milliseconds after which a write is answered, known or not. */
  readonly writeWithinMs: number
}

/** What a client fills in; the store adds what is not theirs to choose. */
export type WebhookDraft = Omit<
  WebhookConfigRecord,
  'webhook_id' | 'account_id' | 'created_at' | 'updated_at'
>

/** The version that a change is made from, as the client knows it. */
export interface KnownVersion {
  readonly webhookId: string
  readonly version: bigint
}

export type WriteResult =
  | { readonly kind: 'written'; readonly stored: StoredWebhook }
  /** Nothing was done: somebody else was first. */
  | { readonly kind: 'changed_meanwhile'; readonly current: StoredWebhook }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'too_large' }
  /** Nothing was done: Kafka is away. */
  | { readonly kind: 'unavailable' }
  /** It may have been done, or may yet be. */
  | { readonly kind: 'unknown_result' }

/** Before a write the view must be complete as of this long ago, in milliseconds: older means that Kafka is away. */
const freshWithinMs = 5_000
/** How long a view that is older may take to catch up, so that a process that stood still need not refuse. */
const catchUpWithinMs = 2_000

export class WebhookStore {
  readonly #options: WebhookStoreOptions
  readonly #writes: WebhookWrites

  constructor(options: WebhookStoreOptions) {
    this.#options = options
    this.#writes = new WebhookWrites(options)
  }

  get ready(): boolean {
    return this.#options.log.ready
  }

  /** Null: `after` is no place in a list. */
  list(accountId: string, request: PageRequest): WebhookPage | null {
    return this.#options.log.index.page(accountId, request)
  }

  get(accountId: string, webhookId: string): StoredWebhook | null {
    return this.#options.log.index.find(accountId, webhookId)
  }

  /** The id is made here, so nothing that exists can be overwritten. */
  create(accountId: string, draft: WebhookDraft): Promise<WriteResult> {
    const nowMs = this.#options.clock.nowMs()
    const times = { created_at: nowMs, updated_at: nowMs }
    const webhookId: string = randomUUID()
    return this.#bounded(webhookId, (giveUp) =>
      this.#put({ ...draft, webhook_id: webhookId, account_id: accountId, ...times }, null, giveUp),
    )
  }

  replace(accountId: string, known: KnownVersion, draft: WebhookDraft): Promise<WriteResult> {
    const { webhookId } = known
    return this.#bounded(webhookId, async (giveUp) => {
      const stored = this.#current(accountId, known)
      if (stored.kind !== 'current') return stored
      const { offset, config } = stored.webhook
      // Later than the version before it, whatever the clocks of several consoles say.
      const updatedAtMs = Math.max(this.#options.clock.nowMs(), config.updated_at ?? 0)
      const times = { created_at: config.created_at, updated_at: updatedAtMs }
      return this.#put({ ...draft, webhook_id: webhookId, account_id: accountId, ...times }, offset, giveUp)
    })
  }

  remove(accountId: string, known: KnownVersion): Promise<WriteResult> {
    const { webhookId } = known
    return this.#bounded(webhookId, async (giveUp) => {
      const stored = this.#current(accountId, known)
      if (stored.kind !== 'current') return stored
      const { offset } = stored.webhook
      const end = await this.#writes.write({ webhookId, value: null, base: offset }, giveUp)
      return resultOf(end, accountId, () => stored.webhook)
    })
  }

  #current(
    accountId: string,
    { webhookId, version }: KnownVersion,
  ): WriteResult | { readonly kind: 'current'; readonly webhook: StoredWebhook } {
    const webhook = this.get(accountId, webhookId)
    if (webhook === null) return { kind: 'not_found' }
    return webhook.version === version
      ? { kind: 'current', webhook }
      : { kind: 'changed_meanwhile', current: webhook }
  }

  async #put(config: WebhookConfigRecord, base: bigint | null, giveUp: AbortSignal): Promise<WriteResult> {
    const { webhook_id: webhookId, account_id: accountId } = config
    const bytes = this.#options.encode(config)
    const end = await this.#writes.write({ webhookId, value: bytes, base }, giveUp)
    return resultOf(end, accountId, (offset) => {
      return { webhookId, accountId, offset, version: offset, config, undecodable: null, bytes }
    })
  }

  /** The answer is bounded; the work goes on to its end, and the next write of this webhook waits for it. */
  async #bounded(
    webhookId: string,
    work: (giveUp: AbortSignal) => Promise<WriteResult>,
  ): Promise<WriteResult> {
    const { clock, log, writeWithinMs } = this.#options
    const giveUp = new AbortController()
    const late = Promise.withResolvers<WriteResult>()
    let begun = false
    const cancelLate = clock.after(writeWithinMs, () => {
      giveUp.abort()
      late.resolve({ kind: begun ? 'unknown_result' : 'unavailable' })
    })
    const inTurn = this.#writes.inTurn(webhookId, async (): Promise<WriteResult> => {
      if (giveUp.signal.aborted || !(await this.#isFresh())) return { kind: 'unavailable' }
      begun = true
      return work(giveUp.signal)
    })
    // What is under way when this process stops cannot be known any more.
    const ended = inTurn.catch((error: unknown): WriteResult => {
      if (!log.stopped) throw error
      return { kind: begun ? 'unknown_result' : 'unavailable' }
    })
    try {
      return await Promise.race([ended, late.promise])
    } finally {
      cancelLate()
    }
  }

  async #isFresh(): Promise<boolean> {
    const { clock, log } = this.#options
    const stale = new AbortController()
    const cancel = clock.after(catchUpWithinMs, () => stale.abort())
    try {
      await log.untilCompleteAsOf(clock.monotonicMs() - freshWithinMs, stale.signal)
      return true
    } catch (error) {
      if (stale.signal.aborted) return false
      throw error
    } finally {
      cancel()
    }
  }
}

function resultOf(
  end: WriteEnd,
  accountId: string,
  storedAt: (offset: bigint) => StoredWebhook,
): WriteResult {
  switch (end.kind) {
    case 'written':
      return { kind: 'written', stored: storedAt(end.offset) }
    case 'lost':
      // Whoever came first may have given it to another account.
      return end.to?.accountId === accountId
        ? { kind: 'changed_meanwhile', current: end.to }
        : { kind: 'not_found' }
    case 'too_large':
      return { kind: 'too_large' }
    case 'not_written':
      return { kind: 'unavailable' }
  }
}
