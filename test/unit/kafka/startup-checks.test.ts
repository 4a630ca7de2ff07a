import { describe, expect, it } from '@jest/globals'
import { replicationFaults, topicFaults } from '../../../src/kafka/startup-checks.ts'
import type { FoundTopic } from '../../../src/kafka/found-topic.ts'
import type { FoundTopics, TopicRole } from '../../../src/kafka/startup-checks.ts'

const found = (policy: string, config: Record<string, string> = {}, replicationFactor = 3): FoundTopic => ({
  partitions: 12,
  replicationFactor,
  config: {
    'cleanup.policy': policy,
    'min.insync.replicas': '2',
    'max.message.bytes': '1048576',
    ...config,
  },
})

/** For what does not wait, or not for long. */
const retryTopic = (config: Record<string, string> = {}): FoundTopic =>
  found('delete', { 'max.message.bytes': '1114112', 'retention.ms': '86400000', ...config })

const good: FoundTopics = {
  events: { name: 'events', found: found('delete') },
  webhooks: { name: 'webhooks', found: found('compact') },
  states: { name: 'states', found: { ...found('compact'), partitions: 1 } },
  outcomes: { name: 'outcomes', found: found('delete') },
  deadLetters: { name: 'letters', found: found('delete', { 'max.message.bytes': '1114112' }) },
  facts: { name: 'facts', found: { ...found('compact,delete'), partitions: 1 } },
  suspensions: { name: 'suspensions', found: { ...found('compact'), partitions: 1 } },
  notices: { name: 'notices', found: found('delete') },
  retries: [
    { name: 'retries.0s', delayMs: 0, found: retryTopic() },
    { name: 'retries.8h', delayMs: 28_800_000, found: retryTopic({ 'retention.ms': '144000000' }) },
  ],
}

const withRetryTopic = (topic: FoundTopic | null): FoundTopics => ({
  ...good,
  retries: good.retries.map((each) => (each.delayMs === 0 ? { ...each, found: topic } : each)),
})

const withTopic = (role: TopicRole, topic: FoundTopic | null): FoundTopics => ({
  ...good,
  [role]: { name: good[role].name, found: topic },
})

describe('topics', () => {
  it('as they should be have no faults', () => {
    expect(topicFaults(good)).toEqual([])
    expect(replicationFaults(good)).toEqual([])
  })

  const roles = 'events webhooks states outcomes deadLetters facts suspensions notices'.split(
    ' ',
  ) as TopicRole[]
  it.each(roles)('absent: %s', (role) => {
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
    ['facts', 'delete', 'compact,delete'],
    ['facts', 'compact', 'compact,delete'],
    ['suspensions', 'compact,delete', 'compact'],
    ['notices', 'compact', 'delete'],
  ] as const)('%s with cleanup policy %s', (role, policy, needed) => {
    const topics = withTopic(role, found(policy))
    expect(topicFaults(topics)).toContainEqual(
      expect.stringContaining(`${good[role].name}: cleanup.policy is ${policy}; needed: ${needed}, because`),
    )
  })

  it.each([
    ['states', 'what was resumed could be paused again'],
    ['facts', 'a success could be overlooked'],
    ['suspensions', 'what was lifted could be suspended again'],
  ] as const)('%s in two partitions', (role, otherwise) => {
    const one = good[role].found
    const topics = withTopic(role, one === null ? null : { ...one, partitions: 2 })
    expect(topicFaults(topics)).toEqual([`${role}: has 2 partitions; needed: 1, or ${otherwise}`])
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
    const silent: FoundTopic = { partitions: 12, replicationFactor: Infinity, config: {} }
    expect(replicationFaults(withTopic('events', silent))).toHaveLength(1)
  })
})

describe('a retry topic', () => {
  it.each<[string, FoundTopic | null, readonly string[]]>([
    ['that is absent', null, ['the topic is absent; make it with "topics create"']],
    [
      'that is compacted',
      { ...retryTopic(), config: { ...retryTopic().config, 'cleanup.policy': 'compact' } },
      ['cleanup.policy is compact; needed: delete, because compaction would drop what is parked'],
    ],
    [
      'that forgets before a day is over',
      retryTopic({ 'retention.ms': '86399999' }),
      [
        'retention.ms is 86399999; needed: at least 86400000, which is twice its wait and 24 hours, or what is parked could be deleted before it is due',
      ],
    ],
    ['that never forgets', retryTopic({ 'retention.ms': '-1' }), []],
    [
      'with fewer partitions than events have',
      { ...retryTopic(), partitions: 11 },
      ['has 11 partitions; needed: at least 12, as many as events'],
    ],
    ['with more partitions than events have', { ...retryTopic(), partitions: 13 }, []],
    [
      'that does not take every event',
      retryTopic({ 'max.message.bytes': '1114111' }),
      [
        'max.message.bytes is 1114111; needed: at least 1114112, which is that of events and 64 KiB for what is said of the delivery',
      ],
    ],
  ])('%s', (_what, topic, faults) => {
    const topics = withRetryTopic(topic)
    expect(topicFaults(topics)).toEqual(faults.map((fault) => `retries.0s: ${fault}`))
    expect(replicationFaults(topics)).toEqual([])
  })

  it('keeps what it holds for twice its wait longer', () => {
    const [first, last] = good.retries
    if (first === undefined || last === undefined) throw new Error('two retry topics are named above')
    const short = { ...last, found: retryTopic({ 'retention.ms': '143999999' }) }
    expect(topicFaults({ ...good, retries: [first, short] })).toEqual([
      expect.stringContaining('retries.8h: retention.ms is 143999999; needed: at least 144000000'),
    ])
  })

  it('has the copies that all topics have', () => {
    const topic = { ...retryTopic({ 'min.insync.replicas': '1' }), replicationFactor: 1 }
    expect(replicationFaults(withRetryTopic(topic))).toEqual([
      'retries.0s: replication factor is 1; needed: at least 3',
      'retries.0s: min.insync.replicas is 1; needed: at least 2',
    ])
  })
})
