// The bound on all that a process has in hand: deliveries begun and not yet acknowledged, and the bytes of their
// events. Waiting quick tries, unacknowledged outcomes and parked writes count, so none can grow past it.
// Invariants: what is granted is given back once; parked work holds no more than half, little of that at once, and gets
// what is free only after new events; whoever waits is granted in the end, whatever else comes; an account that holds its
// share while room is scarce and others are about is told so: what it gets then is for parking the delivery, not for an
// attempt.
import type { InFlightStanding } from '../domain/standing.ts'

export interface BudgetBounds {
  readonly maxDeliveries: number
  readonly maxBytes: number
  /**
   * Parked deliveries at once, but for those that take long already. A thousand that come due together must not stand
   * before every new event, in this process or at the receivers.
   */
  readonly maxParkedAtOnce: number
}

/** In this order they get what becomes free. */
export const workKinds = ['start', 'end', 'parked'] as const

export type WorkKind = (typeof workKinds)[number]

/** One delivery's part; the same object is given back. */
export interface Hold {
  readonly bytes: number
  readonly accountId: string
  readonly kind: WorkKind
}

/** Both are to be given back. */
export type Grant = 'granted' | 'over_share'

interface Holding {
  deliveries: number
  bytes: number
}

interface Waiting {
  readonly hold: Hold
  readonly granted: (grant: Grant) => void
}

/** Of the whole budget: what parked work may hold. */
const parkedShare = 0.5
/** What one account may hold while room is scarce. */
const accountShare = 0.25
/** The last quarter of the budget is for accounts below their share. */
const scarceFrom = 0.75
/** For how long after it asked an account counts as being about. */
const aboutForMs = 10_000
/** A delivery in hand for longer waits for its receiver, and costs this process next to nothing. */
const longMs = 250
/** Of so many grants one goes to the ends of calls first and one to parked work, so that no flood can starve them. */
const turnsOfGrants = 8
const endFirst: readonly WorkKind[] = ['end', 'start', 'parked']
const parkedFirst: readonly WorkKind[] = ['parked', 'end', 'start']

export class InFlightBudget {
  readonly #bounds: BudgetBounds
  readonly #all: Holding = { deliveries: 0, bytes: 0 }
  readonly #parked: Holding = { deliveries: 0, bytes: 0 }
  readonly #accounts = new Map<string, Holding>()
  readonly #waiting: Readonly<Record<WorkKind, Waiting[]>> = { start: [], end: [], parked: [] }
  /** Parked ones in hand for no longer than that, by when they were granted, the oldest first. */
  readonly #parkedAtMs = new Map<Hold, number>()
  #latest = { accountId: '', atMs: Number.NEGATIVE_INFINITY }
  #otherThanLatest = { accountId: '', atMs: Number.NEGATIVE_INFINITY }
  #grants = 0

  constructor(bounds: BudgetBounds) {
    this.#bounds = bounds
  }

  get deliveries(): number {
    return this.#all.deliveries
  }

  get bytes(): number {
    return this.#all.bytes
  }

  get waiting(): number {
    return workKinds.reduce((sum, kind) => sum + this.#waiting[kind].length, 0)
  }

  standing(): InFlightStanding {
    const { deliveries, bytes, waiting } = this
    const { maxDeliveries, maxBytes } = this.#bounds
    return { deliveries, bytes, waiting, maxDeliveries, maxBytes }
  }

  /** `nowMs`: monotonic. A promise where it has to wait for its turn. */
  acquire(hold: Hold, nowMs: number): Grant | Promise<Grant> {
    this.#note(hold.accountId, nowMs)
    if (this.#nobodyBefore(hold.kind, nowMs) && this.#hasPart(hold, nowMs) && this.#fits(hold)) {
      return this.#take(hold, nowMs)
    }
    return new Promise((granted) => {
      this.#waiting[hold.kind].push({ hold, granted })
    })
  }

  /** `nowMs`: monotonic. */
  release(hold: Hold, nowMs: number): void {
    this.#change(hold, -1)
    this.#parkedAtMs.delete(hold)
    this.look(nowMs)
  }

  /** Grants what there is room for. To be called now and then while anybody waits: holds grow old by themselves. */
  look(nowMs: number): void {
    for (let next = this.#next(nowMs); next !== null; next = this.#next(nowMs)) {
      const first = this.#waiting[next].shift()
      if (first !== undefined) first.granted(this.#take(first.hold, nowMs))
    }
  }

  /** Whose turn it is; null: nobody's, or there is no room for it. */
  #next(nowMs: number): WorkKind | null {
    for (const kind of this.#order()) {
      const first = this.#waiting[kind][0]
      // Parked work that has its part lets others pass. Who only lacks room does not, or a large one starves.
      if (first !== undefined && this.#hasPart(first.hold, nowMs)) return this.#fits(first.hold) ? kind : null
    }
    return null
  }

  #order(): readonly WorkKind[] {
    const turn = this.#grants % turnsOfGrants
    if (turn === turnsOfGrants - 1) return parkedFirst
    return turn === turnsOfGrants / 2 - 1 ? endFirst : workKinds
  }

  /** New events wait behind each other, or a large one would never find its bytes; parked ones wait behind all. */
  #nobodyBefore(kind: WorkKind, nowMs: number): boolean {
    const { start, end, parked } = this.#waiting
    const [first] = parked
    if (start.length + end.length > 0) return false
    if (first === undefined) return true
    return kind !== 'parked' && !(this.#order() === parkedFirst && this.#hasPart(first.hold, nowMs))
  }

  /** Whether it is not parked work that has its part already. */
  #hasPart({ bytes, kind }: Hold, nowMs: number): boolean {
    if (kind !== 'parked') return true
    const { maxDeliveries, maxBytes, maxParkedAtOnce } = this.#bounds
    if (this.#parkedNow(nowMs) >= maxParkedAtOnce) return false
    return within(this.#parked, bytes, maxDeliveries * parkedShare, maxBytes * parkedShare)
  }

  /** One that is larger than the whole budget passes alone, or it would wait for ever. */
  #fits({ bytes }: Hold): boolean {
    return within(this.#all, bytes, this.#bounds.maxDeliveries, this.#bounds.maxBytes)
  }

  /** Parked deliveries in hand that do not take long yet. */
  #parkedNow(nowMs: number): number {
    for (const [hold, atMs] of this.#parkedAtMs) {
      if (nowMs - atMs < longMs) break
      this.#parkedAtMs.delete(hold)
    }
    return this.#parkedAtMs.size
  }

  #isOverShare({ accountId, bytes }: Hold, nowMs: number): boolean {
    const { maxDeliveries, maxBytes } = this.#bounds
    const { deliveries, bytes: heldBytes } = this.#all
    if (deliveries < maxDeliveries * scarceFrom && heldBytes < maxBytes * scarceFrom) return false
    const own = this.#accounts.get(accountId)
    if (own === undefined || within(own, bytes, maxDeliveries * accountShare, maxBytes * accountShare)) {
      return false
    }
    return nowMs - this.#otherThan(accountId) < aboutForMs
  }

  /** When an account other than this one asked last. */
  #otherThan(accountId: string): number {
    return this.#latest.accountId === accountId ? this.#otherThanLatest.atMs : this.#latest.atMs
  }

  #note(accountId: string, nowMs: number): void {
    if (this.#latest.accountId !== accountId) this.#otherThanLatest = this.#latest
    this.#latest = { accountId, atMs: nowMs }
  }

  #take(hold: Hold, nowMs: number): Grant {
    const grant = this.#isOverShare(hold, nowMs) ? 'over_share' : 'granted'
    this.#grants += 1
    this.#change(hold, 1)
    if (hold.kind === 'parked') this.#parkedAtMs.set(hold, nowMs)
    return grant
  }

  #change({ bytes, accountId, kind }: Hold, by: 1 | -1): void {
    const own = this.#accounts.get(accountId) ?? { deliveries: 0, bytes: 0 }
    for (const holding of kind === 'parked' ? [this.#all, this.#parked, own] : [this.#all, own]) {
      holding.deliveries += by
      holding.bytes += by * bytes
    }
    if (own.deliveries === 0) this.#accounts.delete(accountId)
    else this.#accounts.set(accountId, own)
  }
}

/** Whether one more of `bytes` keeps within both bounds; whoever has nothing yet may always have one. */
function within(holding: Holding, bytes: number, maxDeliveries: number, maxBytes: number): boolean {
  if (holding.deliveries === 0) return true
  return holding.deliveries < maxDeliveries && holding.bytes + bytes <= maxBytes
}
