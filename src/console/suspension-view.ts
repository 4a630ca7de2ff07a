// Which webhooks are watched or suspended because their receivers seem to be dead, as the topic of suspensions says.
// Invariants: what is shown holds for the version of the webhook that it names and for no other, as workers see it; the
// console serves without it: while the topic is away, what was read last holds.
import { isUtf8 } from 'node:buffer'
import type { WebhookSuspensionRecord } from '../domain/records.ts'
import type { ValueDecoder } from '../kafka/codec.ts'
import type { ReadRecord, TopicReader } from '../kafka/topic-reader.ts'
import type { Clock, Observer } from '../ports.ts'
import type { StoredWebhook } from './webhook-index.ts'

export interface SuspensionViewOptions {
  /** A reader of the whole topic; called again where one could not start. */
  openReader(): TopicReader
  readonly decoder: Pick<ValueDecoder<WebhookSuspensionRecord>, 'decode'>
  readonly observer: Observer
  readonly clock: Clock
}

export type ShownSuspension = WebhookSuspensionRecord & { readonly state: 'watched' | 'suspended' }

/** The topic is missing or brokers are away: asked again. */
const againAfterMs = 5_000

export class SuspensionView {
  readonly #options: SuspensionViewOptions
  readonly #stopping = new AbortController()
  readonly #records = new Map<string, ShownSuspension>()
  readonly #followers = new Set<(accountId: string, webhookId: string) => void>()
  #reader: TopicReader | null = null
  #starting: Promise<void> = Promise.resolve()
  #cancelAgain: () => void = () => {}

  constructor(options: SuspensionViewOptions) {
    this.#options = options
  }

  /** Resolves at once; reading begins when the topic is there. */
  start(): void {
    this.#starting = this.#read()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#cancelAgain()
    await this.#reader?.stop()
    await this.#starting
  }

  /** Null: it is neither, or was of another version or another account. */
  of({ webhookId, accountId, offset }: StoredWebhook): ShownSuspension | null {
    const record = this.#records.get(webhookId)
    const holds = record?.account_id === accountId && BigInt(record.config_offset) === offset
    return holds ? record : null
  }

  /** Told of whose webhook changed in this; what is returned ends it. */
  follow(told: (accountId: string, webhookId: string) => void): () => void {
    this.#followers.add(told)
    return () => void this.#followers.delete(told)
  }

  async #read(): Promise<void> {
    const reader = this.#options.openReader()
    this.#reader = reader
    try {
      await reader.start({
        started: () => {},
        records: (_partition, records) => this.#take(records),
        position: () => {},
        troubled: (error) => this.#trouble(error.message),
        reset: () => this.#records.clear(),
      })
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      this.#trouble(error instanceof Error ? error.message : String(error))
      await reader.stop()
      this.#cancelAgain = this.#options.clock.after(againAfterMs, () => this.start())
    }
  }

  async #take(records: readonly ReadRecord[]): Promise<void> {
    for (const { key, value, offset } of records) {
      if (key === null || !isUtf8(key)) continue
      const webhookId = Buffer.from(key).toString()
      const before = this.#records.get(webhookId)
      const after = value === null ? null : await this.#shown(value, offset)
      if (this.#stopping.signal.aborted) return
      if (after === null) this.#records.delete(webhookId)
      else this.#records.set(webhookId, after)
      const accountId = (after ?? before)?.account_id
      if (accountId !== undefined) for (const told of this.#followers) told(accountId, webhookId)
    }
  }

  /** Null where nothing is held against it, where it cannot be read, or says what only a later version knows. */
  async #shown(value: Buffer, offset: bigint): Promise<ShownSuspension | null> {
    const decoded = this.#options.decoder.decode(value, this.#stopping.signal)
    const read = decoded instanceof Promise ? await decoded : decoded
    if (read.kind !== 'value') {
      this.#trouble(`offset ${offset}: ${read.detail}`)
      return null
    }
    const { state } = read.value
    return state === 'watched' || state === 'suspended' ? { ...read.value, state } : null
  }

  #trouble(error: string): void {
    if (this.#stopping.signal.aborted) return
    this.#options.observer.observe({ kind: 'trouble', where: 'suspension-view', error })
  }
}
