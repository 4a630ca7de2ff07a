// The ways in which a member comes to join its group anew, announced or not, and what becomes of a pause meanwhile.
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { ConsumerConfig, Kafka } from 'kafkajs'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import type { EventSource, EventSourceHandler } from '../../src/ports.ts'
import { RecordingHandler } from '../contract/event-group.ts'
import { eventMember, expelAll, startPlainMember, withAdmin } from '../harness/group-members.ts'
import type { PlainMember, Whereabouts } from '../harness/group-members.ts'
import { interceptNext, notLeader } from '../harness/intercepted.ts'
import { until } from '../harness/until.ts'
import { clientOptions, createTopic, produce } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** How often partitions and leaders are looked up: soon enough to see a topic grow. */
const metadataMaxAge = 200

const leaderMoves = (): void =>
  interceptNext('fetch', async () => {
    await Promise.resolve()
    throw notLeader()
  })

type Cause = (where: Whereabouts, another: () => Promise<unknown>) => unknown

const unannounced: readonly (readonly [string, Cause])[] = [
  ['the group forgot the member', (where) => expelAll(where)],
  ['a leader moved', leaderMoves],
  [
    'the topic grew',
    ({ topic }) => withAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })),
  ],
]
const announced = ['another member came', (_where, another) => another()] as const satisfies [string, Cause]

const somewhere = async (): Promise<Whereabouts> => ({
  topic: await createTopic('rejoined', 2, {}),
  groupId: randomUUID(),
})

const plainMember = async (where: Whereabouts): Promise<PlainMember> => {
  const member = await startPlainMember({ ...where, config: { metadataMaxAge } })
  closing.push(() => member.consumer.disconnect())
  return member
}

describe('the plain client', () => {
  it.each([[...announced, true] as const, ...unannounced.map((each) => [...each, false] as const)])(
    'joins anew when %s, and tells beforehand only sometimes',
    async (_cause, act, isTold) => {
      const where = await somewhere()
      const { told, untilJoined } = await plainMember(where)
      await act(where, () => plainMember(where))
      await untilJoined(2)
      expect(told.slice(0, 3)).toEqual(isTold ? ['joined', 'rebalancing', 'joined'] : ['joined', 'joined'])
    },
  )

  it('leaves a partition silent that was paused before it came back', async () => {
    const where = await somewhere()
    const { consumer, read, untilJoined } = await plainMember(where)
    consumer.pause([{ topic: where.topic, partitions: [0] }])
    leaderMoves()
    await untilJoined(2)
    await produce(where.topic, 0, [{ value: 'unheard' }])
    for (const text of ['one', 'two']) {
      await produce(where.topic, 1, [{ value: text }])
      await until(() => read.at(-1)?.text === text, `record ${text} of the other partition`)
    }
    expect(read.map(({ text }) => text)).toEqual(['one', 'two'])
  })
})

describe('ours', () => {
  /** Looks up its topic as often as the plain one above. */
  const impatient = (): Kafka => {
    const kafka = createKafkaClient(clientOptions())
    const consumer = (config: ConsumerConfig) => kafka.consumer({ ...config, metadataMaxAge })
    return { consumer } as unknown as Kafka
  }

  const member = async (
    where: Whereabouts,
    handlerOf: (source: EventSource) => EventSourceHandler,
  ): Promise<EventSource> => {
    const source = eventMember(impatient(), where, { observe() {} })
    closing.push(() => source.stop())
    await source.start(handlerOf(source))
    return source
  }

  const idle = (told: string[] = []): EventSourceHandler => ({
    assigned: () => void told.push('assigned'),
    revoking: async () => void told.push('revoking'),
    records: (_from, records) => records.length,
    failed() {},
  })

  it.each([announced, ...unannounced])('lets the worker settle first when %s', async (_cause, act) => {
    const where = await somewhere()
    const told: string[] = []
    await member(where, () => idle(told))
    await act(where, () => member(where, () => idle()))
    await until(
      () => told.length >= 3,
      'the rejoin',
      15_000,
      () => told.join(),
    )
    expect(told.slice(0, 3)).toEqual(['assigned', 'revoking', 'assigned'])
  })

  it('reads on where a partition was paused before it came back', async () => {
    const where = await somewhere()
    let handler: RecordingHandler | undefined
    const source = await member(where, (own) => (handler = new RecordingHandler(own)))
    source.pause({ topic: where.topic, partition: 0 })
    leaderMoves()
    await handler?.untilAssigned(2)
    await produce(where.topic, 0, [{ value: 'heard' }])
    await handler?.untilSeen('heard')
  })
})
