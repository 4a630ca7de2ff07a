/**
 * A connection to the brokers of one topic, without a consumer group.
 * Invariant: after `close` no socket, timer or request of it is left, however the network behaves: the client's
 * own disconnect waits for answers that a half-open connection never gives, so the sockets are destroyed first.
 */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ISocketFactory, KafkaConfig } from 'kafkajs'
import {
  Cluster,
  consoleLogCreator,
  createLogger,
  defaultSocketFactory,
} from './patches/kafkajs-internals.ts'
import type { ClusterInternals } from './patches/kafkajs-internals.ts'

/** The broker hides records of open and aborted transactions, and names the last stable offset as the end. */
export const READ_COMMITTED = 1

/** kafkajs's level INFO; its enum is not imported, to keep this file free of the client's public half. */
const LOG_INFO = 4
const CONNECTION_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 10_000
/** With its sockets gone the client has nothing to wait for; the bound is for what we did not foresee. */
const DISCONNECT_MS = 500
/** Few and quick: whoever opened the connection backs off by itself, with a bound that it knows. */
const RETRY = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 }

export interface TopicCluster {
  readonly cluster: ClusterInternals
  /** Never rejects; safe to call twice. */
  close(): Promise<void>
}

/**
 * @param client the options that are given to `new Kafka`.
 * @throws kafkajs's errors when no broker answers, and `UNKNOWN_TOPIC_OR_PARTITION` (`type`) when the topic is missing.
 */
export const openTopicCluster = async (
  client: KafkaConfig,
  topic: string,
  onCreated: (opened: TopicCluster) => void,
): Promise<TopicCluster> => {
  const { logLevel = LOG_INFO, logCreator = consoleLogCreator, socketFactory, ...options } = client
  const sockets = new Set<Socket>()
  let closed = false
  const cluster = new Cluster({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    ...options,
    retry: options.retry ?? RETRY,
    socketFactory: trackSockets(socketFactory ?? defaultSocketFactory(), sockets, () => closed),
    logger: createLogger({
      level: logLevel,
      // What a connection says about being torn down by us is no news.
      logCreator: (level) => {
        const log = logCreator(level)
        return (entry) => {
          if (!closed) log(entry)
        }
      },
    }),
    metadataMaxAge: 0,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: READ_COMMITTED,
  })
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    for (const socket of sockets) socket.destroy(new Error('closed by the reader'))
    const left = cluster.disconnect().catch(() => undefined)
    await Promise.race([left, sleep(DISCONNECT_MS, undefined, { ref: false })])
  }
  const opened = { cluster, close }
  onCreated(opened)
  await cluster.connect()
  await cluster.addTargetTopic(topic)
  return opened
}

const trackSockets =
  (factory: ISocketFactory, sockets: Set<Socket>, isClosed: () => boolean): ISocketFactory =>
  (options) => {
    const socket = factory(options)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A retry of the client's may still open one after we closed.
    if (isClosed()) queueMicrotask(() => socket.destroy(new Error('closed by the reader')))
    return socket
  }
