/**
 * Decodes a whole fetch response of version 11, the one that Kafka 2.3 and later negotiate with this client.
 * Invariant: what the client gets has the plain decoder's shape, but its records end where the fetched batches
 * end and none of an aborted transaction is among them; damaged bytes end in an error that says where.
 */
import { decodeRecordSet } from '../record-batch-decoder.ts'
import type { AbortedTransaction } from './aborted-filter.ts'
import { ByteCursor, CorruptBytesError } from './byte-cursor.ts'
import { fetchDefinition } from './kafkajs-internals.ts'

const PATCHED_VERSION = 11

/** The records of a partition cannot be read. `cause` says why; the message says where, as far as known. */
class CorruptRecordsError extends Error {
  readonly code = 'CORRUPT_RECORDS'
  override readonly name = 'CorruptRecordsError'
  readonly topic: string
  readonly partition: number

  constructor(topic: string, partition: number, cause: Error) {
    super(`Cannot read partition ${partition} of ${topic}: ${cause.message}`, { cause })
    this.topic = topic
    this.partition = partition
  }
}

/**
 * @throws CorruptRecordsError for damage inside a partition's records, CorruptBytesError for damage around them.
 */
export const decodeFetchResponse = async (raw: Buffer): Promise<unknown> => {
  const cursor = new ByteCursor(raw)
  const clientSideThrottleTime = cursor.int32()
  const errorCode = cursor.int16()
  const sessionId = cursor.int32()
  const responses = []
  for (let topics = cursor.int32(); topics > 0; topics -= 1) {
    const topicName = cursor.view(cursor.int16()).toString('utf8')
    const partitions = []
    for (let count = cursor.int32(); count > 0; count -= 1) {
      partitions.push(await decodePartition(cursor, topicName))
    }
    responses.push({ topicName, partitions })
  }
  // The broker asks us to wait and has not waited itself, hence no throttle time of its own.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses }
}

const decodePartition = async (cursor: ByteCursor, topic: string): Promise<object> => {
  const partition = cursor.int32()
  const errorCode = cursor.int16()
  const highWatermark = cursor.int64().toString()
  const lastStableOffset = cursor.int64().toString()
  const lastStartOffset = cursor.int64().toString()
  const aborted: AbortedTransaction[] = []
  for (let count = cursor.int32(); count > 0; count -= 1) {
    aborted.push({ producerId: cursor.int64().toString(), firstOffset: cursor.int64().toString() })
  }
  const preferredReadReplica = cursor.int32()
  const size = cursor.int32()
  // Of a hundred partitions that are asked for together, a handful has something.
  const messages = size <= 0 ? [] : await readRecords(cursor, size, aborted, topic, partition)
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset,
    // Empty because their records are filtered already.
    abortedTransactions: [],
    preferredReadReplica,
    messages,
  }
}

const readRecords = async (
  cursor: ByteCursor,
  size: number,
  aborted: readonly AbortedTransaction[],
  topic: string,
  partition: number,
): Promise<unknown[]> => {
  try {
    return await decodeRecordSet(cursor.view(size), aborted)
  } catch (error) {
    const cause = error instanceof Error ? error : new CorruptBytesError(String(error))
    throw new CorruptRecordsError(topic, partition, cause)
  }
}

/** Makes the client decode version 11 with this decoder; its error codes are still turned into errors by the client. */
export const patchFetchResponse = (): void => {
  const plain = fetchDefinition.protocol
  fetchDefinition.protocol = (options) => {
    const build = plain(options)
    if (options.version !== PATCHED_VERSION) return build
    return (parameters) => {
      const request = build(parameters)
      return { ...request, response: { ...request.response, decode: decodeFetchResponse } }
    }
  }
}
