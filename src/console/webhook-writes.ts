// Writes versions of webhooks into the topic, one at a time for each webhook, and finds out what became of them.
// Invariant: of two writes that were made from one version, by this process or another, at most one is answered as
// done. The topic takes both, so each is read back: whoever finds another version between the one it knew and its own
// has lost, and puts the other one back, while its own is still the newest. Both are live for the moment between.
import { randomUUID } from 'node:crypto'
import { RecordTooLarge, WriteGivenUp } from '../kafka/write-faults.ts'
import type { OutgoingRecord } from '../kafka/record-writer.ts'
import type { Clock, Observer } from '../ports.ts'
import type { StoredWebhook } from './webhook-index.ts'
import { restoresHeader, writeIdHeader } from './webhook-log.ts'
import type { Sighting, WebhookLog } from './webhook-log.ts'

export interface WebhookWritesOptions {
  readonly log: WebhookLog
  readonly writer: { append(record: OutgoingRecord, giveUp: AbortSignal): Promise<bigint> }
  readonly clock: Clock
  readonly observer: Observer
}

export interface WebhookWrite {
  readonly webhookId: string
  /** Null deletes. */
  readonly value: Buffer | null
  /** Offset of the version that it is made from; null: there is none yet. */
  readonly base: bigint | null
  /** The version that clients know it by, where it says the same as that one; absent: it is a new one. */
  readonly knownAs?: bigint
}

export type WriteEnd =
  | { readonly kind: 'written'; readonly offset: bigint }
  /** Another version came first and stands again, or none does: then the webhook is deleted. */
  | { readonly kind: 'lost'; readonly to: StoredWebhook | null }
  | { readonly kind: 'too_large' }
  /** Surely not in the topic. */
  | { readonly kind: 'not_written' }

/** How often a put-back may itself come too late before it is left alone: each time somebody else wrote meanwhile. */
const maxPutBacks = 10
/** A version that is to be put back waits this long for brokers; milliseconds. */
const putBackWithinMs = 60_000

export class WebhookWrites {
  readonly #options: WebhookWritesOptions
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(options: WebhookWritesOptions) {
    this.#options = options
  }

  /**
   * Runs `work` when everything before it on this webhook has ended: a write has ended when it is known what became
   * of it, which may be later than its client was answered.
   */
  async inTurn<Result>(webhookId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(webhookId) ?? Promise.resolve()
    const mine = before.then(work)
    const settled = mine.then(
      () => undefined,
      () => undefined,
    )
    this.#turns.set(webhookId, settled)
    try {
      return await mine
    } finally {
      if (this.#turns.get(webhookId) === settled) this.#turns.delete(webhookId)
    }
  }

  /** In its turn. No send begins after `giveUp`; rejects only when the log was stopped. */
  async write(write: WebhookWrite, giveUp: AbortSignal): Promise<WriteEnd> {
    const end = await this.#append(write, write.knownAs ?? null, giveUp)
    if (end.kind !== 'overtook') return end
    if (end.other !== null || write.value !== null) await this.#putBack(write, end)
    return { kind: 'lost', to: end.other }
  }

  async #putBack(lost: WebhookWrite, landed: Overtaking): Promise<void> {
    const { log, observer } = this.#options
    let { offset, other } = landed
    let deletes = lost.value === null
    for (let tries = 0; tries < maxPutBacks; tries += 1) {
      const newest = log.index.newest(lost.webhookId)?.offset ?? null
      const base = deletes ? null : offset
      if (newest !== base) return
      const value = other?.bytes ?? null
      const restored = { webhookId: lost.webhookId, value, base }
      const end = await this.#append(restored, other?.version ?? null, AbortSignal.timeout(putBackWithinMs))
      if (end.kind === 'written') return
      if (end.kind !== 'overtook') {
        const error = `a version that lost a race could not be taken back (${end.kind})`
        observer.observe({ kind: 'trouble', where: 'webhook-writes', error })
        return
      }
      deletes = value === null
      offset = end.offset
      other = end.other
    }
  }

  async #append(
    { webhookId, value, base }: WebhookWrite,
    restores: bigint | null,
    giveUp: AbortSignal,
  ): Promise<WriteEnd | Overtaking> {
    const { log, writer, clock } = this.#options
    const writeId = randomUUID()
    const landing = new Landing(base, value)
    const unwatch = log.watch(writeId, (sighting) => landing.seen(sighting))
    const headers = {
      [writeIdHeader]: writeId,
      ...(restores === null ? {} : { [restoresHeader]: `${restores}` }),
    }
    try {
      const offset = await writer.append({ key: Buffer.from(webhookId), value, headers }, giveUp)
      await log.untilRead(offset)
    } catch (error) {
      if (error instanceof RecordTooLarge) return { kind: 'too_large' }
      if (!(error instanceof WriteGivenUp)) throw error
      if (error.sent === 'never') return { kind: 'not_written' }
      // It may be there or not; the topic itself says which, as soon as it can be read to an end of after this moment.
      await log.untilCompleteAsOf(clock.monotonicMs())
    } finally {
      unwatch()
    }
    return landing.end()
  }
}

interface Overtaking {
  readonly kind: 'overtook'
  readonly offset: bigint
  /** What came between; null where that was a deletion. */
  readonly other: StoredWebhook | null
}

/** What the records of one write met. There are several where an acknowledgement was lost on its way. */
class Landing {
  #expected: bigint | null
  readonly #value: Buffer | null
  #offset: bigint | null = null
  #overtaking: Overtaking | null = null

  constructor(base: bigint | null, value: Buffer | null) {
    this.#expected = base
    this.#value = value
  }

  seen({ offset, before }: Sighting): void {
    if ((before?.offset ?? null) !== this.#expected) {
      this.#overtaking = { kind: 'overtook', offset, other: before }
    }
    this.#offset = offset
    this.#expected = this.#value === null ? null : offset
  }

  end(): WriteEnd | Overtaking {
    if (this.#offset === null) return { kind: 'not_written' }
    return this.#overtaking === null
      ? { kind: 'written', offset: this.#offset }
      : { ...this.#overtaking, offset: this.#offset }
  }
}
