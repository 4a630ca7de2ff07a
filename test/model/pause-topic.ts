// The topic of states as the brokers hold it, and one process's reader of it, over the same network as its configs.
import type { PauseSink, PauseSource } from '../../src/ports.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type { Dice } from './dice.ts'
import type { ProcessLife } from './process-life.ts'
import type { Weather } from './weather.ts'

const partition = 0
/** How long a broker holds a fetch that finds nothing. */
const holdMs = 500

export interface PauseRecord {
  readonly key: string
  readonly state: 'paused' | 'lifted'
  /** Monotonic milliseconds. */
  readonly atMs: number
}

export class PauseTopic {
  readonly records: PauseRecord[] = []
  readonly #waiting = new Set<() => void>()

  append(record: PauseRecord): void {
    this.records.push(record)
    for (const answer of this.#waiting) answer()
  }

  onAppend(answer: () => void): () => void {
    this.#waiting.add(answer)
    return () => this.#waiting.delete(answer)
  }

  /** Null: it is not paused. */
  pausedSinceMs(key: string): number | null {
    const last = this.records.findLast((record) => record.key === key)
    return last?.state === 'paused' ? last.atMs : null
  }

  /** When any pause was lifted last. */
  get lastLiftedAtMs(): number {
    return this.records.findLast(({ state }) => state === 'lifted')?.atMs ?? Number.NEGATIVE_INFINITY
  }
}

export interface PauseReaderOptions {
  readonly topic: PauseTopic
  readonly clock: VirtualClock
  readonly life: ProcessLife
  readonly weather: Weather
  readonly dice: Dice
  readonly number: number
}

export class PauseReader implements PauseSource {
  readonly #options: PauseReaderOptions
  #sink: PauseSink | null = null
  #position = 0
  /** Below it only the last record of each key is left, and none that lifts. */
  #compactedTo = 0
  /** What its process was told: what is read again changes nothing until it is read to its end. */
  #known = new Set<string>()

  constructor(options: PauseReaderOptions) {
    this.#options = options
  }

  isTold(key: string): boolean {
    return this.#known.has(key)
  }

  async start(sink: PauseSink): Promise<void> {
    await Promise.resolve()
    this.#sink = sink
    sink.started(new Map([[partition, BigInt(this.#options.topic.records.length)]]))
    this.#ask()
  }

  async stop(): Promise<void> {
    this.#sink = null
    await Promise.resolve()
  }

  reset(): void {
    this.#position = 0
    this.#compactedTo = this.#options.topic.records.length
    this.#sink?.reset(partition, 'out of range')
  }

  #ask(): void {
    const { clock, weather, number, life, topic } = this.#options
    const spell = weather.now('configs', number)
    if (spell !== null) {
      clock.after(spell.untilMs - clock.monotonicMs(), () => life.run(() => this.#ask()))
      return
    }
    const askedAtMs = clock.monotonicMs()
    const answer = (): void => {
      stopListening()
      cancel()
      clock.after(this.#hopMs(), () => life.run(() => this.#answered(askedAtMs)))
    }
    const stopListening = topic.onAppend(answer)
    const cancel = clock.after(this.#position < topic.records.length ? this.#hopMs() : holdMs, answer)
  }

  #answered(askedAtMs: number): void {
    const sink = this.#sink
    if (sink === null) return
    const { records } = this.#options.topic
    for (const record of records.slice(this.#position)) {
      if (this.#isLeft(record)) sink.change(record.key, record.state, BigInt(this.#position))
      this.#position += 1
    }
    const keys = new Set(records.map(({ key }) => key))
    this.#known = new Set([...keys].filter((key) => this.#options.topic.pausedSinceMs(key) !== null))
    sink.position(partition, BigInt(this.#position), BigInt(records.length), askedAtMs)
    this.#ask()
  }

  /** By dice of its own, so that worlds without pauses are as they would be without a reader of them. */
  #hopMs(): number {
    return 1 + this.#options.dice.next() * 3
  }

  #isLeft(record: PauseRecord): boolean {
    if (this.#position >= this.#compactedTo) return true
    const compacted = this.#options.topic.records.slice(0, this.#compactedTo)
    return record.state === 'paused' && compacted.findLast(({ key }) => key === record.key) === record
  }
}
