// Writes records to one topic until all in-sync replicas have them.
// Invariants: a promise resolves only when the broker named the record's partition in its answer, because a send to
// several brokers succeeds without the part whose leader moved; one send per partition at a time; partitions go together
// only while all is well, so that one that cannot be written to holds up no other; the producer is not idempotent,
// because with concurrent sends the client drops silently then. A repeat after a lost answer may write twice, which
// readers fold by id.
import { setTimeout as delay } from 'node:timers/promises'
import { Partitioners } from 'kafkajs'
import type { Kafka, Message } from 'kafkajs'
import type { Observer } from '../ports.ts'
import { createErrorFromCode } from './patches/kafkajs-internals.ts'
import { partitionOfKey } from './key-partition.ts'
import { ProducerConnection } from './producer-connection.ts'
import { isWanted, refuseAll, rejectStopped, resolveAll, stopped } from './waiting-record.ts'
import type { Waiting } from './waiting-record.ts'
import { WriteQueues } from './write-queues.ts'
import type { Batch } from './write-queues.ts'

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

const firstRetryMs = 100
const lastRetryMs = 5_000
export class RecordWriter {
  readonly #options: RecordWriterOptions
  readonly #connection: ProducerConnection
  readonly #keyless = Partitioners.DefaultPartitioner()
  readonly #queues: WriteQueues
  /** Taken from the queues, not answered yet. */
  readonly #underWay = new Set<readonly Waiting[]>()
  /** Brokers to which somebody sends, or will in a moment. */
  readonly #served = new Set<number>()
  /** Partitions that are sent to by themselves, until all that was taken of them is answered. */
  readonly #apart = new Set<number>()
  readonly #stopping = new AbortController()

  constructor(options: RecordWriterOptions) {
    this.#options = options
    const { kafka, topic, maxBatch } = options
    this.#queues = new WriteQueues(maxBatch)
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
    this.#queues.push(waiting)
    this.#serve(this.#leaderOf(waiting.message.partition ?? 0))
  }

  /** Resolves within about a second. What was not acknowledged by then is rejected. Await the writes that matter before. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    if (this.#connection !== this.#options.kafka) await this.#connection.stop()
    for (const records of [...this.#underWay, this.#queues.all()]) rejectStopped(records)
  }

  /** As Java's producer does: without a key, one after the other. */
  #partitionOf({ key, value, partition }: OutgoingRecord): number {
    if (partition !== undefined) return partition
    if (key !== null) return partitionOfKey(key, this.partitionCount)
    const { topic } = this.#options
    const partitionMetadata = this.#connection.partitionsOf(topic)
    return this.#keyless({ topic, partitionMetadata, message: { key, value } })
  }

  #leaderOf(partition: number): number {
    return this.#connection.leaderOf(this.#options.topic, partition)
  }

  #serve(leader: number): void {
    if (this.#served.has(leader)) return
    this.#served.add(leader)
    void this.#sendAll(leader)
  }

  async #sendAll(leader: number): Promise<void> {
    const { lingerMs } = this.#options
    const { signal } = this.#stopping
    if (lingerMs > 0) await delay(lingerMs, undefined, { signal }).catch(() => {})
    const isMeant = (partition: number): boolean =>
      !this.#apart.has(partition) && this.#leaderOf(partition) === leader
    for (let taken = this.#queues.take(isMeant); taken.length > 0; taken = this.#queues.take(isMeant))
      await this.#sendTogether(taken)
    this.#served.delete(leader)
  }

  /** Once. What fails goes on by itself. */
  async #sendTogether(taken: readonly Batch[]): Promise<void> {
    for (const { records } of taken) this.#underWay.add(records)
    await this.#withoutDoubt()
    const wanted = taken.map(({ partition, records }) => ({ partition, records: records.filter(isWanted) }))
    const sent = wanted.filter(({ records }) => records.length > 0)
    if (this.#stopping.signal.aborted) for (const { records } of sent) rejectStopped(records)
    else if (sent.length > 0) {
      const answers = await this.#trySend(sent)
      for (const batch of sent) {
        const answer = answers(batch.partition)
        if (typeof answer === 'bigint') resolveAll(batch.records, answer)
        else void this.#sendApart(batch, answer)
      }
    }
    for (const { records } of taken) this.#underWay.delete(records)
  }

  /** Until it is answered. `failure`: of the send before. */
  async #sendApart(batch: Batch, failure: Error): Promise<void> {
    const { partition, records } = batch
    this.#apart.add(partition)
    this.#underWay.add(records)
    await this.#repeat(batch, failure)
    this.#underWay.delete(records)
    this.#apart.delete(partition)
    if (this.#queues.has(partition)) this.#serve(this.#leaderOf(partition))
  }

  async #repeat(batch: Batch, failure: Error): Promise<void> {
    let answer: Error | 'over' = failure
    for (let waitMs = firstRetryMs; answer !== 'over'; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
      if (isTooLarge(answer)) return this.#splitOrRefuse(batch, answer)
      this.#options.observer.observe({ kind: 'trouble', where: 'record-writer', error: answer.message })
      await delay(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
      answer = await this.#sendOnce(batch)
    }
  }

  async #splitOrRefuse({ partition, records }: Batch, cause: Error): Promise<void> {
    if (records.length === 1) return refuseAll(records, cause)
    const half = Math.ceil(records.length / 2)
    for (const part of [records.slice(0, half), records.slice(half)]) {
      const answer = await this.#sendOnce({ partition, records: part })
      if (answer !== 'over') await this.#repeat({ partition, records: part }, answer)
    }
  }

  /** `over`: of none of its records anything is left to do. */
  async #sendOnce({ partition, records: given }: Batch): Promise<Error | 'over'> {
    await this.#withoutDoubt()
    const records = given.filter(isWanted)
    if (this.#stopping.signal.aborted) rejectStopped(records)
    if (records.length === 0 || this.#stopping.signal.aborted) return 'over'
    const answer = (await this.#trySend([{ partition, records }]))(partition)
    if (answer instanceof Error) return answer
    resolveAll(records, answer)
    return 'over'
  }

  /** Until there is none, or the writer is stopped. */
  async #withoutDoubt(): Promise<void> {
    const { doubt = () => null } = this.#options
    for (let wait = doubt(); wait !== null && !this.#stopping.signal.aborted; wait = doubt()) await wait
  }

  /** @returns for each partition, the offset of its batch's first record, or what went wrong. */
  async #trySend(batches: readonly Batch[]): Promise<(partition: number) => Error | bigint> {
    const { topic } = this.#options
    const records = batches.flatMap((batch) => batch.records)
    for (const waiting of records) waiting.sent = 'perhaps'
    try {
      const messages = records.map(({ message }) => message)
      const answer = await this.#connection.producer.send({ topic, acks: -1, messages })
      return (partition) => {
        const named = answer.find((part) => part.topicName === topic && part.partition === partition)
        if (named === undefined) return new Error(`no acknowledgement for ${topic}/${partition}`)
        if (named.errorCode !== 0) return createErrorFromCode(named.errorCode)
        return BigInt(named.baseOffset ?? 0)
      }
    } catch (error) {
      return () => (error instanceof Error ? error : new Error(String(error)))
    }
  }
}

function isTooLarge(error: Error): boolean {
  return 'type' in error && (error.type === 'MESSAGE_TOO_LARGE' || error.type === 'RECORD_LIST_TOO_LARGE')
}
