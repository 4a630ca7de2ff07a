// The config topic as the brokers hold it, and one process's reader of it: a fetch that waits for what is new, answered
// over a network that takes time.
import type { WebhookChange } from '../../src/domain/webhook-change.ts'
import type { TableSink, TableSource } from '../../src/ports.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type { ProcessLife } from './process-life.ts'
import type { Weather } from './weather.ts'

const topic = 'webhook-configs'
const partition = 0
/** How long a broker holds a fetch that finds nothing. */
const holdMs = 500

export class ConfigTopic {
  readonly changes: WebhookChange[] = []
  readonly #waiting = new Set<() => void>()

  append(change: WebhookChange): void {
    this.changes.push(change)
    for (const answer of this.#waiting) answer()
  }

  onAppend(answer: () => void): () => void {
    this.#waiting.add(answer)
    return () => this.#waiting.delete(answer)
  }
}

export interface ConfigReaderOptions {
  readonly topic: ConfigTopic
  readonly clock: VirtualClock
  readonly life: ProcessLife
  readonly weather: Weather
  readonly number: number
}

export class ConfigReader implements TableSource {
  readonly #options: ConfigReaderOptions
  #sink: TableSink | null = null
  #position = 0
  /** Below it only the last version of each webhook is left, and no tombstone. */
  #compactedTo = 0
  /** While it is read again. */
  #unmet: Set<WebhookChange['webhookId']> | null = null

  constructor(options: ConfigReaderOptions) {
    this.#options = options
  }

  /**
   * What its process knows, as a list of changes. What is read again changes nothing; what is not met then was deleted
   * meanwhile, so a tombstone stands for it.
   */
  readonly told: WebhookChange[] = []

  async start(sink: TableSink): Promise<void> {
    await Promise.resolve()
    this.#sink = sink
    sink.started(new Map([[partition, BigInt(this.#options.topic.changes.length)]]))
    this.#ask()
  }

  async stop(): Promise<void> {
    this.#sink = null
    await Promise.resolve()
  }

  /** What was read may be outdated: what compaction has left is read again from the beginning. */
  reset(): void {
    this.#position = 0
    this.#compactedTo = this.#options.topic.changes.length
    this.#unmet = new Set(this.told.map(({ webhookId }) => webhookId))
    this.#sink?.reset(partition, 'out of range')
  }

  #ask(): void {
    const { clock, weather, number, life, topic: log } = this.#options
    const spell = weather.now('configs', number)
    if (spell !== null) {
      clock.after(spell.untilMs - clock.monotonicMs(), () => life.run(() => this.#ask()))
      return
    }
    const askedAtMs = clock.monotonicMs()
    const answer = (): void => {
      stopListening()
      cancel()
      clock.after(weather.hopMs(), () => life.run(() => this.#answered(askedAtMs)))
    }
    const stopListening = log.onAppend(answer)
    const cancel = clock.after(this.#position < log.changes.length ? weather.hopMs() : holdMs, answer)
  }

  #answered(askedAtMs: number): void {
    const sink = this.#sink
    if (sink === null) return
    const { changes } = this.#options.topic
    while (this.#position < changes.length) {
      const change = changes[this.#position]
      const offset = BigInt(this.#position)
      if (change !== undefined && this.#isLeft(change)) {
        sink.change({ topic, partition, offset }, change)
        this.told.push(change)
        this.#unmet?.delete(change.webhookId)
      }
      this.#position += 1
    }
    for (const webhookId of this.#unmet ?? []) this.told.push({ kind: 'tombstone', webhookId })
    this.#unmet = null
    sink.position(partition, BigInt(this.#position), BigInt(changes.length), askedAtMs)
    this.#ask()
  }

  #isLeft(change: WebhookChange): boolean {
    if (this.#position >= this.#compactedTo) return true
    const compacted = this.#options.topic.changes.slice(0, this.#compactedTo)
    const last = compacted.findLast(({ webhookId }) => webhookId === change.webhookId)
    return last === change && change.kind !== 'tombstone'
  }
}
