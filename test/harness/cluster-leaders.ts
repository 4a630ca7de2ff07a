// Who leads what on a cluster of brokers, by node id: asked of the brokers each time, over a connection of its own,
// because the answers are wanted while brokers come and go.
import type { Admin, KafkaConfig } from 'kafkajs'
import { withAdmin } from '../../src/kafka/admin-session.ts'
import { askAgain } from '../../src/kafka/ask-again.ts'
import { until } from './until.ts'

const groupTopic = '__consumer_offsets'
const fewSeconds = 30_000

export class ClusterLeaders {
  readonly #kafka: KafkaConfig

  constructor(kafka: KafkaConfig) {
    this.#kafka = kafka
  }

  /** A node that was killed leads until its session at the controller has run out. */
  async of(topic: string, partition: number): Promise<number> {
    const leaders = await this.ofAll(topic)
    return leaders.get(partition) ?? -1
  }

  /** By partition. */
  async ofAll(topic: string): Promise<ReadonlyMap<number, number>> {
    const partitions = await this.#ask((admin) => partitionsOf(admin, topic))
    return new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader]))
  }

  /** The node that the members of a group talk to: it leads the partition that the group's name falls into. */
  async ofGroup(groupId: string): Promise<number> {
    const leaders = await this.ofAll(groupTopic)
    return leaders.get(Math.abs(javaHashOf(groupId)) % leaders.size) ?? -1
  }

  untilMoved(topic: string, partition: number, from: number): Promise<void> {
    return until(
      async () => ![from, -1].includes(await this.of(topic, partition)),
      `${topic}/${partition} to be led by another node than ${from}`,
      fewSeconds,
    )
  }

  untilGroupMoved(groupId: string, from: number): Promise<void> {
    return until(
      async () => ![from, -1].includes(await this.ofGroup(groupId)),
      `the group ${groupId} to talk to another node than ${from}`,
      fewSeconds,
    )
  }

  /**
   * Makes another node the leader while the one before lives on and answers that it does not lead any more: its copy is
   * taken from it for a moment, because the brokers do not depose a leader that keeps one.
   */
  async move(topic: string, partition: number, to: number): Promise<void> {
    const others = (await this.#replicasOf(topic, partition)).filter((id) => id !== to)
    const from = await this.of(topic, partition)
    const place = (replicas: number[]): Promise<void> =>
      this.#ask((admin) =>
        admin.alterPartitionReassignments({
          topics: [{ topic, partitionAssignment: [{ partition, replicas }] }],
        }),
      )
    await place([to, ...others.filter((id) => id !== from)])
    const isMoved = async (): Promise<boolean> => (await this.of(topic, partition)) === to
    await until(isMoved, `${topic}/${partition} to move`, fewSeconds)
    await place([to, ...others])
    await this.untilInSync()
  }

  /** Every copy of every topic has caught up with its leader. */
  async untilInSync(timeoutMs = fewSeconds): Promise<void> {
    let behind: readonly string[] = []
    await until(
      async () => {
        behind = await this.#ask(copiesBehind)
        return behind.length === 0
      },
      'all copies to be in sync',
      timeoutMs,
      () => behind.join(),
    )
  }

  async #replicasOf(topic: string, partition: number): Promise<readonly number[]> {
    const partitions = await this.#ask((admin) => partitionsOf(admin, topic))
    return partitions.find(({ partitionId }) => partitionId === partition)?.replicas ?? []
  }

  #ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    return withAdmin(this.#kafka, (admin) => askAgain(() => question(admin)))
  }
}

async function partitionsOf(admin: Admin, topic: string) {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  return topics.flatMap(({ partitions }) => partitions)
}

async function copiesBehind(admin: Admin): Promise<readonly string[]> {
  const { topics } = await admin.fetchTopicMetadata()
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ isr, replicas }) => isr.length < replicas.length)
      .map(({ partitionId }) => `${name}/${partitionId}`),
  )
}

/** As `String.hashCode` in Java, by which the brokers place groups. */
function javaHashOf(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index += 1) hash = (31 * hash + text.charCodeAt(index)) | 0
  return hash
}
