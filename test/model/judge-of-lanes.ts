// Judges how much a receiver gets, and how much a process has in hand: concurrency, rate, breakers, pauses and the budget.
// What a lane knows belongs to one address of one webhook in one process.
import type { Observation } from '../../src/domain/observation.ts'
import type { ProcessFacts, RequestFacts } from './facts.ts'
import type { Judge, Ledger } from './ledger.ts'
import { validRecordOf, versionAt } from './published.ts'
import type { Surroundings } from './surroundings.ts'

/** What a late wake-up may make up for. */
const rateToleranceMs = 20
/** The first opening, at its shortest. */
const leastOpenMs = 4_000
/** A pause binds its lane for no longer. */
const longestPauseMs = 300_000

interface LaneFacts {
  /** Monotonic milliseconds at which attempts began since the share changed last. */
  begunAtMs: number[]
  sinceMs: number
  pausedUntilMs: number
}

/** Of a webhook, or of an origin. */
interface Opening {
  openedAtMs: number
  /** Begun since. */
  readonly probes: Set<RequestFacts>
}

export class JudgeOfLanes implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger
  readonly #lanes = new Map<string, LaneFacts>()
  readonly #openings = new Map<string, Opening>()
  readonly #moved: ReadonlySet<string>

  constructor(around: Surroundings, moved: ReadonlySet<string>) {
    this.#around = around
    this.#ledger = around.ledger
    this.#moved = moved
  }

  requestBegun(request: RequestFacts): void {
    this.#checkConcurrency(request)
    this.#checkBudget(request.process)
    // A lane that may be forgotten forgets its pace and its breaker.
    if (this.#around.settings.lanes.maxLanes < 100) return
    this.#checkPace(request)
    this.#checkOpening(request, this.#openings.get(`${request.process.name} ${request.sent.request.origin}`))
    this.#checkOpening(request, this.#openings.get(`${request.process.name} ${request.delivery.webhookId}`))
  }

  requestEnded(request: RequestFacts): void {
    const { answered } = request
    for (const opening of this.#openings.values()) opening.probes.delete(request)
    const result = answered?.result
    const askedUntilMs = answered?.askedUntilMs ?? null
    if (askedUntilMs === null || result?.kind !== 'answered' || result.statusCode < 300) return
    const waitMs = Math.min(askedUntilMs - request.process.life.nowMs(), longestPauseMs)
    const lane = this.#laneOf(request)
    lane.pausedUntilMs = Math.max(lane.pausedUntilMs, this.#ledger.nowMs + waitMs)
  }

  observed(process: ProcessFacts, observation: Observation): void {
    if (observation.kind !== 'breaker') return
    const { of, name, change } = observation
    const key = `${process.name} ${name}`
    // Which of its addresses a webhook's breaker is of, it does not say.
    if (of === 'webhook' && this.#moved.has(name)) return
    if (change === 'closed') this.#openings.delete(key)
    else this.#openings.set(key, { openedAtMs: this.#ledger.nowMs, probes: new Set() })
  }

  #checkConcurrency({ process, delivery, sent }: RequestFacts): void {
    const { laneConcurrency, originConcurrency } = this.#around.settings.lanes
    const record = validRecordOf(versionAt(process, delivery.webhookId))
    const wished = record?.limits?.concurrency
    const most = (limit: number): number => Math.max(1, Math.floor(limit * process.share))
    const underWay = [...process.underWay]
    const address = addressOf(sent)
    const atLane = underWay.filter(
      (each) => each.delivery.webhookId === delivery.webhookId && addressOf(each.sent) === address,
    ).length
    const atOrigin = underWay.filter((each) => each.sent.request.origin === sent.request.origin).length
    const laneMost = most(Math.min(wished ?? laneConcurrency, laneConcurrency))
    if (atLane > laneMost)
      this.#ledger.breach('concurrency', `${atLane} of ${laneMost} at ${address} by ${process.name}`)
    const originMost = most(originConcurrency)
    if (atOrigin > originMost) {
      this.#ledger.breach(
        'concurrency',
        `${atOrigin} of ${originMost} at ${sent.request.origin} by ${process.name}`,
      )
    }
  }

  #checkBudget({ name, core, underWay, held }: ProcessFacts): void {
    const { maxDeliveries } = this.#around.settings.budget
    const inHand = Math.max(core.budget.deliveries, underWay.size, held.all)
    if (inHand > maxDeliveries)
      this.#ledger.breach('budget', `${name} has ${inHand} of ${maxDeliveries} in hand`)
    const half = Math.ceil(maxDeliveries / 2)
    if (held.parked > half)
      this.#ledger.breach('half parked', `${name} has ${held.parked} of ${half} in hand`)
  }

  #checkPace(request: RequestFacts): void {
    const { process, delivery } = request
    const lane = this.#laneOf(request)
    const { nowMs } = this.#ledger
    const what = `${process.name} begins one of ${delivery.webhookId}`
    if (nowMs < lane.pausedUntilMs - 1) {
      this.#ledger.breach('pause', `${what} ${lane.pausedUntilMs - nowMs} ms before the pause is over`)
    }
    if (lane.sinceMs !== process.shareSinceMs)
      Object.assign(lane, { sinceMs: process.shareSinceMs, begunAtMs: [] })
    const record = validRecordOf(versionAt(process, delivery.webhookId))
    const rate = record?.limits?.rate_per_second ?? null
    if (rate === null) return
    const perMs = (rate * process.share) / 1_000
    // As if one had begun when the share changed: another may just have used its last.
    const begins = [lane.sinceMs, ...lane.begunAtMs]
    lane.begunAtMs.push(nowMs)
    for (const [index, begunAtMs] of begins.entries()) {
      const more = begins.length - index
      const most = perMs * (nowMs - begunAtMs + rateToleranceMs)
      if (more <= most + 1e-6) continue
      this.#ledger.breach('rate', `${what}: ${more + 1} within ${nowMs - begunAtMs} ms at ${perMs * 1_000}/s`)
      return
    }
  }

  #checkOpening(request: RequestFacts, opening: Opening | undefined): void {
    if (opening === undefined) return
    const { process, delivery } = request
    const openMs = this.#ledger.nowMs - opening.openedAtMs
    const what = `${process.name} sends to ${delivery.webhookId}`
    if (openMs < leastOpenMs) this.#ledger.breach('breaker', `${what} ${openMs} ms after its breaker opened`)
    opening.probes.add(request)
    if (opening.probes.size > 1)
      this.#ledger.breach('breaker', `${what}: ${opening.probes.size} probes at once`)
  }

  #laneOf({ process, delivery, sent }: RequestFacts): LaneFacts {
    const key = `${process.name} ${delivery.webhookId} ${addressOf(sent)}`
    const lane = this.#lanes.get(key) ?? {
      begunAtMs: [],
      sinceMs: process.shareSinceMs,
      pausedUntilMs: Number.NEGATIVE_INFINITY,
    }
    this.#lanes.set(key, lane)
    return lane
  }
}

function addressOf({ request }: RequestFacts['sent']): string {
  return `${request.origin}${request.target.split('?')[0]}`
}
