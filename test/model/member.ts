// One process's membership of the group: a client that beats, joins, fetches and commits, over a network that takes time.
// As with the real one, a pause outlives a rejoin, what was fetched under an earlier membership is not handed over, and a
// commit goes out under the generation in which it was made.
import type {
  CommitResult,
  CommittedProgress,
  EventSource,
  EventSourceHandler,
  OffsetCommit,
  PartitionRef,
} from '../../src/ports.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type { Dice } from './dice.ts'
import type { Deal, Group } from './group.ts'
import type { ProcessLife } from './process-life.ts'
import { keyOf } from './topics.ts'
import type { TopicLog, Topics } from './topics.ts'
import type { Weather } from './weather.ts'

/** Told of what only the world between the processes can see. */
export interface MembershipWitness {
  rejoining(): void
  /** Before the process is told. `isAsked`: it is told what was committed, too. */
  assigned(deal: Deal, isAsked: boolean): void
  commitIssued(offsets: readonly OffsetCommit[]): void
  /** The group has taken it. `generation`: the one that it was made in. */
  committed(generation: number, offsets: readonly OffsetCommit[]): void
  leftLying(log: TopicLog): void
}

export interface MemberOptions {
  readonly name: string
  readonly number: number
  readonly clock: VirtualClock
  readonly life: ProcessLife
  readonly dice: Dice
  readonly group: Group
  readonly topics: Topics
  readonly weather: Weather
  readonly witness: MembershipWitness
  readonly batchSize: number
  readonly partitions: number
  /** How often joining finds that what was committed cannot be asked. */
  readonly unasked: number
}

const heartbeatMs = 1_000

export class Member implements EventSource {
  readonly #options: MemberOptions
  #handler: EventSourceHandler | null = null
  /** Another one after each crash, and after the group has forgotten it. */
  #id = ''
  #ids = 0
  #generation = 0
  #epoch = 0
  /** Changes with every crash and stop: what was under way before has no say any more. */
  #connection = 0
  #isMember = false
  #isRejoining = false
  #beatenAtMs: number | null = null
  #partitions: readonly number[] = []
  readonly #positions = new Map<string, number>()
  readonly #paused = new Set<string>()
  #pauses = 0
  /** By log, the epoch in which it is being fetched. */
  readonly #fetching = new Map<string, number>()
  /** Of the next heartbeat, or of joining anew after a crash. */
  #cancelBeat = (): void => {}
  #unsubscribe = (): void => {}

  constructor(options: MemberOptions) {
    this.#options = options
  }

  async start(handler: EventSourceHandler): Promise<void> {
    await Promise.resolve()
    this.#handler = handler
    this.#unsubscribe = this.#options.topics.onAppend((log) => this.#fetch(log))
    this.#newMember()
    this.#join()
  }

  pause(partition: PartitionRef): void {
    this.#pauses += 1
    this.#paused.add(keyOf(partition))
  }

  resume(partition: PartitionRef): void {
    this.#paused.delete(keyOf(partition))
    this.#fetch(this.#options.topics.log(partition))
  }

  async commit(epoch: number, offsets: readonly OffsetCommit[]): Promise<CommitResult> {
    if (!this.#isMember || epoch !== this.#epoch) {
      return { kind: 'refused', error: 'the membership has passed on' }
    }
    const { group, life, witness, weather, clock, number, dice } = this.#options
    witness.commitIssued(offsets)
    const [id, generation] = [this.#id, this.#generation]
    const spell = weather.now('commits', number)
    const refused: CommitResult = { kind: 'refused', error: 'the broker did not take it' }
    const isTaken = (): boolean => {
      if (spell?.what === 'refused' || (life.isDead && dice.chance(0.5))) return false
      if (!group.commit(id, generation, offsets)) return false
      witness.committed(generation, offsets)
      return true
    }
    const arrivesInMs = spell?.what === 'hanging' ? spell.untilMs - clock.monotonicMs() : weather.hopMs()
    return new Promise((resolve) => {
      clock.after(arrivesInMs, () => {
        const answer: CommitResult = isTaken() && spell?.what !== 'lost' ? { kind: 'committed' } : refused
        this.#receive(() => resolve(answer))
      })
    })
  }

  lastHeartbeatMs(): number | null {
    return this.#beatenAtMs
  }

  async stop(): Promise<void> {
    this.#disconnect()
    this.#handler = null
    this.#unsubscribe()
    await Promise.resolve()
    this.#leave()
  }

  /** The client broke: a new one is built after a while. `leaves`: the group is told; else it has to notice. */
  crash(again: { readonly afterMs: number; readonly leaves: boolean }): void {
    if (this.#handler === null) return
    this.#disconnect()
    this.#beatenAtMs = null
    if (again.leaves) this.#leave()
    this.#newMember()
    this.#cancelBeat = this.#options.life.clock().after(again.afterMs, () => this.#join())
  }

  #disconnect(): void {
    this.#connection += 1
    this.#isMember = false
    this.#isRejoining = false
    this.#cancelBeat()
  }

  #leave(): void {
    const id = this.#id
    this.#options.clock.after(this.#options.weather.hopMs(), () => this.#options.group.leave(id))
  }

  #newMember(): void {
    this.#ids += 1
    this.#id = `${this.#options.name}.${this.#ids}`
  }

  #join(): void {
    const { clock, group, name, topics, weather, dice, unasked } = this.#options
    const [id, connection] = [this.#id, this.#connection]
    clock.after(weather.hopMs(), () =>
      group.join(id, name, (deal) =>
        clock.after(weather.dealMs(), () => {
          const isAsked = !dice.chance(unasked)
          const owned = topics.logs.filter(({ partition }) => deal.partitions.includes(partition))
          const found = owned.map((log) => ({ log, committed: log.committed }))
          this.#receive(() => {
            if (connection === this.#connection) this.#joined(deal, found, isAsked)
          })
        }),
      ),
    )
  }

  #joined(
    deal: Deal,
    found: readonly { readonly log: TopicLog; readonly committed: CommittedProgress | null }[],
    isAsked: boolean,
  ): void {
    this.#epoch += 1
    this.#generation = deal.generation
    this.#isMember = true
    this.#isRejoining = false
    this.#beatenAtMs = deal.atMs
    this.#partitions = deal.partitions
    for (const { log, committed } of found) this.#positions.set(log.key, Number(committed?.offset ?? 0n))
    this.#options.witness.assigned(deal, isAsked)
    const owned = found.map(({ log: { topic, partition, delayMs }, committed }) => ({
      topic,
      partition,
      delayMs,
      committed: isAsked ? committed : null,
    }))
    const share = deal.partitions.length / this.#options.partitions
    this.#handler?.assigned({ epoch: this.#epoch, owned, share })
    this.#scheduleBeat()
    for (const { log } of found) this.#fetch(log)
  }

  #scheduleBeat(): void {
    this.#cancelBeat()
    this.#cancelBeat = this.#options.life.clock().after(heartbeatMs, () => {
      this.#beat()
      this.#scheduleBeat()
    })
  }

  #beat(): void {
    if (!this.#isMember || this.#isRejoining) return
    const { clock, group, weather, number } = this.#options
    const [id, generation, connection] = [this.#id, this.#generation, this.#connection]
    const sentAtMs = clock.monotonicMs()
    const spell = weather.now('heartbeats', number)
    if (spell?.what === 'unheard') return
    clock.after(weather.hopMs(), () => {
      const answer = group.heartbeat(id, generation)
      if (spell?.what === 'unanswered') return
      this.#receive(() => {
        if (connection !== this.#connection || this.#isRejoining) return
        if (answer === 'well') this.#beatenAtMs = sentAtMs
        else void this.#rejoin(answer)
      })
    })
  }

  async #rejoin(because: 'rebalancing' | 'unknown'): Promise<void> {
    this.#isRejoining = true
    const connection = this.#connection
    this.#options.witness.rejoining()
    await this.#handler?.revoking()
    if (connection !== this.#connection) return
    this.#isMember = false
    this.#beatenAtMs = null
    if (because === 'unknown') this.#newMember()
    this.#join()
  }

  #fetch(log: TopicLog): void {
    const { clock, dice, life } = this.#options
    const { key, partition, records } = log
    if (!this.#isMember || !this.#partitions.includes(partition) || life.isDead) return
    if (records.length <= (this.#positions.get(key) ?? 0) || this.#fetching.get(key) === this.#epoch) return
    const epoch = this.#epoch
    this.#fetching.set(key, epoch)
    clock.after(1 + dice.next() * 10, () =>
      life.run(() => {
        if (epoch !== this.#epoch) return
        this.#fetching.delete(key)
        this.#handOver(log)
      }),
    )
  }

  #handOver(log: TopicLog): void {
    const { dice, batchSize, witness } = this.#options
    const { topic, partition, key, records } = log
    const from = this.#positions.get(key) ?? 0
    const fetched = records.slice(from, from + dice.int(1, batchSize))
    const batch = fetched.filter((record) => record !== null)
    if (this.#handler === null || !this.#isMember || this.#paused.has(key) || fetched.length === 0) return
    const pauses = this.#pauses
    const taken = this.#handler.records({ topic, partition }, batch, BigInt(records.length))
    const next = batch[taken]?.position.offset
    this.#positions.set(key, next === undefined ? from + fetched.length : Number(next))
    // It may have resumed it at once; then the rest is fetched again at once.
    if (taken < batch.length && this.#pauses === pauses) witness.leftLying(log)
    this.#fetch(log)
  }

  /** From the network. */
  #receive(callback: () => void): void {
    const { clock, life, weather } = this.#options
    clock.after(weather.hopMs(), () => life.run(callback))
  }
}
