import { describe, expect, it } from '@jest/globals'
import { replicationFaults, topicFaults } from '../../../src/kafka/startup-checks.ts'
import type { FoundTopic, FoundTopics, TopicRole } from '../../../src/kafka/startup-checks.ts'

const found = (policy: string, config: Record<string, string> = {}, replicationFactor = 3): FoundTopic => ({
  replicationFactor,
  config: {
    'cleanup.policy': policy,
    'min.insync.replicas': '2',
    'max.message.bytes': '1048576',
    ...config,
  },
})

const good: FoundTopics = {
  events: { name: 'events', found: found('delete') },
  webhooks: { name: 'webhooks', found: found('compact') },
  outcomes: { name: 'outcomes', found: found('delete') },
  deadLetters: { name: 'letters', found: found('delete', { 'max.message.bytes': '1114112' }) },
}

const withTopic = (role: TopicRole, topic: FoundTopic | null): FoundTopics => ({
  ...good,
  [role]: { name: good[role].name, found: topic },
})

describe('topics', () => {
  it('as they should be have no faults', () => {
    expect(topicFaults(good)).toEqual([])
    expect(replicationFaults(good)).toEqual([])
  })

  it.each(['events', 'webhooks', 'outcomes', 'deadLetters'] as const)('absent: %s', (role) => {
    const missing = withTopic(role, null)
    expect(topicFaults(missing)).toEqual([
      `${good[role].name}: the topic is absent; make it with "topics create", or name another (topics.${role}.name)`,
    ])
    expect(replicationFaults(missing)).toEqual([])
  })

  it.each([
    ['events', 'compact', 'delete'],
    ['events', 'compact,delete', 'delete'],
    ['webhooks', 'delete', 'compact'],
    // Deletes by age as well: a webhook that is not edited for a week would be gone.
    ['webhooks', 'compact,delete', 'compact'],
    ['outcomes', 'compact', 'delete'],
    ['deadLetters', 'compact', 'delete'],
  ] as const)('%s with cleanup policy %s', (role, policy, needed) => {
    const topics = withTopic(role, found(policy))
    expect(topicFaults(topics)).toContainEqual(
      expect.stringContaining(`${good[role].name}: cleanup.policy is ${policy}; needed: ${needed}, because`),
    )
  })

  it.each([
    ['1114111', 1],
    ['1114112', 0],
  ])('dead letters of at most %s bytes', (bytes, faults) => {
    const topics = withTopic('deadLetters', found('delete', { 'max.message.bytes': bytes }))
    expect(topicFaults(topics)).toHaveLength(faults)
  })

  it('that one broker can take records away from have a line for each reason', () => {
    const topics = withTopic('outcomes', found('delete', { 'min.insync.replicas': '1' }, 2))
    expect(replicationFaults(topics)).toEqual([
      'outcomes: replication factor is 2; needed: at least 3',
      'outcomes: min.insync.replicas is 1; needed: at least 2',
    ])
  })

  it('whose brokers do not tell a value do not pass', () => {
    const silent: FoundTopic = { replicationFactor: Infinity, config: {} }
    expect(replicationFaults(withTopic('events', silent))).toHaveLength(1)
  })
})
