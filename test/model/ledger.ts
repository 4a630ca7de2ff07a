// The ledger of a run: every fact goes through it, is kept under the ids that it belongs to, and is laid before the
// judges. Invariant: a judge sees a fact when it is in the ledger already.
import type { CallEvent } from '../../src/domain/call-event.ts'
import type { Observation } from '../../src/domain/observation.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { ParkedDelivery } from '../../src/domain/parked-delivery.ts'
import type { RecordPosition } from '../../src/domain/record-position.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import type { OffsetCommit } from '../../src/ports.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type {
  DeliveryFacts,
  EventRead,
  OutcomeWrite,
  Ownership,
  ParkedRead,
  ParkWrite,
  ProcessFacts,
  RequestFacts,
} from './facts.ts'
import type { AnsweredRequest, SentRequest } from './receivers.ts'
import { placeOf } from './topics.ts'

export interface Judge {
  eventRead?(read: EventRead): void
  parkedRead?(read: ParkedRead): void
  requestBegun?(request: RequestFacts): void
  requestEnded?(request: RequestFacts): void
  outcomeIssued?(write: OutcomeWrite): void
  parkIssued?(write: ParkWrite): void
  commitIssued?(process: ProcessFacts, offsets: readonly OffsetCommit[]): void
  committed?(process: ProcessFacts, generation: number, offsets: readonly OffsetCommit[]): void
  /** After `owned` has changed; `Ledger.owners` still says who had what before. */
  assigned?(process: ProcessFacts, gained: readonly number[], isAsked: boolean): void
  observed?(process: ProcessFacts, observation: Observation): void
  /** It has drained in good order. */
  left?(process: ProcessFacts): void
  /** Everything has ended, and every process has gone. */
  over?(): void
}

export interface Breach {
  readonly kind: string
  readonly text: string
  readonly atMs: number
}

export class Ledger {
  readonly breaches: Breach[] = []
  readonly processes: ProcessFacts[] = []
  /** By delivery id. */
  readonly deliveries = new Map<string, DeliveryFacts>()
  readonly parks: ParkWrite[] = []
  /** Outcomes of events as a whole. */
  readonly wholes: OutcomeWrite[] = []
  /** By partition: whoever was dealt it last. */
  readonly owners = new Map<number, Ownership>()
  readonly story: (readonly unknown[])[] = []
  /** How often it came to what: so that a run in which nothing happens is not taken for one in which all is well. */
  readonly seen = new Map<string, number>()
  readonly #clock: VirtualClock
  readonly #judges: Judge[] = []
  readonly #byName = new Map<string, DeliveryFacts>()
  readonly #parkOf = new Map<ParkedDelivery, ParkWrite>()

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  get nowMs(): number {
    return this.#clock.monotonicMs()
  }

  seats(...judges: readonly Judge[]): void {
    this.#judges.push(...judges)
  }

  breach(kind: string, text: string): void {
    this.breaches.push({ kind, text, atMs: this.nowMs })
    this.tell('BREACH', kind, text)
  }

  /** Counts that it came to this. */
  saw(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }

  tell(...words: readonly unknown[]): void {
    this.story.push([this.nowMs, ...words])
  }

  /** The one that anybody's table has matched; made if it is the first time. */
  ordered(event: CallEvent, webhookId: string, partition: number): DeliveryFacts {
    const known = this.named(event.event_id, webhookId)
    if (known !== undefined) return known
    const id = deliveryIdOf(event.event_id, webhookId)
    const lists = { expiries: new Set<number>(), requests: [], outcomes: [], parks: [], asked: [] }
    const delivery = { id, event, webhookId, partition, allowance: 0, ...lists }
    this.deliveries.set(id, delivery)
    this.#byName.set(nameOf(delivery), delivery)
    return delivery
  }

  named(eventId: string, webhookId: string): DeliveryFacts | undefined {
    return this.#byName.get(`${eventId}→${webhookId}`)
  }

  eventRead(read: EventRead): void {
    const place = placeOf(read.position)
    read.process.eventsRead.set(place, read)
    this.tell(read.process.name, 'reads', place, read.event.event_id, 'for', [...read.matches.keys()])
    for (const judge of this.#judges) judge.eventRead?.(read)
  }

  parkedRead(process: ProcessFacts, position: RecordPosition, parked: ParkedDelivery): void {
    const deliveries = this.#parkOf.get(parked)?.deliveries ?? []
    const read = { process, position, atMs: this.nowMs, parked, deliveries }
    process.parkedRead.set(placeOf(position), read)
    this.tell(process.name, 'reads', placeOf(position), read.deliveries.map(nameOf), parked.progress)
    for (const judge of this.#judges) judge.parkedRead?.(read)
  }

  requestBegun(process: ProcessFacts, sent: SentRequest): RequestFacts | null {
    const delivery = this.deliveries.get(sent.deliveryId)
    if (delivery === undefined) {
      this.breach('phantom', `${process.name} sends ${sent.deliveryId}, which nobody ordered`)
      return null
    }
    const ownership = process.owned.get(delivery.partition) ?? null
    const request: RequestFacts = { process, delivery, sent, ownership, endedAtMs: null, answered: null }
    delivery.requests.push(request)
    process.underWay.add(request)
    this.tell(process.name, 'sends', nameOf(delivery), 'attempt', sent.attempt, sent.request.origin)
    for (const judge of this.#judges) judge.requestBegun?.(request)
    return request
  }

  requestEnded(request: RequestFacts, answered: AnsweredRequest): void {
    const { process, delivery, sent } = request
    request.endedAtMs = this.nowMs
    request.answered = answered
    process.underWay.delete(request)
    const { result, askedUntilMs } = answered
    const text = result.kind === 'answered' ? result.statusCode : result.failure
    this.tell(
      process.name,
      'is answered',
      nameOf(delivery),
      'attempt',
      sent.attempt,
      text,
      result.kind === 'answered' ? result.retryAfter : null,
    )
    if (askedUntilMs !== null) {
      delivery.asked.push({ attempt: sent.attempt, untilMs: askedUntilMs, process })
    }
    for (const judge of this.#judges) judge.requestEnded?.(request)
  }

  outcomeIssued(process: ProcessFacts, outcome: Outcome): OutcomeWrite {
    const write = { process, outcome, ...this.#issued() }
    const delivery = this.deliveries.get(outcome.deliveryId)
    const kept = outcome.webhookId === null ? this.wholes : delivery?.outcomes
    kept?.push(write)
    const name = delivery === undefined ? outcome.deliveryId : nameOf(delivery)
    this.tell(process.name, 'writes', name, outcome.outcomeId.slice(37), outcome.result, outcome.reason)
    for (const judge of this.#judges) judge.outcomeIssued?.(write)
    return write
  }

  parkIssued(process: ProcessFacts, parked: ParkedDelivery, delayMs: number, eventId: string): ParkWrite {
    const deliveries = parked.webhookIds.flatMap((webhookId) => this.named(eventId, webhookId) ?? [])
    const write = { process, parked, delayMs, deliveries, places: [], ...this.#issued() }
    for (const delivery of deliveries) delivery.parks.push(write)
    this.parks.push(write)
    this.#parkOf.set(parked, write)
    this.tell(process.name, 'parks', deliveries.map(nameOf), delayMs, parked.progress)
    for (const judge of this.#judges) judge.parkIssued?.(write)
    return write
  }

  landed(write: OutcomeWrite | ParkWrite, place: RecordPosition | null): void {
    write.landedAtMs ??= this.nowMs
    if (place !== null && 'places' in write) {
      write.places.push(place)
      this.tell('stands', placeOf(place), write.deliveries.map(nameOf), write.parked.progress)
    }
  }

  acknowledged(write: OutcomeWrite | ParkWrite): void {
    write.acknowledgedAtMs = this.nowMs
  }

  commitIssued(process: ProcessFacts, offsets: readonly OffsetCommit[]): void {
    for (const judge of this.#judges) judge.commitIssued?.(process, offsets)
  }

  committed(process: ProcessFacts, generation: number, offsets: readonly OffsetCommit[]): void {
    const text = offsets.map((one) => `${one.topic}/${one.partition}:${one.offset}${one.metadata}`)
    this.tell(process.name, 'commits', text)
    for (const judge of this.#judges) judge.committed?.(process, generation, offsets)
  }

  /** `isCurrent`: nobody was dealt anything since. What it does not own any more it gave up. */
  assigned(
    process: ProcessFacts,
    {
      partitions,
      isAsked,
      isCurrent,
    }: { partitions: readonly number[]; isAsked: boolean; isCurrent: boolean },
  ): void {
    this.tell(process.name, 'is dealt', partitions, isCurrent ? '' : 'late')
    for (const [partition, ownership] of process.owned) {
      if (!partitions.includes(partition)) this.#ended(ownership, process.settlesCleanly())
    }
    // One that it had all along in its own eyes may have been another's meanwhile.
    const gained = partitions.filter((partition) => {
      const last = this.owners.get(partition)
      return last?.process !== process || last.endedAtMs !== null
    })
    for (const partition of partitions) {
      const held = process.owned.get(partition)
      const last = this.owners.get(partition)
      if (held !== undefined && last !== undefined && last !== held) this.#ended(held, false)
      if (process.owned.has(partition)) continue
      const ownership = { process, partition, sinceMs: this.nowMs, endedAtMs: null, isClean: false }
      process.owned.set(partition, ownership)
    }
    if (isCurrent) {
      for (const judge of this.#judges) judge.assigned?.(process, gained, isAsked)
      for (const partition of partitions) {
        const ownership = process.owned.get(partition)
        if (ownership !== undefined) this.owners.set(partition, ownership)
      }
    }
    process.settlingSinceMs = null
  }

  /** The process has gone: killed, or drained. */
  gone(process: ProcessFacts, isClean: boolean): void {
    this.tell(process.name, isClean ? 'is gone' : 'is dead')
    for (const ownership of process.owned.values()) this.#ended(ownership, isClean)
    process.underWay.clear()
  }

  /** A moment after it has drained, with nothing left to do. */
  left(process: ProcessFacts): void {
    for (const judge of this.#judges) judge.left?.(process)
  }

  observed(process: ProcessFacts, observation: Observation): void {
    this.saw(seenAs(observation))
    for (const judge of this.#judges) judge.observed?.(process, observation)
  }

  over(): void {
    for (const judge of this.#judges) judge.over?.()
  }

  #ended(ownership: Ownership, isClean: boolean): void {
    ownership.endedAtMs = this.nowMs
    ownership.isClean = isClean
    ownership.process.owned.delete(ownership.partition)
  }

  #issued(): { issuedAtMs: number; landedAtMs: number | null; acknowledgedAtMs: number | null } {
    return { issuedAtMs: this.nowMs, landedAtMs: null, acknowledgedAtMs: null }
  }
}

/** As it stands in stories. */
export function nameOf({ event, webhookId }: DeliveryFacts): string {
  return `${event.event_id}→${webhookId}`
}

function seenAs(observation: Observation): string {
  switch (observation.kind) {
    case 'outcome':
      return `${observation.outcome.result} ${observation.outcome.reason}`
    case 'breaker':
      return `breaker of ${observation.of} ${observation.change}`
    case 'start_gate':
      return `gate ${observation.state} ${observation.why}`
    case 'event_skipped':
      return `skipped ${observation.reason}`
    default:
      return observation.kind
  }
}
