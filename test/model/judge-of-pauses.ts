// Judges pauses: no request begins that its process was told is paused, nor any at all once a pause has had the time to
// become known; what waits for one is not written again and again; and it goes on soon after the end.
import { readPausedBy } from '../../src/domain/parked-delivery.ts'
import type { DeliveryFacts, ParkedRead, ParkWrite, ProcessFacts, RequestFacts } from './facts.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import type { Surroundings } from './surroundings.ts'
import { placeOf } from './topics.ts'

/** By when a pause is in force. */
const knownWithinMs = 2_000
/** For those who park for a pause that they have not heard the end of, a commit's tick, turns and writes. */
const resumedWithinMs = 3_000 + 4_000

export class JudgeOfPauses implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger
  readonly #isFree: boolean
  readonly #writes = new Map<DeliveryFacts, number>()
  readonly #dealtAtMs = new Map<ProcessFacts, number>()

  constructor(around: Surroundings, { flavour, mostSkewMs, settings: { budget, intake } }: Plan) {
    this.#around = around
    this.#ledger = around.ledger
    const isRoomy = budget.maxDeliveries >= 1_000 && budget.maxBytes > 1_000 && budget.maxParkedAtOnce >= 500
    this.#isFree = mostSkewMs === 0 && flavour === 'calm' && isRoomy && intake.maxQueuedRecords > 1
  }

  assigned(process: ProcessFacts): void {
    this.#dealtAtMs.set(process, this.#ledger.nowMs)
  }

  requestBegun({ process, delivery, sent }: RequestFacts): void {
    const { pauses: topic, weather } = this.#around
    const { event, webhookId } = delivery
    const { origin } = sent.request
    const keys = ['all', `account:${event.account_id}`, `webhook:${webhookId}`, `origin:${origin}:80`]
    for (const key of keys) {
      const sinceMs = topic.pausedSinceMs(key)
      const what = `${process.name} begins attempt ${sent.attempt} of ${nameOf(delivery)} under ${key}`
      if (process.pauses.isTold(key)) this.#ledger.breach('paused', `${what}, of which it was told`)
      else if (sinceMs !== null && this.#ledger.nowMs - sinceMs > knownWithinMs) {
        if (weather.wasAwaySince('configs', process.number, sinceMs)) continue
        this.#ledger.breach('paused', `${what}, ${this.#ledger.nowMs - sinceMs} ms after it`)
      }
    }
  }

  parkIssued({ process, parked, deliveries }: ParkWrite): void {
    if ((parked.pausedBy ?? null) === null) return
    this.#ledger.saw('parked for a pause')
    const { pauses: topic, settings } = this.#around
    for (const delivery of deliveries) {
      const writes = (this.#writes.get(delivery) ?? 0) + 1
      this.#writes.set(delivery, writes)
      const byTime = this.#ledger.nowMs / (0.9 * settings.delivery.pauseDelayMs)
      if (writes <= 2 + topic.records.length + byTime + 2 * delivery.allowance) continue
      const text = `${process.name} parks ${nameOf(delivery)} for a pause for the ${writes}th time`
      this.#ledger.breach('written again', text)
    }
  }

  /** Only where nothing stands in its way. */
  parkedRead({ process, position }: ParkedRead): void {
    const { topics, pauses: topic } = this.#around
    const record = topics.log(position).records[Number(position.offset)]
    const pausedBy = readPausedBy(record?.headers ?? {})
    if (record === null || record === undefined || pausedBy === null || !this.#isFree) return
    const { key } = pausedBy
    if (topic.pausedSinceMs(key) !== null) return
    const appendedAtMs = this.#ledger.nowMs - (this.#around.clock.nowMs() - record.timestampMs)
    const fromMs = Math.max(appendedAtMs, topic.lastLiftedAtMs, this.#dealtAtMs.get(process) ?? 0)
    const lateMs = this.#ledger.nowMs - fromMs - resumedWithinMs
    if (lateMs <= 0) return
    const text = `${process.name} takes ${placeOf(position)} ${lateMs + resumedWithinMs} ms after the end of ${key}`
    this.#ledger.breach('resumed late', text)
  }
}
