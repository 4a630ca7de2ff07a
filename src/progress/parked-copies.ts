// Whether a parked delivery that comes due is a copy of one that was taken a moment ago, and whether an event was read
// after what it led to. Such things happen where an acknowledgement was lost, or where a writer died between parking and
// committing; without this, one delivery would become two chains of retries.
// Invariant: a record that is read again is no copy of itself; what is forgotten early, or in another process, is
// delivered twice under one id, never lost.
import type { DeliveryProgress } from '../domain/delivery.ts'
import type { RecordPosition } from '../domain/record-position.ts'

const rememberedForMs = 120_000
/** Of one delivery: more are not taken within that time but where it is put off for seconds again and again. */
const mostPlaces = 4

/** How far a chain of parkings has come. */
export type ChainProgress = Pick<DeliveryProgress, 'parkedTimes' | 'attempts' | 'lastFault'>

/** A record that was taken. */
export interface TakenPlace extends ChainProgress {
  readonly position: RecordPosition
}

export type Look =
  | { readonly kind: 'new' }
  | { readonly kind: 'copy' }
  /**
   * Attempts of this very record led to `by`, which came first: whoever made them may have died before their
   * outcomes were written.
   */
  | { readonly kind: 'overtaken'; readonly by: TakenPlace }

/** The place that is furthest. Thousands are remembered, and nearly all were taken once: such a one is a single object. */
interface Seen extends TakenPlace {
  /** Places that it followed or overtook, by how often they had been parked. */
  readonly others: readonly TakenPlace[]
  readonly atMs: number
}

const none: readonly TakenPlace[] = []

export class ParkedCopies {
  readonly #most: number
  /** The one seen last at the end. */
  readonly #seen = new Map<string, Seen>()

  /** `most`: how many deliveries are remembered. */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * `delivery`: its id and replay. `position`: of the record. `nowMs`: monotonic. An event, which was never parked, may
   * be told for overtaken, but is not remembered.
   */
  look(delivery: string, progress: ChainProgress, position: RecordPosition, nowMs: number): Look {
    this.#forget(nowMs)
    const { parkedTimes, attempts, lastFault } = progress
    const seen = this.#seen.get(delivery)
    if (seen === undefined && parkedTimes === 0) return { kind: 'new' }
    if (seen !== undefined && seen.parkedTimes >= parkedTimes && !isSamePlace(seen.position, position)) {
      const by = seen.others.find((place) => place.parkedTimes === parkedTimes + 1) ?? seen
      const isKnown =
        parkedTimes === seen.parkedTimes || seen.others.some((place) => place.parkedTimes === parkedTimes)
      if (!isKnown) {
        const here = { parkedTimes, attempts, lastFault, position }
        this.#seen.set(delivery, { ...seen, others: withLatest(seen.others, here) })
      }
      return by.attempts > attempts ? { kind: 'overtaken', by: placeOf(by) } : { kind: 'copy' }
    }
    this.#seen.delete(delivery)
    const others = seen === undefined ? none : othersThan(position, seen)
    this.#seen.set(delivery, { parkedTimes, attempts, lastFault, position, others, atMs: nowMs })
    return { kind: 'new' }
  }

  #forget(nowMs: number): void {
    for (const [delivery, { atMs }] of this.#seen) {
      if (this.#seen.size < this.#most && nowMs - atMs < rememberedForMs) return
      this.#seen.delete(delivery)
    }
  }
}

function withLatest(places: readonly TakenPlace[], latest: TakenPlace): readonly TakenPlace[] {
  return [...places.slice(2 - mostPlaces), latest]
}

/** A record that is read again follows nothing. */
function othersThan(position: RecordPosition, seen: Seen): readonly TakenPlace[] {
  return isSamePlace(seen.position, position) ? seen.others : withLatest(seen.others, placeOf(seen))
}

function placeOf({ parkedTimes, attempts, lastFault, position }: TakenPlace): TakenPlace {
  return { parkedTimes, attempts, lastFault, position }
}

function isSamePlace(one: RecordPosition, other: RecordPosition): boolean {
  return one.offset === other.offset && one.partition === other.partition && one.topic === other.topic
}
