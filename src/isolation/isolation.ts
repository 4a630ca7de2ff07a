// Who may begin an attempt now, who waits a moment, and who is sent away: lanes per webhook, gates per origin, and the
// bound on attempts that have been under way for long.
// Invariants: an ask is answered at once or within `maxWaitMs`; a lane that is open, hangs or is paused lets nobody wait;
// what one webhook's receiver does changes no answer to another's, but for the way to a common origin.
import type { WebhookId } from '../domain/ids.ts'
import type { LanesStanding, TroubledWay } from '../domain/standing.ts'
import type { Webhook } from '../domain/webhook.ts'
import { closed, full } from './admission.ts'
import type { Admission, Asked, AttemptEnding, Deferral, DeferralReason } from './admission.ts'
import type { Permit, Urgency } from './admission.ts'
import { AttemptAges } from './attempt-ages.ts'
import type { IsolationOptions } from './isolation-options.ts'
import type { Lane, LaneAttempt } from './lane.ts'
import { LaneDirectory } from './lane-directory.ts'
import type { OriginGate } from './origin-gate.ts'
import { wayTo } from './origin-gate.ts'
import { Shares } from './shares.ts'
import { troubledWays } from './troubled-ways.ts'
import type { Waiter } from './waiting-line.ts'

/** So many may wait whatever a lane's capacity: bursts are short more often than not. */
const leastWaiting = 16

export class Isolation {
  readonly #options: IsolationOptions
  readonly #shares: Shares
  readonly #directory: LaneDirectory
  readonly #ages = new AttemptAges<Running>()
  readonly #waitingLanes = new Map<Lane, Place>()
  #waiting = 0

  constructor(options: IsolationOptions) {
    this.#options = options
    this.#shares = new Shares(options.bounds)
    this.#directory = new LaneDirectory(options.bounds.maxLanes)
  }

  /** Deliveries that wait for room. */
  get waiting(): number {
    return this.#waiting
  }

  standing(nowMs: number): LanesStanding {
    const { waiting } = this
    return { ...this.#directory.breakers(nowMs), waiting, oldAttempts: this.#ages.oldCount(nowMs) }
  }

  troubled(most: number, nowMs: number): readonly TroubledWay[] {
    return troubledWays(this.#directory, most, nowMs)
  }

  /** This process's part of every limit from now on: 0 to 1. */
  setShare(share: number, nowMs: number): void {
    if (this.#shares.change(share, nowMs)) this.#directory.restartPaces(nowMs)
  }

  /** `nowMs`: monotonic. A promise where it waits for room. */
  ask(asked: Asked, nowMs: number): Admission | Promise<Admission> {
    const place = this.#placeOf(asked.webhook, nowMs)
    const { lane } = place
    const { urgency, patience } = asked
    if (asked.isOffered) lane.offer(nowMs)
    const look = this.#look(place, nowMs)
    if (look.kind === 'open' && lane.waiting.size === 0 && patience !== 'not_now') {
      return this.#admit(place, nowMs)
    }
    if (look.kind === 'closed' || look.kind === 'paused') return { kind: 'defer', deferral: look }
    if (patience !== 'may_wait' || !this.#hasRoom(lane, urgency, nowMs)) {
      return this.#sendAway(place, look.kind === 'full' ? look.reason : 'lane_full', nowMs)
    }
    return new Promise((tell) => this.#line(place, { urgency, sinceMs: nowMs, tell }))
  }

  /** Whether its receiver could take more than comes: who was sent away until there is room need not wait longer. */
  hasSpareRoom(webhookId: WebhookId, nowMs: number): boolean {
    return this.#directory.held(webhookId)?.hasSpareRoom(nowMs) ?? false
  }

  paused(webhookId: WebhookId): void {
    this.#directory.held(webhookId)?.limit.restart()
  }

  /** Whether a quick try is within the lane's retry budget; it is spent then. */
  spendRetry(webhook: Webhook, nowMs: number): boolean {
    return this.#placeOf(webhook, nowMs).lane.retryBudget.spend(nowMs)
  }

  /** Lets in who may begin by now, and sends away who has waited too long. To be called often while anybody waits. */
  wake(nowMs: number): void {
    for (const place of this.#waitingLanes.values()) {
      const reason = this.#pump(place, nowMs)
      for (const waiter of place.lane.waiting.takeOlderThan(nowMs - this.#options.bounds.maxWaitMs)) {
        this.#waiting -= 1
        waiter.tell(this.#sendAway(place, reason, nowMs))
      }
      this.#unlineIfEmpty(place)
    }
  }

  #placeOf(webhook: Webhook, nowMs: number): Place {
    const lane = this.#directory.laneOf(webhook, nowMs, this.#shares.sinceMs)
    return { webhook, lane, gate: this.#directory.gateOf(wayTo(webhook), nowMs) }
  }

  #look({ webhook, lane, gate }: Place, nowMs: number): { readonly kind: 'open' } | Deferral {
    const shutMs = lane.breaker.shutForMs(nowMs) ?? gate.breaker.shutForMs(nowMs)
    if (shutMs !== null) return closed('breaker_open', shutMs)
    if (nowMs < lane.pausedUntilMs) {
      return { kind: 'paused', reason: 'retry_after', waitMs: lane.pausedUntilMs - nowMs }
    }
    if (lane.isHanging(nowMs)) return closed('lane_full', 0)
    const tooManyOld = this.#ages.oldCount(nowMs) >= this.#options.bounds.maxOldAttempts
    if (tooManyOld && !lane.isProven(nowMs)) return closed('lane_full', 0)
    lane.ratePerSecond = this.#shares.ratePerSecond(webhook)
    if (lane.isPaced(nowMs)) return full('rate_limited')
    if (nowMs < lane.restUntilMs) return full('lane_full')
    if (lane.running.size >= Math.min(lane.slots(nowMs), this.#shares.laneConcurrency(webhook))) {
      return full('lane_full')
    }
    return gate.underWay >= this.#shares.originConcurrency() ? full('lane_full') : { kind: 'open' }
  }

  #admit(place: Place, nowMs: number): Admission {
    const { lane, gate } = place
    gate.underWay += 1
    const running: Running = {
      begunAtMs: nowMs,
      isLaneProbe: lane.breaker.beginProbe(),
      isOriginProbe: gate.breaker.beginProbe(),
    }
    lane.begin(running, nowMs)
    this.#ages.add(running)
    const permit: Permit = {
      end: (ending, endedAtMs) => this.#ended(place, running, ending, endedAtMs),
      cancel: (endedAtMs) => this.#ended(place, running, nothing, endedAtMs),
    }
    return { kind: 'go', permit }
  }

  #ended(place: Place, running: Running, ending: AttemptEnding, nowMs: number): void {
    const { webhook, lane, gate } = place
    this.#ages.delete(running)
    gate.underWay -= 1
    const random = this.#options.random()
    const cap = this.#shares.laneConcurrency(webhook)
    const laneChange = lane.ended(running, ending, { nowMs, cap, random })
    const gateChange = gate.ended(ending, running.isOriginProbe, nowMs, random)
    if (laneChange !== null) {
      this.#options.changed({ of: 'webhook', name: webhook.webhookId, change: laneChange })
    }
    if (gateChange !== null) this.#options.changed({ of: 'origin', name: lane.origin, change: gateChange })
    if (this.#waiting > 0) this.#letIn(place, nowMs)
  }

  /** After a slot became free: the lane's own, or, where the origin had none left, all that wait there in turn. */
  #letIn({ lane, gate }: Place, nowMs: number): void {
    const most = this.#shares.originConcurrency()
    if (gate.underWay + 1 < most) return this.#pumpIfWaiting(lane, nowMs)
    // Once around at most, and without a copy: thousands may wait, and the first of them takes the slot nearly always.
    for (let left = gate.waitingLanes.size; left > 0 && gate.underWay < most; left -= 1) {
      const [first] = gate.waitingLanes
      if (first === undefined) return
      this.#pumpIfWaiting(first, nowMs)
      // Who was served goes behind those who were not.
      if (gate.waitingLanes.delete(first)) gate.waitingLanes.add(first)
    }
  }

  #pumpIfWaiting(lane: Lane, nowMs: number): void {
    const place = this.#waitingLanes.get(lane)
    if (place !== undefined) this.#pump(place, nowMs)
  }

  /** Answers why the next one has to wait. */
  #pump(place: Place, nowMs: number): DeferralReason {
    while (place.lane.waiting.size > 0) {
      const look = this.#look(place, nowMs)
      if (look.kind === 'full') return look.reason
      this.#waiting -= 1
      const admission: Admission =
        look.kind === 'open' ? this.#admit(place, nowMs) : { kind: 'defer', deferral: look }
      place.lane.waiting.shift()?.tell(admission)
    }
    this.#unlineIfEmpty(place)
    return 'lane_full'
  }

  #line(place: Place, waiter: Waiter): void {
    const { lane, gate } = place
    if (lane.waiting.size === 0) lane.becomesBusy(waiter.sinceMs)
    lane.waiting.push(waiter)
    this.#waiting += 1
    this.#waitingLanes.set(lane, place)
    gate.waitingLanes.add(lane)
  }

  #unlineIfEmpty({ lane, gate }: Place): void {
    if (lane.waiting.size > 0) return
    this.#waitingLanes.delete(lane)
    gate.waitingLanes.delete(lane)
  }

  #sendAway({ lane }: Place, reason: DeferralReason, nowMs: number): Admission {
    const waitMs = lane.roomInMs(reason, nowMs, this.#options.random())
    return { kind: 'defer', deferral: { kind: 'full', reason, waitMs } }
  }

  #hasRoom(lane: Lane, urgency: Urgency, nowMs: number): boolean {
    const { maxWaitMs, maxWaiting } = this.#options.bounds
    if (this.#waiting >= maxWaiting) return false
    // Until its capacity is known, nobody is sent away for what may be a moment's wait.
    if (!lane.isMeasured) return lane.waiting.size < maxWaiting / 4
    const perSecond = lane.capacityPerSecond(nowMs)
    // Those that are less urgent go behind it, so they are none that it would wait for.
    return lane.waiting.ahead(urgency) < Math.max(leastWaiting, (perSecond * maxWaitMs) / 1_000)
  }
}

interface Running extends LaneAttempt {
  readonly isOriginProbe: boolean
}

/** A webhook as it was asked for, with what it shares slots with. */
interface Place {
  readonly webhook: Webhook
  readonly lane: Lane
  readonly gate: OriginGate
}

const nothing: AttemptEnding = { kind: 'none', latencyMs: 0, retryAfterMs: null }
