// The lanes and gates that are held, by webhook and by origin, the least recently used first, to the second.
// Invariant: bounded: past the bound the least recently used that nothing hangs on is forgotten, of preference one that
// knows nothing that holds back what comes next. More are held only while more than that are in use.
import type { Webhook } from '../domain/webhook.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { LanesStanding } from '../domain/standing.ts'
import { Lane } from './lane.ts'
import { OriginGate } from './origin-gate.ts'

/** How many of the oldest are looked at for those to forget: bounds what one more webhook costs. */
const lookedAt = 64
/** Moved to the end at each use, an entry would cost every attempt more than all else that is asked of its lane. */
const movedEveryMs = 1_000

interface Forgettable {
  /** Monotonic milliseconds of when it last became the most recently used. */
  movedAtMs: number
  /** Nothing hangs on it. */
  readonly isIdle: boolean
  /** Nor does it know anything that matters. */
  isForgettable(nowMs: number): boolean
}

export class LaneDirectory {
  readonly #maxLanes: number
  readonly #lanes = new Map<WebhookId, Lane>()
  readonly #gates = new Map<string, OriginGate>()

  constructor(maxLanes: number) {
    this.#maxLanes = maxLanes
  }

  get lanes(): ReadonlyMap<WebhookId, Lane> {
    return this.#lanes
  }

  /** By what has a gate, as `wayTo` names it. */
  get gates(): ReadonlyMap<string, OriginGate> {
    return this.#gates
  }

  /** How many lanes there are, by what their breakers do. */
  breakers(nowMs: number): Pick<LanesStanding, 'closed' | 'open' | 'halfOpen'> {
    const counts = { closed: 0, open: 0, half_open: 0 }
    for (const lane of this.#lanes.values()) counts[lane.breaker.state(nowMs).kind] += 1
    const { closed, open, half_open: halfOpen } = counts
    return { closed, open, halfOpen }
  }

  restartPaces(nowMs: number): void {
    for (const lane of this.#lanes.values()) lane.pace.restart(nowMs)
  }

  /** `pacedFromMs`: from where a new lane's first begin is spaced. */
  laneOf(webhook: Webhook, nowMs: number, pacedFromMs: number): Lane {
    const { webhookId } = webhook
    const held = this.#lanes.get(webhookId)
    if (held?.isFor(webhook) === true) {
      used(this.#lanes, webhookId, held, nowMs)
      return held
    }
    const lane = new Lane(webhook, nowMs, pacedFromMs)
    // Whoever waits or runs in the old one still holds it, and is let go by it.
    this.#lanes.delete(webhookId)
    makeRoom(this.#lanes, this.#maxLanes, nowMs)
    this.#lanes.set(webhookId, lane)
    return lane
  }

  held(webhookId: WebhookId): Lane | undefined {
    return this.#lanes.get(webhookId)
  }

  gateOf(origin: string, nowMs: number): OriginGate {
    const held = this.#gates.get(origin)
    if (held !== undefined) {
      used(this.#gates, origin, held, nowMs)
      return held
    }
    const gate = new OriginGate()
    makeRoom(this.#gates, this.#maxLanes, nowMs)
    this.#gates.set(origin, gate)
    return gate
  }
}

function used<Key, Each extends Forgettable>(
  held: Map<Key, Each>,
  key: Key,
  each: Each,
  nowMs: number,
): void {
  if (nowMs - each.movedAtMs < movedEveryMs) return
  each.movedAtMs = nowMs
  held.delete(key)
  held.set(key, each)
}

/** Forgets until there is room for one more, as far as it may. */
function makeRoom<Key, Each extends Forgettable>(held: Map<Key, Each>, most: number, nowMs: number): void {
  const idle: Key[] = []
  let looked = 0
  for (const [key, each] of held) {
    if (held.size < most || looked === lookedAt) break
    looked += 1
    if (each.isForgettable(nowMs)) held.delete(key)
    else if (each.isIdle) idle.push(key)
    else {
      // In use as it is, it must not stand before those that can be forgotten.
      held.delete(key)
      held.set(key, each)
    }
  }
  for (const key of idle) if (held.size >= most) held.delete(key)
}
