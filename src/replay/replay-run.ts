// Sends what a plan chose: slice by slice at a rate, each slice a transaction.
// Invariant: nothing goes that was not looked at a moment before, with all that is known by then; what is in doubt is read
// from the topic behind a new writer, which shuts out the old one, before anything else goes. So a delivery gets one record
// for one replay, whatever is cut, repeated or run twice.
import type { EventFound } from '../domain/event-found.ts'
import type { ReplayMark } from '../domain/replay-mark.ts'
import type { Clock } from '../ports.ts'
import type { DeliveryLedger, FailedDelivery } from './delivery-ledger.ts'
import { fetchEvents } from './fetched-events.ts'
import type { Fetched } from './fetched-events.ts'
import { ReplayPace } from './replay-pace.ts'
import { recordsFor } from './replay-records.ts'
import type { ReplayedRecord, ReplayRules } from './replay-records.ts'
import { waitUnless } from './wait-unless.ts'

export type WriteAnswer =
  | { readonly kind: 'written' }
  | { readonly kind: 'in_doubt'; readonly error: string }
  | { readonly kind: 'shut_out' }

export interface ReplayWriting {
  write(records: readonly ReplayedRecord[]): Promise<WriteAnswer>
  close(): Promise<void>
}

export interface ReplayWorld {
  readonly clock: Clock
  /** A writer that shuts out all that were opened before. */
  open(): Promise<ReplayWriting>
  /** Tells the ledger what the topic of replays holds that it was not told of. */
  readMarks(): Promise<void>
  /** Resolves when the ledger knows what outcomes there were up to some moments ago. */
  readOutcomes(): Promise<void>
  /** The events, in the order asked for. */
  findEvents(deliveries: readonly FailedDelivery[]): Promise<readonly EventFound[]>
  /** After each slice. */
  told(report: ReplayReport): void
}

export interface ReplayRun {
  readonly ledger: DeliveryLedger
  /** In the order of sending. */
  readonly rows: Uint32Array
  readonly mark: Pick<ReplayMark, 'runId' | 'selection'>
  /** Deliveries. */
  readonly perSecond: number
  readonly rules: ReplayRules
}

/** Why a delivery was chosen and not sent. */
export type Unsent = 'event_expired' | 'event_changed' | 'event_unreadable'

export interface ReplayReport {
  readonly sent: number
  /** Delivered or asked for by somebody else since they were counted. */
  readonly passedOver: number
  readonly unsent: readonly { readonly deliveryId: string; readonly why: Unsent }[]
  readonly left: number
  /** Milliseconds since the first of them could go. */
  readonly tookMs: number
  readonly end: 'under_way' | 'done' | 'interrupted' | 'shut_out' | 'brokers_away'
  readonly error: string | null
}

/** Below a second, so that a slice is not older when it goes; long enough for a transaction on slow disks. */
const sliceMs = 250
/** Events that are held at once, twice: those that go and those that come next. */
const fetchedAtOnce = 500
const firstWaitMs = 500
/** About a minute in all: brokers that are restarted are back by then. */
const mostReopenings = 8

export async function runReplay(
  run: ReplayRun,
  world: ReplayWorld,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const sending = new Sending(run, world, signal)
  try {
    return await sending.all()
  } finally {
    await sending.close()
  }
}

class Sending {
  readonly #run: ReplayRun
  readonly #world: ReplayWorld
  readonly #signal: AbortSignal
  #pace: ReplayPace
  #begunAtMs: number
  #lastTurnMs = 0
  readonly #unsent: { deliveryId: string; why: Unsent }[] = []
  #writing: ReplayWriting | null = null
  #sent = 0
  #passedOver = 0

  constructor(run: ReplayRun, world: ReplayWorld, signal: AbortSignal) {
    this.#run = run
    this.#world = world
    this.#signal = signal
    this.#begunAtMs = world.clock.monotonicMs()
    this.#pace = new ReplayPace(run.perSecond, this.#begunAtMs)
  }

  async close(): Promise<void> {
    await this.#writing?.close()
  }

  async all(): Promise<ReplayReport> {
    const { rows } = this.#run
    const opened = await this.#reopen(1)
    if (opened !== null) return this.#gaveUp(opened)
    let next = this.#fetch(0)
    for (let at = 0; at < rows.length; at += fetchedAtOnce) {
      const fetched = await next
      if (at === 0) this.#begin()
      if (fetched.kind === 'away') return this.#gaveUp(fetched.error)
      // The next ones come while these go.
      next = this.#fetch(at + fetchedAtOnce)
      const ended = await this.#sendFetched(fetched)
      if (ended !== null) return ended
    }
    return this.#report('done')
  }

  #begin(): void {
    this.#begunAtMs = this.#world.clock.monotonicMs()
    this.#pace = new ReplayPace(this.#run.perSecond, this.#begunAtMs)
  }

  #fetch(at: number): Promise<Fetched> {
    const rows = [...this.#run.rows.subarray(at, at + fetchedAtOnce)]
    return fetchEvents(rows, this.#run.ledger, this.#world, this.#signal)
  }

  /** Null: go on. */
  async #sendFetched({
    rows,
    found,
  }: Extract<Fetched, { readonly kind: 'fetched' }>): Promise<ReplayReport | null> {
    let waiting = rows
    while (waiting.length > 0) {
      const turnAtMs = this.#lastTurnMs + sliceMs
      await this.#wait(Math.max(0, turnAtMs - this.#world.clock.monotonicMs()))
      this.#lastTurnMs = this.#world.clock.monotonicMs()
      if (this.#signal.aborted) return this.#report('interrupted')
      const allowed = this.#pace.allowed(this.#world.clock.monotonicMs())
      if (allowed === 0) continue
      await this.#world.readOutcomes()
      const ended = await this.#sendSlice(waiting.slice(0, allowed), found)
      if (ended !== null) return ended
      waiting = waiting.slice(allowed)
      this.#world.told(this.#report('under_way'))
    }
    return null
  }

  async #sendSlice(
    rows: readonly number[],
    found: ReadonlyMap<string, EventFound | undefined>,
  ): Promise<ReplayReport | null> {
    const { ledger, mark, rules } = this.#run
    for (let opened = 0; ; opened += 1) {
      const failed = rows.flatMap((row) => this.#stillFailed(row) ?? [])
      const due = failed.map((each) => ({ ...each, event: found.get(each.deliveryId) }))
      const { records, unsent } = recordsFor(due, rules, this.#world.clock.nowMs())
      const marked = records.map((record) => ({ ...record, mark: { ...record.mark, ...mark } }))
      const count = failed.length - unsent.length
      const answer = count === 0 ? { kind: 'written' as const } : await this.#write(marked)
      if (answer.kind === 'shut_out') return this.#report('shut_out')
      if (answer.kind === 'written') {
        for (const each of marked) ledger.asked(each.mark)
        this.#unsent.push(...unsent)
        const sent = rows.filter((row) => ledger.standing(row).kind === 'asked').length
        this.#sent += sent
        this.#passedOver += rows.length - sent - unsent.length
        this.#pace.gone(sent)
        return null
      }
      const error = await this.#reopen(opened + 1, answer.error)
      if (error !== null) return this.#gaveUp(error)
    }
  }

  #write(records: readonly ReplayedRecord[]): Promise<WriteAnswer> {
    const answer: WriteAnswer = { kind: 'in_doubt', error: 'no writer' }
    return this.#writing?.write(records) ?? Promise.resolve(answer)
  }

  /** Null when a new writer is open and all that was written before is known; else why not. */
  async #reopen(times: number, before?: string): Promise<string | null> {
    let error = before ?? ''
    for (let tries = times; tries <= mostReopenings && !this.#signal.aborted; tries += 1) {
      try {
        await this.#writing?.close()
        this.#writing = null
        this.#writing = await this.#world.open()
        await this.#world.readMarks()
        return null
      } catch (thrown) {
        // What no wait mends is told at once, where nothing has worked yet.
        if (before === undefined) throw thrown
        error = thrown instanceof Error ? thrown.message : String(thrown)
      }
      await this.#wait(Math.min(firstWaitMs * 2 ** tries, 10_000))
    }
    return error
  }

  #stillFailed(row: number): FailedDelivery | null {
    const standing = this.#run.ledger.standing(row)
    return standing.kind === 'failed' ? standing.failed : null
  }

  #wait(ms: number): Promise<void> {
    return waitUnless(this.#signal, ms, this.#world.clock)
  }

  #gaveUp(error: string): ReplayReport {
    return this.#signal.aborted ? this.#report('interrupted') : this.#report('brokers_away', error)
  }

  #report(end: ReplayReport['end'], error: string | null = null): ReplayReport {
    const left = this.#run.rows.length - this.#sent - this.#passedOver - this.#unsent.length
    return {
      sent: this.#sent,
      passedOver: this.#passedOver,
      unsent: this.#unsent,
      left,
      tookMs: this.#world.clock.monotonicMs() - this.#begunAtMs,
      end,
      error,
    }
  }
}
