// Where a group begins: on real brokers, because what they answer about groups without offsets is the point.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Kafka } from 'kafkajs'
import { commitStartPosition, StartPositionMissing } from '../../src/kafka/start-position.ts'
import { clientOptions, createTopic, produce } from './compacted-topic.ts'

const newGroup = (): string => `group-${randomUUID()}`

const committed = async (groupId: string, topic: string): Promise<Record<number, string>> => {
  const admin = new Kafka(clientOptions()).admin()
  await admin.connect()
  try {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] })
    return Object.fromEntries((answer?.partitions ?? []).map(({ partition, offset }) => [partition, offset]))
  } finally {
    await admin.disconnect()
  }
}

/** Partition 0 holds records of 09:00, 10:00 and 11:00; partition 1 one of 09:00; partition 2 nothing. */
const topicOfThree = async (): Promise<string> => {
  const topic = await createTopic('start', 3, { 'retention.ms': '-1' })
  const at = (time: string) => ({ value: 'v', timestamp: String(Date.parse(`2026-03-14T${time}:00Z`)) })
  await produce(topic, 0, [at('09:00'), at('10:00'), at('11:00')])
  await produce(topic, 1, [at('09:00')])
  return topic
}

const begin = (groupId: string, topic: string, from: string) =>
  commitStartPosition({ client: clientOptions(), groupId, topic, from })

describe('a group without offsets', () => {
  it('is refused where nobody said where it begins, and stays without', async () => {
    const [groupId, topic] = [newGroup(), await topicOfThree()]
    const refusal = begin(groupId, topic, '')
    await expect(refusal).rejects.toBeInstanceOf(StartPositionMissing)
    await expect(refusal).rejects.toThrow(
      `the group ${groupId} has no offsets for ${topic}: set start.from (START_FROM) to earliest, latest or a time`,
    )
    expect(await committed(groupId, topic)).toEqual({ 0: '-1', 1: '-1', 2: '-1' })
  })

  it.each([
    ['earliest', { 0: '0', 1: '0', 2: '0' }],
    ['latest', { 0: '3', 1: '1', 2: '0' }],
    ['2026-03-14T09:30:00Z', { 0: '1', 1: '1', 2: '0' }],
    ['2026-03-14T12:30:00+03:00', { 0: '1', 1: '1', 2: '0' }],
    ['2020-01-01T00:00:00Z', { 0: '0', 1: '0', 2: '0' }],
    ['2030-01-01T00:00:00Z', { 0: '3', 1: '1', 2: '0' }],
  ])('begins where it was said to: %s', async (from, offsets) => {
    const [groupId, topic] = [newGroup(), await topicOfThree()]
    expect(await begin(groupId, topic, from)).toEqual({ kind: 'committed_now' })
    expect(await committed(groupId, topic)).toEqual(offsets)
    // A restart, with whatever is said then, does not choose again.
    for (const later of ['', 'latest', 'earliest']) {
      expect(await begin(groupId, topic, later)).toEqual({ kind: 'already_committed' })
    }
    expect(await committed(groupId, topic)).toEqual(offsets)
  })

  it('may be begun by several workers at once', async () => {
    const [groupId, topic] = [newGroup(), await topicOfThree()]
    const results = await Promise.all([1, 2, 3, 4].map(() => begin(groupId, topic, 'latest')))
    expect(results.map(({ kind }) => kind)).toContain('committed_now')
    expect(await committed(groupId, topic)).toEqual({ 0: '3', 1: '1', 2: '0' })
  })

  it('that cannot be asked about is an error, not a guess', async () => {
    const nowhere = { ...clientOptions(), brokers: ['127.0.0.1:1'], retry: { retries: 0 } }
    await expect(
      commitStartPosition({ client: nowhere, groupId: newGroup(), topic: 't', from: 'latest' }),
    ).rejects.toThrow()
  })
})
