// A consumer group with one member under test, real or fake, and a handler that writes down what it is told.
import { randomUUID } from 'node:crypto'
import { logLevel, Partitioners } from 'kafkajs'
import type { Kafka } from 'kafkajs'
import { askAgain } from '../../src/kafka/ask-again.ts'
import { createEventSource } from '../../src/kafka/event-source.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import type {
  Assignment,
  EventSource,
  EventSourceHandler,
  Observer,
  OffsetCommit,
  PartitionRef,
  SourceRecord,
} from '../../src/ports.ts'
import { FakeEventSource } from '../fakes/fake-event-source.ts'
import { RecordingObserver } from '../fakes/recording-observer.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'
import { until } from '../harness/until.ts'

export interface EventGroup {
  readonly source: EventSource
  /** Of call events. */
  readonly topic: string
  /** Of what waits for five seconds. */
  readonly retryTopic: string
  append(partition: number, ...texts: readonly string[]): Promise<void>
  /** Writes to the retry topic. */
  park(partition: number, text: string): Promise<void>
  /** As the group has it for call events; null: never committed. */
  committed(partition: number): Promise<bigint | null>
  /** Resolves when the member has been through a rejoin that left it with all partitions. */
  rejoin(): Promise<void>
  stop(): Promise<void>
}

export async function fakeEventGroup(): Promise<EventGroup> {
  const source = new FakeEventSource({ clock: new VirtualClock(), partitions: 2, delaysMs: [5_000] })
  await Promise.resolve()
  return {
    source,
    topic: source.topic,
    retryTopic: 'webhook-retries.5s',
    append(partition, ...texts) {
      source.append(partition, ...texts)
      return Promise.resolve()
    },
    park(partition, text) {
      source.park(5_000, partition, { key: null, value: Buffer.from(text), headers: {} })
      return Promise.resolve()
    },
    committed: (partition) => Promise.resolve(source.committed(partition)),
    rejoin: () => source.rejoin([0, 1]),
    stop: () => source.stop(),
  }
}

export interface RealEventGroup extends EventGroup {
  readonly kafka: Kafka
  readonly groupId: string
  readonly observer: RecordingObserver
  /** Another member of the same group, not started. */
  member(): EventSource
  /** The ids of those that the group knows. */
  members(): Promise<readonly string[]>
}

/** `brokers`: addresses separated by commas; those of the test stack unless given. */
export async function realEventGroup(
  brokers = process.env['TEST_KAFKA_BROKERS'] ?? '',
): Promise<RealEventGroup> {
  const kafka = createKafkaClient({
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
  })
  const run = randomUUID().slice(0, 8)
  const [topic, retryTopic, groupId] = [`source-${run}`, `source-${run}-retries.5s`, `source-${run}`]
  const admin = kafka.admin()
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await admin.connect()
  await producer.connect()
  await admin.createTopics({
    topics: [
      { topic, numPartitions: 2 },
      { topic: retryTopic, numPartitions: 2 },
    ],
    waitForLeaders: false,
  })
  // The client's own wait for leaders ends in an error where the broker has not heard of a topic yet.
  await askAgain(() => admin.fetchTopicMetadata({ topics: [topic, retryTopic] }))
  const observer = new RecordingObserver()
  const member = (told: Observer): EventSource =>
    createEventSource(memberOptions({ kafka, groupId, topic, retryTopic }, told))
  const source = member(observer)
  let joins = 0
  return {
    kafka,
    groupId,
    topic,
    retryTopic,
    observer,
    source: {
      ...bound(source),
      start: (handler) =>
        source.start({
          assigned(assignment) {
            joins += eventPartitionsOf(assignment).length === 2 ? 1 : 0
            handler.assigned(assignment)
          },
          revoking: () => handler.revoking(),
          records: (from, records, endOffset) => handler.records(from, records, endOffset),
          failed: (error) => handler.failed(error),
        }),
    },
    member: () => member({ observe() {} }),
    async members() {
      const { groups } = await admin.describeGroups([groupId])
      return groups.flatMap((group) => group.members.map(({ memberId }) => memberId))
    },
    async append(partition, ...texts) {
      const messages = texts.map((text) => ({ key: text, value: text, partition }))
      await producer.send({ topic, messages })
    },
    async park(partition, text) {
      await producer.send({ topic: retryTopic, messages: [{ key: text, value: text, partition }] })
    },
    async committed(partition) {
      const [fetched] = await admin.fetchOffsets({ groupId, topics: [topic] })
      const offset = BigInt(fetched?.partitions.find((one) => one.partition === partition)?.offset ?? -1)
      return offset < 0n ? null : offset
    },
    async rejoin() {
      const before = joins
      const other = member({ observe() {} })
      await other.start({
        assigned() {},
        revoking: () => Promise.resolve(),
        records: (_from, records) => records.length,
        failed() {},
      })
      await other.stop()
      await until(() => joins > before, 'the member to have all partitions again', 30_000)
    },
    async stop() {
      await source.stop()
      await producer.disconnect()
      await admin.disconnect()
    },
  }
}

function bound(source: EventSource): Omit<EventSource, 'start'> {
  return {
    pause: (partition) => source.pause(partition),
    resume: (partition) => source.resume(partition),
    commit: (epoch, offsets) => source.commit(epoch, offsets),
    lastHeartbeatMs: () => source.lastHeartbeatMs(),
    stop: () => source.stop(),
  }
}

/** Beats often, so that a rejoin is noticed soon. */
function memberOptions(
  { retryTopic, ...where }: { kafka: Kafka; groupId: string; topic: string; retryTopic: string },
  observer: Observer,
) {
  return {
    ...where,
    retryTopics: () => Promise.resolve(new Map([[retryTopic, 5_000]])),
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 100,
    giveUpMs: 600_000,
    rebalanceTimeoutMs: 20_000,
    maxWaitMs: 100,
    maxBytesPerPartition: 262_144,
    maxBytes: 4_194_304,
    observer,
    monotonicMs: () => performance.now(),
  }
}

interface Seen {
  readonly epoch: number
  readonly record: SourceRecord
}

/** Of call events. */
export function eventPartitionsOf(assignment: Assignment | undefined): readonly number[] {
  return (assignment?.owned ?? []).filter(({ delayMs }) => delayMs === null).map(({ partition }) => partition)
}

/** Of call events, with nothing finished behind it. */
export function commitOf({ topic }: EventGroup, partition: number, offset: bigint): OffsetCommit {
  return { topic, partition, offset, metadata: '' }
}

/** Resumes what it is assigned, as the pipeline does. */
export class RecordingHandler implements EventSourceHandler {
  readonly assignments: Assignment[] = []
  readonly failures: Error[] = []
  /** By topic and partition. */
  readonly endOffsets = new Map<string, bigint>()
  /** How often `records` throws before it takes anything. */
  failTimes = 0
  /** Past so many records of one batch it pauses the partition and leaves the rest. */
  takeAtMost = Number.POSITIVE_INFINITY
  readonly #source: EventSource
  readonly #seen: Seen[] = []
  #revokings = 0
  #held: Promise<void> = Promise.resolve()

  constructor(source: EventSource) {
    this.#source = source
  }

  assigned(assignment: Assignment): void {
    this.assignments.push(assignment)
    for (const partition of assignment.owned) this.#source.resume(partition)
  }

  async revoking(): Promise<void> {
    this.#revokings += 1
    await this.#held
  }

  records(from: PartitionRef, records: readonly SourceRecord[], endOffset: bigint): number {
    if (this.failTimes > 0) {
      this.failTimes -= 1
      throw new TypeError('the handler is broken')
    }
    this.endOffsets.set(`${from.topic}/${from.partition}`, endOffset)
    if (records.length > this.takeAtMost) this.#source.pause(from)
    const taken = records.slice(0, this.takeAtMost)
    for (const record of taken) this.#seen.push({ epoch: this.epoch, record })
    return taken.length
  }

  failed(error: Error): void {
    this.failures.push(error)
  }

  get epoch(): number {
    return this.assignments.at(-1)?.epoch ?? 0
  }

  textsOf(partition: number): string[] {
    return this.#of(partition).map(textOf)
  }

  offsetsOf(partition: number, epoch?: number): bigint[] {
    return this.#of(partition, epoch).map(({ record }) => record.position.offset)
  }

  /** From now on `revoking` waits until the answer is called. */
  holdRevoking(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    return resolve
  }

  untilAssigned(times: number): Promise<void> {
    return until(() => this.assignments.length >= times, 'an assignment')
  }

  untilRevoking(times: number): Promise<void> {
    return until(() => this.#revokings >= times, 'a rejoin to begin')
  }

  /** Until exactly these were seen, over all partitions and epochs. */
  untilSeen(...texts: readonly string[]): Promise<void> {
    return this.#until(texts, () => this.#seen)
  }

  untilSeenInEpoch(epoch: number, ...texts: readonly string[]): Promise<void> {
    return this.#until(texts, () => this.#seen.filter((seen) => seen.epoch === epoch))
  }

  #until(texts: readonly string[], seen: () => readonly Seen[]): Promise<void> {
    const soFar = (): string => [...seen()].map(textOf).sort().join()
    return until(() => soFar() === [...texts].sort().join(), `records ${texts.join()}`, 15_000, soFar)
  }

  #of(partition: number, epoch?: number): Seen[] {
    return this.#seen.filter(
      (seen) => seen.record.position.partition === partition && (epoch === undefined || seen.epoch === epoch),
    )
  }
}

function textOf({ record }: Seen): string {
  return Buffer.from(record.value ?? []).toString()
}
