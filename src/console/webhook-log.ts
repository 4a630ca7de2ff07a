// The compacted topic of webhooks as this process has read it, from its beginning and then on.
// Invariants: what is read is applied in the topic's order; a write of ours is told what stood before it at the very
// moment it is applied; whoever waits for an offset is woken only when all below and at it was applied.
import { isUtf8 } from 'node:buffer'
import type { WebhookConfigRecord } from '../domain/records.ts'
import type { WebhookDecoder } from '../kafka/codec.ts'
import type { ReadRecord, TopicReader } from '../kafka/topic-reader.ts'
import type { Observer } from '../ports.ts'
import { WebhookIndex } from './webhook-index.ts'
import type { StoredWebhook } from './webhook-index.ts'

/** Names the write that made a record, so that whoever wrote it knows it again. */
export const writeIdHeader = 'write-id'
/** On a version that was put back, or whose secrets were sealed anew: the offset under which clients know it. */
export const restoresHeader = 'restores-offset'

/** A record of ours as it was met in the topic. */
export interface Sighting {
  readonly offset: bigint
  /** What it replaced; null where there was nothing, or no more. */
  readonly before: StoredWebhook | null
}

export interface WebhookLogOptions {
  readonly reader: TopicReader
  readonly decoder: WebhookDecoder
  readonly observer: Observer
}

/** Refusal to start: an offset would not name one version. */
class TopicDivided extends Error {
  readonly code = 'START_REFUSED'
}

const anyKey = Buffer.from('any')

interface Waiter {
  readonly isOver: () => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class WebhookLog {
  readonly index = new WebhookIndex()
  readonly #options: WebhookLogOptions
  readonly #stopping = new AbortController()
  readonly #watched = new Map<string, (sighting: Sighting) => void>()
  #waiters: Waiter[] = []
  #isReady = false
  /** The end that has to be reached first; null: the one that a next answer names. */
  #firstEnd: bigint | null = null
  #next = 0n
  #completeAsOfMs = Number.NEGATIVE_INFINITY

  constructor(options: WebhookLogOptions) {
    this.#options = options
  }

  /** Everything up to the end at start, or at the last loss of the topic's history, was applied. */
  get ready(): boolean {
    return this.#isReady
  }

  get stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Resolves when the topic's end is known; reading goes on. @throws where the topic is missing, divided or away. */
  async start(): Promise<void> {
    const { reader, observer } = this.#options
    const trouble = (error: string): void =>
      observer.observe({ kind: 'trouble', where: 'webhook-log', error })
    await reader.start({
      started: (ends) => {
        if (ends.size !== 1) {
          throw new TopicDivided(`the topic of webhooks has ${ends.size} partitions; allowed: one`)
        }
        this.#firstEnd = ends.get(0) ?? 0n
      },
      records: (_partition, records) => this.#take(records, trouble),
      position: (_partition, next, end, askedAtMs) => this.#reached(next, end, askedAtMs),
      troubled: (error) => trouble(error.message),
      reset: (_partition, reason) => {
        trouble(`read again from its beginning: ${reason}`)
        this.#isReady = false
        this.#firstEnd = null
        this.#next = 0n
        this.index.clear()
      },
    })
  }

  /** Whoever waits is told that nothing more will be read. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const { reject } of this.#waiters.splice(0)) reject(new Error('the console was stopped'))
    await this.#options.reader.stop()
  }

  /** Calls back, in the topic's order, for every record that this write has put there. The answer ends it. */
  watch(writeId: string, onSeen: (sighting: Sighting) => void): () => void {
    this.#watched.set(writeId, onSeen)
    return () => void this.#watched.delete(writeId)
  }

  /** Resolves when the record at this offset was applied. Rejects after `stop`. */
  untilRead(offset: bigint): Promise<void> {
    return this.#until(() => this.#next > offset)
  }

  /**
   * Resolves when all that the topic held at that moment (monotonic milliseconds) was applied. Rejects after `stop`,
   * or with the signal's reason.
   */
  untilCompleteAsOf(atMs: number, signal?: AbortSignal): Promise<void> {
    return this.#until(() => this.#isReady && this.#completeAsOfMs >= atMs, signal)
  }

  #until(isOver: () => boolean, signal?: AbortSignal): Promise<void> {
    if (isOver()) return Promise.resolve()
    if (this.stopped) return Promise.reject(new Error('the console was stopped'))
    return new Promise((resolve, reject) => {
      const waiter = { isOver, resolve, reject }
      this.#waiters.push(waiter)
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  #reached(next: bigint, end: bigint, askedAtMs: number): void {
    this.#next = next
    if (next >= end) this.#completeAsOfMs = askedAtMs
    if (next >= (this.#firstEnd ?? end)) this.#isReady = true
    const over = this.#waiters.filter(({ isOver }) => isOver())
    if (over.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !over.includes(waiter))
    for (const { resolve } of over) resolve()
  }

  /** Schemas that were met are known for good, so what was decoded once is decoded at once. */
  readonly #readAgain = (bytes: Buffer): WebhookConfigRecord => {
    const decoded = this.#options.decoder.decode(anyKey, bytes, this.#stopping.signal)
    if (decoded instanceof Promise || decoded.kind !== 'upsert') {
      throw new Error('a version that was decoded cannot be decoded again')
    }
    return decoded.config
  }

  async #take(records: readonly ReadRecord[], trouble: (text: string) => void): Promise<void> {
    const { decoder } = this.#options
    for (const { key, value, offset, headers, undecodableBatch } of records) {
      // Neither can name a webhook: what is not UTF-8 reads like other such keys.
      if (key === null || !isUtf8(key)) {
        trouble(undecodableBatch ?? `no text as the key of the record at offset ${offset}`)
        continue
      }
      const decoded = decoder.decode(key, value, this.#stopping.signal)
      const change = decoded instanceof Promise ? await decoded : decoded
      const bytes = Buffer.from(value ?? '')
      const version = offsetIn(headers[restoresHeader]) ?? offset
      const before = this.index.apply(change, { offset, version, bytes, read: this.#readAgain })
      const writeId = headers[writeIdHeader]
      if (Buffer.isBuffer(writeId)) this.#watched.get(writeId.toString())?.({ offset, before })
    }
  }
}

function offsetIn(header: ReadRecord['headers'][string] | undefined): bigint | null {
  const text = Buffer.isBuffer(header) ? header.toString() : ''
  return /^\d{1,18}$/.test(text) ? BigInt(text) : null
}
