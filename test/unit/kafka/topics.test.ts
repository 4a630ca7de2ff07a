// Topics made on several brokers: any of them is asked next, and not all have heard of what one has made.
import { expect, it } from '@jest/globals'
import { makeTopics } from '../../../src/kafka/topics.ts'
import type { TopicPlan } from '../../../src/kafka/topics.ts'

const plan: TopicPlan = { topic: 'calls', partitions: 1, replicationFactor: 3, config: {} }

/** The client's error for what the protocol calls `type`. */
const refusal = (type: string, retriable: boolean): Error =>
  Object.assign(new Error(type), { type, retriable })

/** An admin client that is refused so many times when it asks what a topic is. */
const adminOf = (refusals: readonly Error[]) => {
  const left = [...refusals]
  const made: { waitForLeaders?: boolean }[] = []
  const replicas = [1, 2, 3]
  const partition = { partitionErrorCode: 0, partitionId: 0, leader: 1, replicas, isr: replicas }
  return {
    made,
    left,
    listTopics: () => Promise.resolve([]),
    createTopics: (request: { waitForLeaders?: boolean }) => Promise.resolve(made.push(request) > 0),
    async fetchTopicMetadata() {
      const refused = left.shift()
      if (refused !== undefined) throw refused
      return { topics: [{ name: 'calls', partitions: [partition] }] }
    },
    describeConfigs: () => Promise.resolve({ resources: [], throttleTime: 0 }),
  }
}

it('waits until the broker that is asked has heard of them, and they have leaders', async () => {
  const admin = adminOf([refusal('UNKNOWN_TOPIC_OR_PARTITION', true), refusal('LEADER_NOT_AVAILABLE', true)])
  expect(await makeTopics(admin, [plan])).toEqual({ created: ['calls'], findings: [] })
  expect(admin.left).toEqual([])
  // The client's own wait ends at the first refusal.
  expect(admin.made).toMatchObject([{ waitForLeaders: false }])
})

it('does not ask again what is refused for good', async () => {
  const admin = adminOf([refusal('TOPIC_AUTHORIZATION_FAILED', false)])
  await expect(makeTopics(admin, [plan])).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED')
})
