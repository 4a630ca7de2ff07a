// Judges when a parked record is taken: not before its delay is over but for a tenth, unless it only waits for room or a pause; and,
// where nothing stands in its way, no later than a fifth of its delay after that.
import { readPausedBy } from '../../src/domain/parked-delivery.ts'
import type { ParkedRead, ProcessFacts } from './facts.ts'
import type { Judge, Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import type { Surroundings } from './surroundings.ts'
import { placeOf } from './topics.ts'

/** For turns, fetches and writes that stand before it. */
const graceMs = 3_000

export class JudgeOfWaits implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger
  /** Clocks are; a wrong one makes nothing wait for more than its delay and a tenth from when it is looked at. */
  readonly #isRight: boolean
  readonly #isFree: boolean
  readonly #dealtAtMs = new Map<ProcessFacts, number>()

  constructor(around: Surroundings, { flavour, mostSkewMs, settings: { budget, intake } }: Plan) {
    this.#around = around
    this.#ledger = around.ledger
    this.#isRight = mostSkewMs === 0
    const isRoomy = budget.maxDeliveries >= 1_000 && budget.maxBytes > 1_000 && budget.maxParkedAtOnce >= 500
    this.#isFree = this.#isRight && flavour === 'calm' && isRoomy && intake.maxQueuedRecords > 1
  }

  /** Nothing is taken while the group deals anew. */
  assigned(process: ProcessFacts): void {
    this.#dealtAtMs.set(process, this.#ledger.nowMs)
  }

  parkedRead({ process, position, parked }: ParkedRead): void {
    const log = this.#around.topics.log(position)
    const delayMs = log.delayMs ?? 0
    const record = log.records[Number(position.offset)]
    const appendedAtMs = record?.timestampMs ?? 0
    // What waits for a pause goes on when that ends.
    const waitsItsTime = parked.progress.expectedAtMs === null && readPausedBy(record?.headers ?? {}) === null
    const waitedMs = process.life.nowMs() - appendedAtMs
    const what = `${process.name} takes ${placeOf(position)} after ${waitedMs} ms`
    if (this.#isRight && waitsItsTime && waitedMs < delayMs * 0.9 - 1) {
      this.#ledger.breach('taken early', what)
    }
    const lateMs = Math.min(
      waitedMs - delayMs * 1.2,
      this.#ledger.nowMs - (this.#dealtAtMs.get(process) ?? 0),
    )
    if (this.#isFree && lateMs > graceMs) this.#ledger.breach('taken late', what)
  }
}
