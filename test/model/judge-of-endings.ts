// Judges the end: whatever the last reading of an event matched has ended, once; a success is told as one; what was published when all
// receivers were well is delivered; and a process that has drained holds nothing.
import type { Observation } from '../../src/domain/observation.ts'
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import type { DeliveryFacts, EventRead, ProcessFacts } from './facts.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import { horizonMsOf, versionOf } from './published.ts'
import type { Surroundings } from './surroundings.ts'
import { placeOf } from './topics.ts'

/** A webhook that wants its events for no longer than this may miss some. */
const patientMs = 3_600_000

export class JudgeOfEndings implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger
  /** By place: who read an event last, and had to finish it. */
  readonly #reads = new Map<string, EventRead>()

  constructor(around: Surroundings) {
    this.#around = around
    this.#ledger = around.ledger
  }

  eventRead(read: EventRead): void {
    this.#reads.set(placeOf(read.position), read)
  }

  observed(process: ProcessFacts, observation: Observation): void {
    if (observation.kind === 'trouble')
      this.#ledger.breach('trouble', `${process.name}: ${observation.error}`)
  }

  left(process: ProcessFacts): void {
    const { name, core, life, underWay } = process
    const { deliveries, bytes, waiting } = core.budget
    const { held, oldestUndeliveredMs, lanes } = core.pipeline.standing()
    const { waiting: atLanes, oldAttempts } = lanes
    const rest = {
      deliveries,
      bytes,
      waiting,
      atLanes,
      oldAttempts,
      oldestUndeliveredMs,
      partitions: held?.partitions.length ?? 0,
      underWay: underWay.size,
      timers: life.timers,
    }
    if (Object.values(rest).every((count) => count === 0)) return
    this.#ledger.breach('memory', `${name} leaves with ${JSON.stringify(rest)}`)
  }

  over(): void {
    const read = [...this.#reads.values()].flatMap(({ matches }) => [...matches.values()])
    const expected = new Set(read.map(({ delivery }) => delivery))
    for (const delivery of this.#ledger.deliveries.values()) {
      const isExpected =
        expected.has(delivery) || delivery.parks.some(({ landedAtMs }) => landedAtMs !== null)
      if (isExpected && !this.#isAsWhole(delivery)) this.#checkEnding(delivery)
    }
  }

  /** Its event matched more than it may: one outcome is for all. */
  #isAsWhole({ event }: DeliveryFacts): boolean {
    return this.#ledger.wholes.some(({ outcome }) => outcome.eventId === event.event_id)
  }

  #checkEnding(delivery: DeliveryFacts): void {
    const name = nameOf(delivery)
    const finals = delivery.outcomes.filter(({ outcome, landedAtMs }) => outcome.final && landedAtMs !== null)
    const ids = new Set(finals.map(({ outcome }) => outcome.outcomeId))
    if (finals.length === 0) return this.#ledger.breach('lost', `${name} has not ended`)
    if (ids.size > 1 || !ids.has(finalOutcomeId(delivery.id, 0))) {
      this.#ledger.breach('double final', `${name} ended as ${[...ids].join()}`)
    }
    const delivered = finals.find(({ outcome }) => outcome.result === 'delivered')
    const succeeded = delivery.requests.some(
      ({ answered, ownership }) =>
        ownership?.isClean === true &&
        answered?.result.kind === 'answered' &&
        answered.result.statusCode >= 200 &&
        answered.result.statusCode < 300,
    )
    if (succeeded && delivered === undefined)
      this.#ledger.breach('double final', `${name} succeeded and is not told so`)
    const last = finals.at(-1)?.outcome
    if (delivered === undefined && this.#hasToBeDelivered(delivery)) {
      this.#ledger.breach('never well again', `${name} ended as ${last?.result}: ${last?.reason}`)
    }
  }

  #hasToBeDelivered({ event, webhookId }: DeliveryFacts): boolean {
    if (!event.event_id.startsWith('probe')) return false
    const version = versionOf(this.#around.configs.changes, webhookId)
    return version.kind === 'valid' && horizonMsOf(version) >= patientMs
  }
}
