// Judges the order of one call at one receiver: an end's first attempt begins only when the first attempt of every start
// that the same process took before it is over, or the start was put off or ended.
import type { DeliveryFacts, EventRead, ParkedRead, ProcessFacts, RequestFacts } from './facts.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import { validRecordOf, versionAt } from './published.ts'
import type { Surroundings } from './surroundings.ts'

/** A start that an end has passed: it must not be tried any more unless it was put off. */
interface Passed {
  readonly process: ProcessFacts
  readonly by: DeliveryFacts
  readonly atMs: number
}

export class JudgeOfOrder implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger
  /** By call. */
  readonly #starts = new Map<string, EventRead[]>()
  readonly #ends = new Map<string, EventRead[]>()
  /** When each process first took a delivery from a retry topic. */
  readonly #firsts = new Map<DeliveryFacts, Map<ProcessFacts, number>>()
  readonly #passed = new Map<DeliveryFacts, Passed>()

  constructor(around: Surroundings) {
    this.#around = around
    this.#ledger = around.ledger
  }

  eventRead(read: EventRead): void {
    const { call_id, event_type } = read.event
    const reads = event_type === 'call_start' ? this.#starts : this.#ends
    const ofCall = reads.get(call_id) ?? []
    reads.set(call_id, [...ofCall, read])
  }

  /**
   * An end may come from a chunk, too: taken before its start is read again, it waits for nothing. Nor does one that
   * was put off before.
   */
  parkedRead({ process, deliveries, atMs, parked }: ParkedRead): void {
    const isNew = parked.progress.attempts + parked.progress.deferrals === 0
    for (const delivery of deliveries) {
      const firsts = this.#firsts.get(delivery) ?? new Map<ProcessFacts, number>()
      this.#firsts.set(delivery, firsts)
      const firstAtMs = isNew ? atMs : Number.NEGATIVE_INFINITY
      firsts.set(process, Math.min(firstAtMs, firsts.get(process) ?? firstAtMs))
    }
  }

  requestBegun(request: RequestFacts): void {
    const { event_type } = request.delivery.event
    if (this.#around.settings.ordering === 'none' || request.sent.attempt > 1) return
    if (event_type === 'call_end') this.#endBegins(request)
    else this.#startBegins(request)
  }

  #startBegins({ process, delivery }: RequestFacts): void {
    const passed = this.#passed.get(delivery)
    if (passed === undefined || passed.process !== process) return
    if (isPutOff(delivery, passed)) return
    this.#breach(process, passed.by, delivery)
  }

  #endBegins({ process, delivery, sent }: RequestFacts): void {
    const { call_id } = delivery.event
    const end = this.#ends.get(call_id)?.findLast((read) => read.process === process)
    const origin = end?.matches.get(delivery.id)?.origin
    // Moved since, it is another receiver.
    if (end === undefined || origin !== sent.request.origin) return
    const fromChunkAtMs = this.#firsts.get(delivery)?.get(process) ?? end.atMs
    const takenAtMs = Math.min(end.atMs, fromChunkAtMs)
    for (const read of this.#starts.get(call_id) ?? []) {
      if (read.process !== process || read.atMs > takenAtMs || read.position.offset > end.position.offset)
        continue
      // A large fan-out is parked at once.
      if (read.matches.size > this.#around.settings.fanout.chunkSize) continue
      for (const { delivery: start, origin: startOrigin } of read.matches.values()) {
        if (startOrigin === origin && this.#isAt(start, process, origin)) this.#passes(delivery, start, read)
      }
    }
  }

  #passes(end: DeliveryFacts, start: DeliveryFacts, read: EventRead): void {
    const { process } = read
    const tried = start.requests.filter(
      (each) => each.process === process && each.sent.begunAtMs >= read.atMs,
    )
    if (tried.some(({ endedAtMs }) => endedAtMs !== null) || isPutOff(start, read)) return
    // Parked from a retry topic before its event was read again: that reading is a copy, and dropped.
    if (start.parks.some((write) => write.process === process)) return
    if (tried.length > 0) this.#breach(process, end, start)
    this.#ledger.saw('end before a start that is put off')
    this.#passed.set(start, { process, by: end, atMs: this.#ledger.nowMs })
  }

  #breach(process: ProcessFacts, end: DeliveryFacts, start: DeliveryFacts): void {
    this.#ledger.breach('inversion', `${process.name} sends ${nameOf(end)} before ${nameOf(start)} was tried`)
  }

  #isAt({ webhookId }: DeliveryFacts, process: ProcessFacts, origin: string): boolean {
    const record = validRecordOf(versionAt(process, webhookId))
    return record !== null && `http://${record.host}` === origin
  }
}

/** It was parked, or it ended. */
function isPutOff(start: DeliveryFacts, { process, atMs }: Pick<EventRead, 'process' | 'atMs'>): boolean {
  return [...start.parks, ...start.outcomes].some(
    (write) => write.process === process && write.issuedAtMs >= atMs,
  )
}
