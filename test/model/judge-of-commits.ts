// Judges each commit that the group took: its maker owned the partition and the generation held, it sets nothing back, and
// all that it declares finished is: whatever each record led to was acknowledged to whoever declares it.
import type { RecordPosition } from '../../src/domain/record-position.ts'
import type { OffsetCommit } from '../../src/ports.ts'
import { declaredBy, isDeclared, nothingDeclared } from './declared.ts'
import type { Declared } from './declared.ts'
import type { DeliveryFacts, EventRead, ParkedRead, ProcessFacts } from './facts.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import type { Surroundings } from './surroundings.ts'
import { eventTopic, keyOf, placeOf } from './topics.ts'

/** For so long a copy of a parked delivery is known for one. */
export const rememberedForMs = 120_000

export class JudgeOfCommits implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger
  readonly #declared = new Map<string, Declared>()
  /** Of parked records, by what they are of. */
  readonly #reads = new Map<DeliveryFacts, ParkedRead[]>()

  constructor(around: Surroundings) {
    this.#around = around
    this.#ledger = around.ledger
  }

  parkedRead(read: ParkedRead): void {
    for (const delivery of read.deliveries) {
      const reads = this.#reads.get(delivery) ?? []
      this.#reads.set(delivery, reads)
      reads.push(read)
    }
  }

  committed(process: ProcessFacts, generation: number, offsets: readonly OffsetCommit[]): void {
    const { group } = this.#around
    for (const commit of offsets) {
      const key = keyOf(commit)
      const owner = group.ownerOf(commit.partition)
      if (generation !== group.generation || owner !== process.name) {
        const text = `${process.name} commits ${key} of ${owner} in generation ${generation} of ${group.generation}`
        this.#ledger.breach('stale commit', text)
      }
      this.#check(process, key, commit)
    }
  }

  #check(process: ProcessFacts, key: string, commit: OffsetCommit): void {
    const before = this.#declared.get(key) ?? nothingDeclared
    const now = declaredBy(commit)
    this.#declared.set(key, now)
    if (now.offset < before.offset) {
      this.#ledger.breach('set back', `${process.name} commits ${key} ${now.offset} after ${before.offset}`)
    }
    const { records } = this.#around.topics.log(commit)
    const last = Math.max(now.offset, ...now.finished, 0)
    if (now.offset > records.length) this.#overcommit(process, `${key}/${now.offset}`, 'is beyond the end')
    for (let offset = before.offset; offset <= last; offset += 1) {
      if (!isDeclared(now, offset) || isDeclared(before, offset)) continue
      const unfinished = this.#whyUnfinished(process, { ...commit, offset: BigInt(offset) })
      if (unfinished !== null) this.#overcommit(process, `${key}/${offset}`, unfinished)
    }
  }

  #overcommit(process: ProcessFacts, place: string, why: string): void {
    this.#ledger.breach('overcommit', `${process.name} declares ${place} finished, which ${why}`)
  }

  /** Null: it is finished. */
  #whyUnfinished(process: ProcessFacts, position: RecordPosition): string | null {
    const { topics } = this.#around
    const place = placeOf(position)
    const record = topics.log(position).records[Number(position.offset)]
    // There is nothing to finish.
    if (record === null) return null
    const content = topics.contentOf(record?.value ?? null)
    switch (content.kind) {
      case 'unknown_type':
        return null
      case 'garbage':
        return process.deadLetters.has(place) ? null : 'has no dead letter'
      case 'event':
      case 'parked': {
        const read =
          position.topic === eventTopic ? process.eventsRead.get(place) : process.parkedRead.get(place)
        if (read === undefined) return 'it has not taken'
        return 'matches' in read ? this.#whyEventUnfinished(read) : this.#whyParkedUnfinished(read)
      }
    }
  }

  #whyEventUnfinished(read: EventRead): string | null {
    const { limit } = this.#around.settings.fanout
    if (read.matches.size > limit) {
      const isAnswered = this.#ledger.wholes.some(
        (write) => write.outcome.eventId === read.event.event_id && isOf(write, read),
      )
      return isAnswered ? null : 'has no outcome as a whole'
    }
    const open = [...read.matches.values()].find(
      ({ delivery }) => !isSettled(delivery, read, 0) && !this.#isOvertaken(read, delivery),
    )
    return open === undefined ? null : `neither ended nor parked ${nameOf(open.delivery)}`
  }

  #whyParkedUnfinished(read: ParkedRead): string | null {
    const { parkedTimes } = read.parked.progress
    const open = read.deliveries.find(
      (delivery) => !isSettled(delivery, read, parkedTimes) && !this.#isCopy(read, delivery),
    )
    return open === undefined ? null : `neither ended nor parked ${nameOf(open)}`
  }

  /** What it had led to was in this process's hands a moment ago. */
  #isOvertaken({ process, atMs }: EventRead, delivery: DeliveryFacts): boolean {
    return (this.#reads.get(delivery) ?? []).some(
      (other) => other.process === process && other.atMs <= atMs && atMs - other.atMs < rememberedForMs,
    )
  }

  /** Another record of the delivery, as far along or further, was in this process's hands a moment ago. */
  #isCopy({ process, atMs, parked, position }: ParkedRead, delivery: DeliveryFacts): boolean {
    return (this.#reads.get(delivery) ?? []).some((other) => {
      if (other.process !== process || placeOf(other.position) === placeOf(position)) return false
      const isAsFar = other.parked.progress.parkedTimes >= parked.progress.parkedTimes
      return isAsFar && other.atMs <= atMs && atMs - other.atMs < rememberedForMs
    })
  }
}

type Read = Pick<EventRead, 'process' | 'atMs'>

/** What ends or parks it, written since it was read, was acknowledged to the reader. */
function isSettled(delivery: DeliveryFacts, read: Read, parkedTimes: number): boolean {
  return (
    delivery.outcomes.some((write) => write.outcome.final && isOf(write, read)) ||
    delivery.parks.some((write) => write.parked.progress.parkedTimes > parkedTimes && isOf(write, read))
  )
}

function isOf(
  write: {
    readonly process: ProcessFacts
    readonly issuedAtMs: number
    readonly acknowledgedAtMs: number | null
  },
  { process, atMs }: Read,
): boolean {
  return write.process === process && write.issuedAtMs >= atMs && write.acknowledgedAtMs !== null
}
