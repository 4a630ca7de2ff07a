// Writes records to one topic until all in-sync replicas have them.
// Invariants: a promise resolves only when the broker named the record's partition in its answer; one send per
// partition at a time and never two partitions in one send, because a send to several brokers loses the part
// whose leader moved; the producer is not idempotent, because with concurrent sends the client drops silently
// then. A repeat after a lost answer may write twice, which readers fold by id.
import { setTimeout as delay } from 'node:timers/promises'
import { Partitioners } from 'kafkajs'
import type { Kafka, Message } from 'kafkajs'
import type { Observer } from '../ports.ts'
import { partitionOfKey } from './key-partition.ts'
import { ProducerConnection } from './producer-connection.ts'
import { RecordTooLarge, WriteGivenUp } from './write-faults.ts'

export interface RecordWriterOptions {
  /** The writer's own; or one that others share, whose start and stop are theirs. */
  readonly kafka: Kafka | ProducerConnection
  readonly topic: string
  /** Milliseconds that the first record of a batch waits for company. */
  readonly lingerMs: number
  /** Records per send; the client's cost per record rises beyond some hundreds. */
  readonly maxBatch: number
  readonly observer: Observer
  /**
   * Asked before each send, the repeated ones included: whether what is written may be somebody else's to write by now.
   * Null: it is not; else resolves when it is worth asking anew.
   */
  readonly doubt?: () => Promise<void> | null
}

export interface OutgoingRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Where it has to stand; absent: where its key belongs. */
  readonly partition?: number
  /** A list is a header that stands several times. */
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[]>>
}

interface Waiting {
  readonly message: Message
  /** Once aborted, the record is not sent any more. */
  readonly giveUp: AbortSignal | null
  readonly resolve: (offset: bigint) => void
  readonly reject: (error: Error) => void
  sent: 'never' | 'perhaps'
}

const firstRetryMs = 100
const lastRetryMs = 5_000
/**
 * Keys and values of one send. Beyond the topic's limit (1 MiB by default) a batch is refused and halved; beyond
 * the broker's limit for a request (100 MiB) it closes the connection without a word, again and again.
 */
const maxBatchBytes = 786_432

export class RecordWriter {
  readonly #options: RecordWriterOptions
  readonly #connection: ProducerConnection
  readonly #keyless = Partitioners.DefaultPartitioner()
  readonly #queues = new Map<number, Waiting[]>()
  /** Taken from a queue, not answered yet. */
  readonly #underWay = new Set<readonly Waiting[]>()
  readonly #stopping = new AbortController()

  constructor(options: RecordWriterOptions) {
    this.#options = options
    const { kafka, topic } = options
    this.#connection = kafka instanceof ProducerConnection ? kafka : new ProducerConnection(kafka, [topic])
  }

  /** @throws when the topic is missing or no broker answers. */
  async start(): Promise<void> {
    if (this.#connection !== this.#options.kafka) await this.#connection.start()
  }

  /** Known once it has started. */
  get partitionCount(): number {
    return this.#connection.partitionsOf(this.#options.topic).length
  }

  /** Rejects with RecordTooLarge, or when the writer was stopped before the broker answered. */
  async write(record: OutgoingRecord): Promise<void> {
    await this.append(record, null)
  }

  /**
   * As `write`, with an end to its patience, and answers the offset that the acknowledgement named: an earlier send
   * of the same record whose answer was lost may stand before it. Once `giveUp` aborts, no send of it begins any more;
   * when the one under way has failed, rejects with WriteGivenUp.
   */
  append(record: OutgoingRecord, giveUp: AbortSignal | null): Promise<bigint> {
    const { key, value, headers } = record
    const message: Message = { key, value, headers: { ...headers }, partition: this.#partitionOf(record) }
    return new Promise((resolve, reject) => {
      this.#enqueue({ message, giveUp, sent: 'never', resolve, reject })
    })
  }

  #enqueue(waiting: Waiting): void {
    if (this.#stopping.signal.aborted) {
      waiting.reject(stopped())
      return
    }
    const { partition = 0 } = waiting.message
    const queue = this.#queues.get(partition)
    if (queue !== undefined) {
      queue.push(waiting)
      return
    }
    const started = [waiting]
    this.#queues.set(partition, started)
    void this.#sendAll(partition, started)
  }

  /** Resolves within about a second. What was not acknowledged by then is rejected. Await the writes that matter before. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    if (this.#connection !== this.#options.kafka) await this.#connection.stop()
    for (const batch of [...this.#underWay, ...this.#queues.values()]) rejectStopped(batch)
  }

  /** As Java's producer does: without a key, one after the other. */
  #partitionOf({ key, value, partition }: OutgoingRecord): number {
    if (partition !== undefined) return partition
    if (key !== null) return partitionOfKey(key, this.partitionCount)
    const { topic } = this.#options
    const partitionMetadata = this.#connection.partitionsOf(topic)
    return this.#keyless({ topic, partitionMetadata, message: { key, value } })
  }

  async #sendAll(partition: number, queue: Waiting[]): Promise<void> {
    const { lingerMs, maxBatch } = this.#options
    const { signal } = this.#stopping
    if (lingerMs > 0) await delay(lingerMs, undefined, { signal }).catch(() => {})
    while (queue.length > 0) await this.#sendBatch(partition, queue.splice(0, batchLength(queue, maxBatch)))
    this.#queues.delete(partition)
  }

  async #sendBatch(partition: number, batch: readonly Waiting[]): Promise<void> {
    this.#underWay.add(batch)
    try {
      await this.#sendUntilAnswered(partition, batch)
    } finally {
      this.#underWay.delete(batch)
    }
  }

  async #sendUntilAnswered(partition: number, given: readonly Waiting[]): Promise<void> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
      await this.#withoutDoubt()
      const batch = given.filter(isWanted)
      if (batch.length === 0) return
      if (this.#stopping.signal.aborted) {
        rejectStopped(batch)
        return
      }
      const answer = await this.#trySend(partition, batch)
      if (typeof answer === 'bigint') {
        for (const [index, { resolve }] of batch.entries()) resolve(answer + BigInt(index))
        return
      }
      if (isTooLarge(answer)) return this.#splitOrReject(partition, batch, answer)
      this.#options.observer.observe({ kind: 'trouble', where: 'record-writer', error: answer.message })
      await delay(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
  }

  /** Until there is none, or the writer is stopped. */
  async #withoutDoubt(): Promise<void> {
    const { doubt = () => null } = this.#options
    for (let wait = doubt(); wait !== null && !this.#stopping.signal.aborted; wait = doubt()) await wait
  }

  async #splitOrReject(partition: number, batch: readonly Waiting[], cause: Error): Promise<void> {
    if (batch.length === 1) {
      batch[0]?.reject(new RecordTooLarge('the broker refuses the record for its size', { cause }))
      return
    }
    const half = Math.ceil(batch.length / 2)
    await this.#sendBatch(partition, batch.slice(0, half))
    await this.#sendBatch(partition, batch.slice(half))
  }

  /** @returns the offset of the batch's first record. */
  async #trySend(partition: number, batch: readonly Waiting[]): Promise<Error | bigint> {
    const { topic } = this.#options
    for (const waiting of batch) waiting.sent = 'perhaps'
    try {
      const messages = batch.map(({ message }) => message)
      const answer = await this.#connection.producer.send({ topic, acks: -1, messages })
      const named = answer.find(
        (part) => part.topicName === topic && part.partition === partition && part.errorCode === 0,
      )
      return named === undefined
        ? new Error(`no acknowledgement for ${topic}/${partition}`)
        : BigInt(named.baseOffset ?? 0)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

/** Answers the one that is not. */
function isWanted({ giveUp, sent, reject }: Waiting): boolean {
  if (giveUp?.aborted !== true) return true
  reject(new WriteGivenUp(sent))
  return false
}

/** To those that were answered already it says nothing. */
function rejectStopped(batch: readonly Waiting[]): void {
  for (const { reject } of batch) reject(stopped())
}

function stopped(): Error {
  return new Error('the writer was stopped before the broker answered')
}

/** How many of the waiting go into the next send: at least one, however large it is. */
function batchLength(queue: readonly Waiting[], maxBatch: number): number {
  let bytes = 0
  for (const [index, { message }] of queue.slice(0, maxBatch).entries()) {
    bytes += (message.key?.length ?? 0) + (message.value?.length ?? 0)
    if (bytes > maxBatchBytes) return Math.max(index, 1)
  }
  return maxBatch
}

function isTooLarge(error: Error): boolean {
  return 'type' in error && (error.type === 'MESSAGE_TOO_LARGE' || error.type === 'RECORD_LIST_TOO_LARGE')
}
