// Live updates: whoever has a webhook or a call open is told that there is something new, and asks for it himself.
// Invariants: an event says only that something changed, so that events which a slow reader has not taken become one; a
// stream that is not read holds one event, not a backlog; streams are bounded, and end with the console.
import { Readable } from 'node:stream'
import type { Clock } from '../ports.ts'
import type { LoggedOutcome } from './outcomes/logged-outcome.ts'

export type Followed =
  { readonly kind: 'webhook'; readonly id: string } | { readonly kind: 'call'; readonly id: string }

type EventName = 'deliveries' | 'health'

export interface EventStreamsOptions {
  readonly clock: Clock
  /** Of one account, and of all together. */
  readonly perAccount: number
  readonly inAll: number
}

/** Of one stream; events that come meanwhile become one. */
const leastGapMs = 1_000
/** Proxies end what is silent, often after 30 s. */
const commentEveryMs = 15_000
/** A few events; the reader behind the connection has buffers of its own. */
const highWaterBytes = 1_024

export class EventStreams {
  readonly #options: EventStreamsOptions
  /** By account and what is followed. */
  readonly #byTopic = new Map<string, Set<EventStream>>()
  readonly #perAccount = new Map<string, number>()
  #open = 0
  #stopped = false
  #cancelComments: () => void

  constructor(options: EventStreamsOptions) {
    this.#options = options
    this.#cancelComments = options.clock.after(commentEveryMs, () => this.#comment())
  }

  /** Null: there are as many as there may be. It ends when it is destroyed, which its reader's going brings about. */
  open(accountId: string, followed: Followed): Readable | null {
    const { perAccount, inAll, clock } = this.#options
    const mine = this.#perAccount.get(accountId) ?? 0
    if (this.#stopped || mine >= perAccount || this.#open >= inAll) return null
    this.#perAccount.set(accountId, mine + 1)
    this.#open += 1
    const topic = topicOf(accountId, followed)
    const stream = new EventStream(followed, clock, () => this.#left(accountId, topic, stream))
    const others = this.#byTopic.get(topic) ?? new Set()
    this.#byTopic.set(topic, others.add(stream))
    return stream
  }

  stored(outcomes: readonly LoggedOutcome[]): void {
    if (this.#open === 0) return
    for (const { accountId, webhookId, callId } of outcomes) {
      if (webhookId !== null) this.#tell(accountId, { kind: 'webhook', id: webhookId }, 'deliveries')
      this.#tell(accountId, { kind: 'call', id: callId }, 'deliveries')
    }
  }

  healthChanged(accountId: string, webhookId: string): void {
    this.#tell(accountId, { kind: 'webhook', id: webhookId }, 'health')
  }

  /** Every stream ends now. */
  stop(): void {
    this.#stopped = true
    this.#cancelComments()
    for (const streams of this.#byTopic.values()) for (const stream of streams) stream.end()
  }

  #tell(accountId: string, followed: Followed, name: EventName): void {
    for (const stream of this.#byTopic.get(topicOf(accountId, followed)) ?? []) stream.tell(name)
  }

  #comment(): void {
    this.#cancelComments = this.#options.clock.after(commentEveryMs, () => this.#comment())
    for (const streams of this.#byTopic.values()) for (const stream of streams) stream.comment()
  }

  #left(accountId: string, topic: string, stream: EventStream): void {
    const others = this.#byTopic.get(topic)
    if (others?.delete(stream) !== true) return
    if (others.size === 0) this.#byTopic.delete(topic)
    this.#open -= 1
    const mine = (this.#perAccount.get(accountId) ?? 1) - 1
    if (mine === 0) this.#perAccount.delete(accountId)
    else this.#perAccount.set(accountId, mine)
  }
}

class EventStream extends Readable {
  readonly #data: string
  readonly #clock: Clock
  readonly #left: () => void
  readonly #due = new Set<EventName>()
  #takes = true
  #nextAtMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null

  constructor({ kind, id }: Followed, clock: Clock, left: () => void) {
    super({ highWaterMark: highWaterBytes })
    this.#data = JSON.stringify(kind === 'webhook' ? { webhook_id: id } : { call_id: id })
    this.#clock = clock
    this.#left = left
    // So that whoever asked knows at once that it goes on.
    this.#takes = this.push(': open\n\n')
  }

  tell(name: EventName): void {
    this.#due.add(name)
    this.#flush()
  }

  comment(): void {
    if (this.#takes) this.#takes = this.push(':\n\n')
  }

  end(): void {
    this.#drop()
    this.push(null)
  }

  override _read(): void {
    this.#takes = true
    this.#flush()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#drop()
    done(error)
  }

  #flush(): void {
    if (!this.#takes || this.#due.size === 0 || this.#cancel !== null) return
    const nowMs = this.#clock.monotonicMs()
    if (nowMs < this.#nextAtMs) {
      this.#cancel = this.#clock.after(this.#nextAtMs - nowMs, () => {
        this.#cancel = null
        this.#flush()
      })
      return
    }
    this.#nextAtMs = nowMs + leastGapMs
    const events = Array.from(this.#due, (name) => `event: ${name}\ndata: ${this.#data}\n\n`)
    this.#due.clear()
    this.#takes = this.push(events.join(''))
  }

  #drop(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#due.clear()
    this.#takes = false
    this.#left()
  }
}

function topicOf(accountId: string, { kind, id }: Followed): string {
  return JSON.stringify([kind, accountId, id])
}
