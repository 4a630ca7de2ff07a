/**
 * The parts of kafkajs that have no public door, each with the shape that this project relies on.
 * kafkajs 2.2.4 is CommonJS without an exports map, so its files can be required; the returned objects are
 * the very ones the client uses, which is why they are changed in place and never replaced in the module cache.
 */
import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { ISocketFactory, KafkaConfig, Logger, logCreator, RetryOptions } from 'kafkajs'

const require = createRequire(import.meta.url)

/** One request of the protocol as kafkajs sends it; only the response part is of interest here. */
interface ProtocolRequest {
  readonly request: unknown
  readonly response: FetchResponseCodec
  readonly requestTimeout?: number
}

/** Decodes the raw answer, then turns error codes in it into exceptions. */
interface FetchResponseCodec {
  decode(raw: Buffer): Promise<unknown>
  parse(data: unknown): Promise<unknown>
}

/** A protocol definition; `protocol` is looked up each time a request is built, so it can be wrapped. */
export interface RequestDefinition {
  protocol(options: { version: number }): (options: object) => ProtocolRequest
}

/** As `RequestDefinition`, for what is sent; `encode` answers something that shows its bytes. */
export interface ProduceDefinition {
  protocol(options: { version: number }): (parameters: ProduceParameters) => {
    readonly request: { encode(): Promise<{ readonly buffer: Buffer }> }
    readonly response: { parse(data: ProduceAnswer): Promise<unknown> }
  }
}

export interface ProduceAnswer {
  readonly topics: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[]
  }[]
}

export interface ProducedRecord {
  readonly key?: Uint8Array | string | null
  readonly value: Uint8Array | string | null
  /** Epoch milliseconds as digits. */
  readonly timestamp?: string | null
  readonly headers?: Readonly<Record<string, ProducedHeader | readonly ProducedHeader[]>>
}

export type ProducedHeader = Uint8Array | string | null

interface ProducedPartition {
  readonly partition: number
  readonly firstSequence?: number
  readonly messages: readonly ProducedRecord[]
}

export interface ProduceParameters {
  readonly acks: number
  readonly timeout: number
  readonly compression?: number
  readonly transactionalId?: string | null
  readonly producerId?: unknown
  readonly producerEpoch?: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly ProducedPartition[]
  }[]
}

export interface RequestQueueInternals extends EventEmitter {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  readonly inflight: ReadonlyMap<
    number,
    { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void }
  >
  readonly enforceRequestTimeout: boolean
  readonly requestTimeout: number
  requestTimeoutIntervalId: NodeJS.Timeout
  isConnected(): boolean
  destroy(): void
  scheduleCheckPendingRequests(): void
  scheduleRequestTimeoutCheck(): void
}

export interface ConnectionInternals {
  chunks: Buffer[]
  bytesBuffered: number
  bytesNeeded: number
  readonly requestQueue: RequestQueueInternals
  readonly socket: Socket
  isConnected(): boolean
  connect(): Promise<unknown>
}

export interface CompressionCodec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  decompress(buffer: Buffer): Promise<Buffer>
}

export interface CompressionInternals {
  readonly Codecs: Record<number, () => CompressionCodec>
  readonly Types: Readonly<Record<'GZIP' | 'Snappy' | 'LZ4' | 'ZSTD', number>>
}

/** Where a decoder stands in its buffer. */
export interface DecoderInternals {
  offset: number
}

/** A record of the message formats before Kafka 0.11. */
export interface LegacyRecord {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
}

export interface FetchPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: string
  readonly lastStableOffset: string
  readonly messages: readonly FetchedRecord[]
}

/** What the reader and the consumer need of a record, whichever decoder made it. */
export interface FetchedRecord {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Record<string, Buffer | (Buffer | null)[] | null>
  readonly isControlRecord?: boolean
  /** Why the batch cannot be decoded whose bytes are the value. */
  readonly undecodableBatch?: string
}

interface BrokerInternals {
  fetch(request: {
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    isolationLevel: number
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[]
  }): Promise<{ responses: { topicName: string; partitions: FetchPartition[] }[] }>
}

export interface CoordinatorInternals {
  offsetCommit(request: {
    groupId: string
    groupGenerationId: number
    memberId: string
    topics: { topic: string; partitions: { partition: number; offset: string; metadata: string | null }[] }[]
  }): Promise<unknown>
}

export interface ClusterInternals {
  findGroupCoordinator(options: { groupId: string }): Promise<CoordinatorInternals>
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[]
  findBroker(options: { nodeId: string }): Promise<BrokerInternals>
  fetchTopicsOffset(
    topics: {
      topic: string
      partitions: { partition: number }[]
      fromBeginning?: boolean
      /** Epoch milliseconds. */
      fromTimestamp?: number
    }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>
}

export interface ClusterOptions extends Omit<KafkaConfig, 'logLevel' | 'logCreator' | 'retry'> {
  logger: Logger
  retry: RetryOptions
  metadataMaxAge: number
  allowAutoTopicCreation: boolean
  maxInFlightRequests: number | null
  isolationLevel: number
}

export const installedVersion = (): string => {
  const manifest: { version: string } = require('kafkajs/package.json')
  return manifest.version
}

export const fetchDefinition: RequestDefinition = require('kafkajs/src/protocol/requests/fetch')
export const produceDefinition: ProduceDefinition = require('kafkajs/src/protocol/requests/produce')
/** With the error's name in the protocol as its `type`. */
export const createErrorFromCode: (code: number) => Error =
  require('kafkajs/src/protocol/error').createErrorFromCode
export const RequestQueue: {
  readonly prototype: RequestQueueInternals
} = require('kafkajs/src/network/requestQueue')
export const Connection: {
  readonly prototype: ConnectionInternals
} = require('kafkajs/src/network/connection')
export const compression: CompressionInternals & {
  lookupCodecByAttributes(attributes: number): CompressionCodec | null
} = require('kafkajs/src/protocol/message/compression')
export const Decoder: new (buffer: Buffer) => DecoderInternals = require('kafkajs/src/protocol/decoder')
export const decodeMessageSet: (
  decoder: DecoderInternals,
  size: number,
) => Promise<LegacyRecord[]> = require('kafkajs/src/protocol/messageSet/decoder')
export const Cluster: new (options: ClusterOptions) => ClusterInternals = require('kafkajs/src/cluster')
export const createLogger: (options: { level: number; logCreator: logCreator }) => Logger =
  require('kafkajs/src/loggers').createLogger
export const consoleLogCreator: logCreator = require('kafkajs/src/loggers/console')
export const defaultSocketFactory: () => ISocketFactory = require('kafkajs/src/network/socketFactory')
