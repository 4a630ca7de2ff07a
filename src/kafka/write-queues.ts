// Records that wait to be written, by partition, and how many of them go into one send.
// Invariants: what is taken of a partition stands in the order in which it came; a partition that was served goes behind
// those that were not.
import type { Waiting } from './waiting-record.ts'

/** Of one partition. */
export interface Batch {
  readonly partition: number
  readonly records: readonly Waiting[]
}

/**
 * Keys and values of one partition in one send. Beyond the topic's limit (1 MiB by default) a batch is refused and halved.
 */
const maxBatchBytes = 786_432
/** Of all partitions in one send. Beyond the broker's limit (100 MiB) it closes the connection without a word, again and again. */
const maxSendBytes = 8_388_608

export class WriteQueues {
  readonly #queues = new Map<number, Waiting[]>()
  readonly #maxBatch: number

  /** `maxBatch`: records of a partition in one send. */
  constructor(maxBatch: number) {
    this.#maxBatch = maxBatch
  }

  push(waiting: Waiting): void {
    const { partition = 0 } = waiting.message
    const queue = this.#queues.get(partition)
    if (queue === undefined) this.#queues.set(partition, [waiting])
    else queue.push(waiting)
  }

  has(partition: number): boolean {
    return this.#queues.has(partition)
  }

  all(): readonly Waiting[] {
    return [...this.#queues.values()].flat()
  }

  /** What goes into one send to these partitions; empty where nothing waits. */
  take(isMeant: (partition: number) => boolean): readonly Batch[] {
    const taken: Batch[] = []
    let left = maxSendBytes
    for (const partition of [...this.#queues.keys()].filter(isMeant)) {
      const batch = { partition, records: this.#next(partition) }
      taken.push(batch)
      left -= bytesOf(batch.records)
      if (left <= 0) break
    }
    return taken
  }

  #next(partition: number): readonly Waiting[] {
    const queue = this.#queues.get(partition) ?? []
    this.#queues.delete(partition)
    const records = queue.splice(0, batchLength(queue, this.#maxBatch))
    if (queue.length > 0) this.#queues.set(partition, queue)
    return records
  }
}

/** At least one, however large it is. */
function batchLength(queue: readonly Waiting[], maxBatch: number): number {
  let bytes = 0
  for (const [index, waiting] of queue.slice(0, maxBatch).entries()) {
    bytes += bytesOf([waiting])
    if (bytes > maxBatchBytes) return Math.max(index, 1)
  }
  return maxBatch
}

function bytesOf(records: readonly Waiting[]): number {
  return records.reduce(
    (sum, { message: { key, value } }) => sum + (key?.length ?? 0) + (value?.length ?? 0),
    0,
  )
}
