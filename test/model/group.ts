// The coordinator of the consumer group, as a broker keeps it: members that beat, generations, and what each was dealt.
// Invariants: nobody is dealt a partition before all members of the generation before have joined anew or are out of the
// group; a commit counts only for the generation that holds; a member that is silent for the session timeout is out.
import type { OffsetCommit } from '../../src/ports.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type { Dice } from './dice.ts'
import type { Topics } from './topics.ts'

export interface Deal {
  readonly generation: number
  readonly partitions: readonly number[]
  /** Monotonic milliseconds: from here on the member's silence counts. */
  readonly atMs: number
}

export interface GroupOptions {
  readonly clock: VirtualClock
  readonly dice: Dice
  readonly topics: Topics
  readonly partitions: number
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  /** Whether a commit of another generation is taken all the same: a broker that is broken. */
  readonly takesStaleCommits: boolean
  /** A member was silent for too long. */
  expelled(process: string): void
}

interface GroupMember {
  readonly process: string
  heardAtMs: number
  partitions: readonly number[]
  /** Set while it waits to be dealt its part. */
  answer: ((deal: Deal) => void) | null
}

/** More joins may be on their way. */
const dealAfterMs = 3

export class Group {
  readonly #options: GroupOptions
  readonly #members = new Map<string, GroupMember>()
  #generation = 0
  #isPreparing = false
  /** By partition, the member's id. */
  #owners = new Map<number, string>()
  #cancelDeadline = (): void => {}

  constructor(options: GroupOptions) {
    this.#options = options
  }

  get generation(): number {
    return this.#generation
  }

  /** The process that has the partition by the last deal, if it is still a member. */
  ownerOf(partition: number): string | null {
    return this.#members.get(this.#owners.get(partition) ?? '')?.process ?? null
  }

  join(id: string, process: string, answer: (deal: Deal) => void): void {
    const known = this.#members.get(id)
    const heardAtMs = this.#nowMs()
    const member = known ?? { process, heardAtMs, partitions: [], answer: null }
    member.heardAtMs = heardAtMs
    member.answer = answer
    if (known === undefined) {
      this.#members.set(id, member)
      this.#watch(id, member)
    }
    this.rebalance()
    this.#dealIfAllAreHere()
  }

  heartbeat(id: string, generation: number): 'well' | 'rebalancing' | 'unknown' {
    const member = this.#members.get(id)
    if (member === undefined || generation !== this.#generation) return 'unknown'
    member.heardAtMs = this.#nowMs()
    return this.#isPreparing ? 'rebalancing' : 'well'
  }

  leave(id: string): void {
    this.#remove(id)
  }

  commit(id: string, generation: number, offsets: readonly OffsetCommit[]): boolean {
    const isMember = this.#members.has(id) && generation === this.#generation
    if (!isMember && !this.#options.takesStaleCommits) return false
    for (const { topic, partition, offset, metadata } of offsets) {
      this.#options.topics.log({ topic, partition }).committed = { offset, metadata }
    }
    return true
  }

  /** Everybody has to join anew. */
  rebalance(): void {
    if (this.#isPreparing || this.#members.size === 0) return
    this.#isPreparing = true
    this.#cancelDeadline = this.#options.clock.after(this.#options.rebalanceTimeoutMs, () => {
      for (const [id, { answer }] of this.#members) if (answer === null) this.#members.delete(id)
      this.#deal()
    })
  }

  #dealIfAllAreHere(): void {
    if (!this.#isPreparing || [...this.#members.values()].some(({ answer }) => answer === null)) return
    this.#cancelDeadline()
    this.#cancelDeadline = this.#options.clock.after(dealAfterMs, () => {
      if ([...this.#members.values()].every(({ answer }) => answer !== null)) this.#deal()
    })
  }

  #deal(): void {
    this.#cancelDeadline()
    this.#isPreparing = false
    this.#generation += 1
    this.#owners = new Map()
    const dealt = this.#dealt([...this.#members.values()])
    const [generation, atMs] = [this.#generation, this.#nowMs()]
    for (const [id, member] of this.#members) {
      const { answer } = member
      member.partitions = [...dealt].flatMap(([partition, to]) => (to === member ? [partition] : []))
      for (const partition of member.partitions) this.#owners.set(partition, id)
      member.answer = null
      member.heardAtMs = atMs
      answer?.({ generation, partitions: member.partitions, atMs })
    }
  }

  /** Mostly everybody keeps what it had, as far as that is even; now and then all is dealt anew. */
  #dealt(members: readonly GroupMember[]): Map<number, GroupMember> {
    const { dice, partitions } = this.#options
    const dealt = new Map<number, GroupMember>()
    if (members.length === 0) return dealt
    const most = Math.ceil(partitions / members.length)
    const keeps = dice.chance(0.6)
    const counts = new Map(members.map((member) => [member, 0]))
    const give = (partition: number, member: GroupMember): void => {
      dealt.set(partition, member)
      counts.set(member, (counts.get(member) ?? 0) + 1)
    }
    const rest = dice.shuffled(Array.from({ length: partitions }, (_, partition) => partition))
    for (const partition of rest) {
      const before = members.find((member) => member.partitions.includes(partition))
      if (keeps && before !== undefined && (counts.get(before) ?? 0) < most) give(partition, before)
    }
    for (const partition of rest) {
      if (dealt.has(partition)) continue
      const free = dice.shuffled(members).sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))
      if (free[0] !== undefined) give(partition, free[0])
    }
    return dealt
  }

  #watch(id: string, member: GroupMember): void {
    const silentMs = this.#nowMs() - member.heardAtMs
    this.#options.clock.after(this.#options.sessionTimeoutMs - silentMs, () => {
      if (this.#members.get(id) !== member) return
      if (member.answer !== null) member.heardAtMs = this.#nowMs()
      if (this.#nowMs() - member.heardAtMs < this.#options.sessionTimeoutMs) return this.#watch(id, member)
      this.#options.expelled(member.process)
      this.#remove(id)
    })
  }

  #remove(id: string): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    this.#members.delete(id)
    for (const [partition, owner] of this.#owners) if (owner === id) this.#owners.delete(partition)
    this.rebalance()
    this.#dealIfAllAreHere()
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs()
  }
}
