// Judges repeats. Nothing is sent, parked or ended twice, unless the event was told twice, a parked record stands twice and
// nobody could know, or a process lost a partition in disorder: then what the last commit left unfinished may be repeated
// once more, and nothing else.
import { declaredBy, isDeclared, nothingDeclared } from './declared.ts'
import type {
  DeliveryFacts,
  EventRead,
  OutcomeWrite,
  ParkedRead,
  ParkWrite,
  ProcessFacts,
  RequestFacts,
} from './facts.ts'
import { isLateWord } from './is-late-word.ts'
import { rememberedForMs } from './judge-of-commits.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import type { Surroundings } from './surroundings.ts'
import { placeOf } from './topics.ts'
import type { TopicLog } from './topics.ts'

interface Seen {
  readonly process: ProcessFacts
  readonly atMs: number
  readonly parkedTimes: number
  readonly place: string
}

export class JudgeOfRepeats implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger
  /** Places of events, by their deliveries. */
  readonly #told = new Map<DeliveryFacts, Set<string>>()
  readonly #seen = new Map<DeliveryFacts, Seen[]>()
  /** By place, the deliveries of whoever read it. */
  readonly #read = new Map<string, Set<DeliveryFacts>>()

  constructor(around: Surroundings) {
    this.#around = around
    this.#ledger = around.ledger
  }

  eventRead({ position, matches }: EventRead): void {
    const place = placeOf(position)
    for (const { delivery } of matches.values()) {
      this.#note(place, delivery)
      const told = this.#told.get(delivery) ?? new Set()
      this.#told.set(delivery, told)
      if (told.size > 0 && !told.has(place)) delivery.allowance += 1
      told.add(place)
    }
  }

  /** One that stands twice and cannot be known for a copy may be repeated. */
  parkedRead({ process, position, atMs, parked, deliveries }: ParkedRead): void {
    const place = placeOf(position)
    const { parkedTimes } = parked.progress
    for (const delivery of deliveries) {
      this.#note(place, delivery)
      const seen = this.#seen.get(delivery) ?? []
      this.#seen.set(delivery, seen)
      const others = seen.filter((each) => each.place !== place && each.parkedTimes >= parkedTimes)
      const ownership = process.owned.get(position.partition)
      const isKnown = others.some(
        (each) =>
          each.process === process &&
          each.atMs >= (ownership?.sinceMs ?? 0) &&
          atMs - each.atMs < rememberedForMs,
      )
      const isNew = !seen.some((each) => each.place === place)
      if (others.length > 0 && isNew && !isKnown) delivery.allowance += 1
      seen.push({ process, atMs, parkedTimes, place })
    }
  }

  assigned(_process: ProcessFacts, gained: readonly number[], isAsked: boolean): void {
    for (const partition of gained) {
      const before = this.#ledger.owners.get(partition)
      if (before === undefined) continue
      const isClean = before.endedAtMs === null ? before.process.settlesCleanly() : before.isClean
      this.#ledger.saw(isClean ? 'handed over in order' : 'handed over in disorder')
      if (isClean && isAsked) continue
      for (const log of this.#around.topics.logs) if (log.partition === partition) this.#allow(log, isAsked)
    }
  }

  requestBegun({ process, delivery, sent }: RequestFacts): void {
    const times = delivery.requests.filter(({ sent: { attempt } }) => attempt === sent.attempt).length
    const what = `attempt ${sent.attempt} of ${nameOf(delivery)}`
    if (times > 1) this.#ledger.saw('repeated attempt')
    if (times - 1 > delivery.allowance) {
      this.#ledger.breach(
        'duplicate',
        `${process.name} begins ${what} for the ${times}th time; allowed: ${delivery.allowance} repeats`,
      )
    }
    const isOver = delivery.outcomes.some(
      ({ outcome, acknowledgedAtMs }) => outcome.final && acknowledgedAtMs !== null,
    )
    if (isOver && delivery.allowance === 0) {
      this.#ledger.breach('after the end', `${process.name} begins ${what}, which has ended`)
    }
  }

  outcomeIssued(write: OutcomeWrite): void {
    const { outcome } = write
    if (isLateWord(write)) return this.#ledger.saw('late word')
    const delivery = this.#ledger.deliveries.get(outcome.deliveryId)
    if (delivery === undefined) return
    const times = delivery.outcomes.filter(
      (other) => other.outcome.outcomeId === outcome.outcomeId && !isLateWord(other),
    ).length
    if (times - 1 <= delivery.allowance) return
    this.#ledger.breach('written twice', `${outcome.outcomeId} of ${nameOf(delivery)}, ${times} times`)
  }

  /** A record that stands twice may be moved on twice; where it is taken, the copy is dropped. */
  parkIssued({ parked, deliveries }: ParkWrite): void {
    const { parkedTimes } = parked.progress
    for (const delivery of deliveries) {
      const times = delivery.parks.filter((write) => write.parked.progress.parkedTimes === parkedTimes).length
      const before = delivery.parks.filter((write) => write.parked.progress.parkedTimes === parkedTimes - 1)
      const places = before.reduce((sum, write) => sum + write.places.length, 0)
      if (times <= Math.max(1, places) + delivery.allowance) continue
      this.#ledger.breach('parked twice', `${nameOf(delivery)}, ${times} times as ${parkedTimes}`)
    }
  }

  #note(place: string, delivery: DeliveryFacts): void {
    const deliveries = this.#read.get(place) ?? new Set()
    this.#read.set(place, deliveries.add(delivery))
  }

  /** What was read of it and is not declared finished may be done once more. */
  #allow({ key, committed, records }: TopicLog, isAsked: boolean): void {
    const declared = committed === null ? nothingDeclared : declaredBy(committed)
    if (declared.finished.size > 0) this.#ledger.saw('handed over with more finished behind')
    for (let offset = declared.offset; offset < records.length; offset += 1) {
      if (isAsked && isDeclared(declared, offset)) continue
      for (const delivery of this.#read.get(`${key}/${offset}`) ?? []) delivery.allowance += 1
    }
  }
}
