// Writes what is to be replayed into the retry topic that does not wait, in transactions under one id for all, so that
// what the topic holds once a writer is open is all that was ever written.
import type { Kafka } from 'kafkajs'
import { replayHeaders } from '../domain/replay-mark.ts'
import type { ReplayMark } from '../domain/replay-mark.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
import type { TransactionEnd } from '../domain/transaction-end.ts'
import { traceRecordHeaders } from '../domain/trace-context.ts'
import { parkedRecordOf } from './parked-record.ts'
import { registeredIdOf } from './registered-schema.ts'
import type { RegistryAccess } from './registry-api.ts'
import { readSchema } from './schema-files.ts'
import { partitionCountOf } from './partition-count.ts'
import { openTransactions } from './transactions.ts'
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

export interface ReplayWriter {
  /** One after the other; after any answer but `written` the writer is of no use. */
  write(records: readonly ReplayRecord[]): Promise<TransactionEnd>
  /** Resolves within about a second. */
  close(): Promise<void>
}

/** @throws when the schema is not registered, the topic is missing, or no broker answers. */
export async function openReplayWriter(options: ReplayWriterOptions): Promise<ReplayWriter> {
  const { kafka, registry, topic, transactionalId } = options
  const schema = readSchema('parked-delivery')
  const encode = createValueEncoder(schema, await registeredIdOf(registry, topic, schema))
  const partitionCount = await partitionCountOf(kafka, topic)
  const transactions = await openTransactions(kafka, transactionalId)
  const messageOf = ({ parked, mark }: ReplayRecord) => ({
    key: Buffer.from(parked.callId),
    value: encode(parkedRecordOf(parked)),
    partition: parked.source.partition % partitionCount,
    headers: { ...replayHeaders(mark), ...traceRecordHeaders(parked.trace) },
  })
  return {
    write: (records) => transactions.write([{ topic, messages: records.map(messageOf) }]),
    close: () => transactions.close(),
  }
}
