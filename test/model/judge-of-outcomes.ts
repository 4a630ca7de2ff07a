// Judges what is written about a delivery: under which id, that it names a place only where a record of the delivery stands
// and is acknowledged, that it says what happened, and that waits follow the schedule.
import type { Outcome } from '../../src/domain/outcome.ts'
import type { DeliveryFacts, OutcomeWrite, ProcessFacts, RequestFacts } from './facts.ts'
import { isLateWord } from './is-late-word.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import { versionAt } from './published.ts'
import type { Surroundings } from './surroundings.ts'
import { placeOf } from './topics.ts'

const finalResults: readonly Outcome['result'][] = ['delivered', 'failed', 'expired', 'cancelled', 'rejected']

export class JudgeOfOutcomes implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger

  constructor(around: Surroundings) {
    this.#around = around
    this.#ledger = around.ledger
  }

  outcomeIssued(write: OutcomeWrite): void {
    const { outcome, process } = write
    const delivery = this.#ledger.deliveries.get(outcome.deliveryId)
    if (delivery === undefined) {
      if (outcome.reason !== 'fanout_limit') this.#ledger.breach('phantom', `outcome ${outcome.outcomeId}`)
      return
    }
    const why =
      this.#whyIdWrong(outcome) ?? this.#whyPlaceWrong(write, delivery) ?? this.#whyUntrue(write, delivery)
    if (why !== null) {
      const text = `${process.name} writes ${outcome.outcomeId.slice(outcome.deliveryId.length)} of ${nameOf(delivery)}, ${why}`
      this.#ledger.breach('untrue', text)
    }
  }

  over(): void {
    for (const delivery of this.#ledger.deliveries.values()) {
      if (delivery.allowance === 0) this.#checkSchedule(delivery)
      this.#checkAllTold(delivery)
    }
  }

  #whyIdWrong({ outcomeId, deliveryId, final, result, attempt, deferrals }: Outcome): string | null {
    const isFinal = finalResults.includes(result)
    const end = isFinal ? 'final' : result === 'deferred' ? `d${deferrals}` : `a${attempt}`
    if (outcomeId !== `${deliveryId}/0/${end}` || final !== isFinal) return `under a wrong id for ${result}`
    return result === 'deferred' && deferrals !== 1 ? 'though it is not the first deferral' : null
  }

  #whyPlaceWrong(write: OutcomeWrite, delivery: DeliveryFacts): string | null {
    const { outcome, process } = write
    const { parked, final, attempt, result, nextAttemptAtMs } = outcome
    if (final) return parked === null && nextAttemptAtMs === null ? null : 'which goes on'
    if (parked === null) return result === 'deferred' ? 'which names no place' : null
    const place = placeOf(parked)
    const there = delivery.parks.find(({ places }) => places.some((each) => placeOf(each) === place))
    if (there === undefined) return `which names ${place}, where nothing of it stands`
    if (isLateWord(write)) return null
    if (there.process !== process) return `which names ${place}, which is not its own`
    if (there.acknowledgedAtMs === null) return `which names ${place}, not acknowledged`
    return there.parked.progress.attempts === attempt
      ? null
      : `which was parked after ${there.parked.progress.attempts} attempts`
  }

  /** Whether it is what the process saw. */
  #whyUntrue(write: OutcomeWrite, delivery: DeliveryFacts): string | null {
    const { outcome, process } = write
    const { result, reason, attempt } = outcome
    const version = versionAt(process, delivery.webhookId)
    switch (result) {
      case 'cancelled':
        return version.kind === reason.replace('webhook_', '') ? null : `though it is ${version.kind}`
      case 'rejected':
        return version.kind === 'invalid' ? null : `though it is ${version.kind}`
      case 'expired':
      case 'deferred':
        return null
      case 'shadowed':
        return 'in a world that is live'
      case 'delivered':
      case 'failed':
      case 'retry_scheduled': {
        if (reason === 'horizon_passed') return this.#whyTooSoon(delivery, process)
        const requests = delivery.requests.filter(
          (each) => each.process === process && each.sent.attempt === attempt,
        )
        if (requests.some((request) => isTold(request, outcome))) return null
        if (isTrueLateWord(write, delivery)) return null
        return requests.length === 0 ? 'though it has not tried' : 'though it was answered otherwise'
      }
    }
  }

  /** One that could still wait for the longest time must not be given up. */
  #whyTooSoon(delivery: DeliveryFacts, { life }: ProcessFacts): string | null {
    const leftMs = Math.min(...delivery.expiries) - life.nowMs()
    const longestMs = Math.max(...this.#around.settings.delivery.retry.delaysMs)
    return leftMs > longestMs ? `with ${leftMs} ms left` : null
  }

  /** Whoever has the last outcome has one of each attempt before it, also where their maker died in between. */
  #checkAllTold(delivery: DeliveryFacts): void {
    const landed = delivery.outcomes.filter(({ landedAtMs }) => landedAtMs !== null)
    const told = new Set(landed.map(({ outcome }) => outcome.attempt))
    for (const { outcome } of landed.filter(({ outcome: { final } }) => final)) {
      for (let attempt = 1; attempt < outcome.attempt; attempt += 1) {
        if (told.has(attempt)) continue
        this.#ledger.breach('gap', `nobody tells of attempt ${attempt} of ${nameOf(delivery)}`)
      }
    }
  }

  /** The waits after failed attempts grow as the schedule says, whatever lies between them. */
  #checkSchedule(delivery: DeliveryFacts): void {
    const { scheduleMs } = this.#around.settings.delivery.retry
    const waits = delivery.outcomes
      .filter((write) => !isLateWord(write))
      .map(({ outcome }) => outcome)
      .filter(
        ({ result, parked, reason }) =>
          result === 'retry_scheduled' && parked !== null && reason !== 'interrupted',
      )
      .sort((one, other) => one.attempt - other.attempt)
    for (const [index, { nextAttemptAtMs, writtenAtMs, attempt }] of waits.entries()) {
      const leastMs = scheduleMs[Math.min(index, scheduleMs.length - 1)] ?? 0
      const waitMs = (nextAttemptAtMs ?? 0) - writtenAtMs
      if (waitMs >= leastMs - 1) continue
      this.#ledger.breach(
        'schedule',
        `${nameOf(delivery)} waits ${waitMs} ms after attempt ${attempt}, not ${leastMs}`,
      )
    }
  }
}

/** What the record says that the attempt led to; or that it is not known, where the record says nothing. */
function isTrueLateWord(write: OutcomeWrite, { requests }: DeliveryFacts): boolean {
  const { reason, statusCode, attempt } = write.outcome
  if (!isLateWord(write)) return false
  const ofIt = requests.filter(({ sent }) => sent.attempt === attempt)
  if (ofIt.length === 0) return false
  return (
    (reason === 'interrupted' && statusCode === null) ||
    ofIt.some((request) => isTold(request, write.outcome))
  )
}

function isTold({ answered }: RequestFacts, { result, statusCode }: Outcome): boolean {
  const answer = answered?.result
  const status = answer?.kind === 'answered' ? answer.statusCode : null
  return (
    status === statusCode && (status !== null && status >= 200 && status < 300) === (result === 'delivered')
  )
}
