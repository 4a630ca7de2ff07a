// Writes what is to be replayed into the retry topic that does not wait, in transactions under one id for all.
// Invariants: who opens a writer ends what another had begun and shuts it out, whether that other crashed, stands still
// or is somebody else's command; so what the topic holds after that is all that was ever written, and nothing can be added
// behind one's back. A transaction is seen as a whole or not at all.
import { Partitioners } from 'kafkajs'
import type { Kafka, Producer } from 'kafkajs'
import { replayHeaders } from '../domain/replay-mark.ts'
import type { ReplayMark } from '../domain/replay-mark.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
import { traceRecordHeaders } from '../domain/trace-context.ts'
import { parkedRecordOf } from './parked-record.ts'
import { registeredIdOf } from './registered-schema.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import { createValueEncoder } from './value-encoder.ts'

export interface ReplayWriterOptions {
  readonly kafka: Kafka
  readonly registry: RegistryAccess
  /** The retry topic that does not wait. */
  readonly topic: string
  /** The same for all who replay deliveries of one group. */
  readonly transactionalId: string
}

export interface ReplayRecord {
  readonly parked: ParkedDelivery
  readonly mark: ReplayMark
}

export type ReplayWrite =
  | { readonly kind: 'written' }
  /** It may stand in the topic or not: to be read there, once a new writer is open. */
  | { readonly kind: 'in_doubt'; readonly error: string }
  /** Another writer was opened, or this process stood still for longer than a transaction may take. Nothing was written. */
  | { readonly kind: 'shut_out' }

export interface ReplayWriter {
  /** One after the other; after any answer but `written` the writer is of no use. */
  write(records: readonly ReplayRecord[]): Promise<ReplayWrite>
  /** Resolves within about a second. */
  close(): Promise<void>
}

/**
 * How long a transaction of a process that died may hold back what was written behind it; a broker looks every ten
 * seconds for such. Less would shut out a process that the machine only slows down.
 */
const transactionTimeoutMs = 10_000
const closeWithinMs = 1_000

/** @throws when the schema is not registered, the topic is missing, or no broker answers. */
export async function openReplayWriter(options: ReplayWriterOptions): Promise<ReplayWriter> {
  const { kafka, registry, topic, transactionalId } = options
  const schema = readSchema('parked-delivery')
  const encode = createValueEncoder(schema, await registeredIdOf(registry, topic, schema))
  const partitionCount = await partitionsOf(kafka, topic)
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionalId,
    transactionTimeout: transactionTimeoutMs,
    // The brokers need some milliseconds to end the transaction before; until then they refuse the next.
    retry: { initialRetryTime: 20, maxRetryTime: 1_000, retries: 10 },
  })
  try {
    await producer.connect()
    // The client shuts others out only when the first transaction begins; an empty one is nothing to the brokers.
    await (await producer.transaction()).commit()
  } catch (error) {
    await close(producer)
    throw error
  }
  const messageOf = ({ parked, mark }: ReplayRecord) => ({
    key: Buffer.from(parked.callId),
    value: encode(parkedRecordOf(parked)),
    partition: parked.source.partition % partitionCount,
    headers: { ...replayHeaders(mark), ...traceRecordHeaders(parked.trace) },
  })
  return {
    async write(records) {
      const messages = records.map(messageOf)
      try {
        const transaction = await producer.transaction()
        const answers = await transaction.send({ topic, acks: -1, messages })
        const expected = new Set(messages.map(({ partition }) => partition))
        for (const { partition, errorCode } of answers) if (errorCode === 0) expected.delete(partition)
        // The client forgets the part of a send whose leader moved.
        if (expected.size > 0) return { kind: 'in_doubt', error: 'a partition was not acknowledged' }
        await transaction.commit()
        return { kind: 'written' }
      } catch (error) {
        return isOfAnother(error) ? { kind: 'shut_out' } : { kind: 'in_doubt', error: textOf(error) }
      }
    },
    close: () => close(producer),
  }
}

async function partitionsOf(kafka: Kafka, topic: string): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions.length ?? 1
  } finally {
    await admin.disconnect()
  }
}

/** The client's own disconnect waits for answers that may never come. */
async function close(producer: Producer): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, closeWithinMs)
  await Promise.race([producer.disconnect().catch(() => {}), over.promise])
  clearTimeout(timer)
}

function isOfAnother(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const type = 'type' in error ? error.type : undefined
  if (type === 'INVALID_PRODUCER_EPOCH' || type === 'PRODUCER_FENCED') return true
  return error.cause instanceof Error && isOfAnother(error.cause)
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
