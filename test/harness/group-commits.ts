// Every commit that a group makes, in the order in which the broker took them and by its clock: read from the topic in
// which brokers keep them, so that none between two questions is missed.
import { setTimeout as delay } from 'node:timers/promises'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { quietClient } from './quiet-client.ts'
import type { Settings } from '../../src/settings/schema.ts'

export interface GroupCommit {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata: string
  /** Epoch milliseconds. */
  readonly atMs: number
}

export interface GroupCommits {
  /** Those so far. */
  readonly taken: GroupCommit[]
  stop(): Promise<void>
}

const offsetsTopic = '__consumer_offsets'

/** From now on. */
export async function followCommits(settings: Settings): Promise<GroupCommits> {
  const client = quietClient(settings)
  const taken: GroupCommit[] = []
  const reader = createTopicReader({
    client,
    topic: offsetsTopic,
    from: await endsOf(settings),
    maxWaitMs: 100,
    now: () => performance.now(),
  })
  await reader.start({
    started() {},
    records(_partition, records) {
      for (const { key, value } of records) {
        const commit = key === null || value === null ? null : commitOf(key, value)
        if (commit?.groupId === settings.group.id) taken.push(commit)
      }
    },
    position() {},
    troubled() {},
    reset() {},
  })
  return { taken, stop: () => reader.stop() }
}

/** The topic is made when a broker is first asked for a group. */
async function endsOf(settings: Settings): Promise<ReadonlyMap<number, bigint>> {
  const admin = createKafkaClient(quietClient(settings)).admin()
  await admin.connect()
  try {
    // Until then there is nobody to ask about a group.
    const ask = () =>
      admin.fetchOffsets({ groupId: settings.group.id, topics: [settings.topics.events.name] }).then(
        () => true,
        () => false,
      )
    while (!(await ask())) await delay(100)
    const ends = await admin.fetchTopicOffsets(offsetsTopic)
    return new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]))
  } finally {
    await admin.disconnect()
  }
}

/** Null: it is about a group itself. */
function commitOf(key: Buffer, value: Buffer): (GroupCommit & { readonly groupId: string }) | null {
  const keys = new Fields(key)
  if (keys.int16() > 1) return null
  const [groupId, topic, partition] = [keys.text(), keys.text(), keys.int32()]
  const values = new Fields(value)
  const version = values.int16()
  const offset = Number(values.int64())
  if (version >= 3) values.int32()
  const metadata = version >= 4 ? values.compactText() : values.text()
  return { groupId, topic, partition, offset, metadata, atMs: Number(values.int64()) }
}

/** Fields of Kafka's protocol, one after the other. */
class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#move(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#move(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#move(8))
  }

  text(): string {
    return this.#textOf(this.int16())
  }

  /** Its length and one more stand before it, seven bits a byte. */
  compactText(): string {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#move(1))
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) return this.#textOf(length - 1)
    }
  }

  #textOf(length: number): string {
    const from = this.#move(length)
    return this.#bytes.toString('utf8', from, from + length)
  }

  #move(length: number): number {
    const from = this.#at
    this.#at += length
    return from
  }
}
