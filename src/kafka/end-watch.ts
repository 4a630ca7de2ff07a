// Where paused partitions end. A fetch tells it of those that are fetched; of one that is paused because there is more to
// do than can be taken nobody would hear, and its lag would stand still just while it grows.
// Invariant: one question at a time, on the consumer's own connections; one that fails is asked again in its turn, and
// what is wrong is told by the fetches.
import type { PartitionRef } from '../ports.ts'
import type { ClusterInternals } from './patches/kafkajs-internals.ts'

export interface EndWatchOptions {
  /** Null while there is no membership. */
  cluster(): Pick<ClusterInternals, 'fetchTopicsOffset'> | null
  paused(): readonly { readonly topic: string; readonly partitions: readonly number[] }[]
  tell(at: PartitionRef, endOffset: bigint): void
}

/** Less than what lies between two scrapes. */
const everyMs = 5_000

export class EndWatch {
  readonly #options: EndWatchOptions
  #timer: NodeJS.Timeout | null = null
  #isAsking = false

  constructor(options: EndWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.#ask(), everyMs)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  async #ask(): Promise<void> {
    const cluster = this.#options.cluster()
    const paused = this.#options.paused().filter(({ partitions }) => partitions.length > 0)
    if (cluster === null || paused.length === 0 || this.#isAsking) return
    this.#isAsking = true
    try {
      const asked = paused.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((partition) => ({ partition })),
        fromBeginning: false,
      }))
      for (const { topic, partitions } of await cluster.fetchTopicsOffset(asked)) {
        for (const { partition, offset } of partitions)
          this.#options.tell({ topic, partition }, BigInt(offset))
      }
    } catch {
      // As said above.
    } finally {
      this.#isAsking = false
    }
  }
}
