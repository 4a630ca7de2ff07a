import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { RegistryAccess } from '../../src/kafka/registry-api.ts'
import { askRegistry } from '../../src/kafka/registry-api.ts'
import { checkSchemas, readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { checkTopics, createTopics, planTopics } from '../../src/kafka/topics.ts'
import type { TopicsOptions } from '../../src/kafka/topics.ts'

const kafka = { brokers: (process.env['TEST_KAFKA_BROKERS'] ?? '').split(','), clientId: 'test' }
const registry: RegistryAccess = { url: process.env['TEST_REGISTRY_URL'] ?? '', username: '', password: '' }

/** Topics that no other test knows. */
function freshTopics(): TopicsOptions {
  const run = randomUUID()
  const shared = { replicationFactor: 1, maxMessageBytes: 1_048_576 }
  return {
    minInsyncReplicas: 1,
    events: { ...shared, name: `${run}.events`, partitions: 3, retentionMs: 600_000 },
    webhooks: { ...shared, name: `${run}.webhooks` },
    states: { ...shared, name: `${run}.states` },
    outcomes: { ...shared, name: `${run}.outcomes`, partitions: 2, retentionMs: 700_000 },
    deadLetters: {
      ...shared,
      name: `${run}.dead`,
      partitions: 1,
      retentionMs: 800_000,
      maxMessageBytes: 1_114_112,
    },
    facts: { ...shared, name: `${run}.facts`, retentionMs: 700_000 },
    suspensions: { ...shared, name: `${run}.suspensions` },
    notices: { ...shared, name: `${run}.notices`, partitions: 1, retentionMs: 800_000 },
    retries: {
      prefix: `${run}.retries`,
      delaysMs: [5_000, 28_800_000],
      replicationFactor: 1,
      retentionMs: 90_000_000,
      maxMessageBytes: 1_114_112,
    },
  }
}

const never = () => new Promise<void>(() => undefined)

const record = (...fields: readonly object[]) =>
  JSON.stringify({
    type: 'record',
    name: 'Event',
    namespace: 'test',
    fields: [{ name: 'a', type: 'string' }, ...fields],
  })

describe('topics', () => {
  it('are made as planned, and making them again changes nothing', async () => {
    const plans = planTopics(freshTopics())
    const names = plans.map(({ topic }) => topic)
    expect(await checkTopics(kafka, plans)).toEqual(names.map((topic) => ({ kind: 'absent', topic })))
    expect(await createTopics(kafka, plans)).toEqual({ created: names, findings: [] })
    expect(await createTopics(kafka, plans)).toEqual({ created: [], findings: [] })
    expect(await checkTopics(kafka, plans)).toEqual([])
  })

  it('for retries are one for each delay and one that does not wait, with the partitions of events', () => {
    const options = freshTopics()
    const retries = planTopics(options).slice(8)
    const common = {
      partitions: 3,
      replicationFactor: 1,
      config: {
        'cleanup.policy': 'delete',
        'retention.ms': '90000000',
        'max.message.bytes': '1114112',
        'min.insync.replicas': '1',
        'message.timestamp.type': 'LogAppendTime',
      },
    }
    const { prefix } = options.retries
    expect(retries).toEqual([
      { ...common, topic: `${prefix}.0s` },
      { ...common, topic: `${prefix}.5s` },
      // Longer than the settings say: twice its wait, and a day's outage.
      { ...common, topic: `${prefix}.8h`, config: { ...common.config, 'retention.ms': '144000000' } },
    ])
  })

  it('that differ are reported with what, expected and found, and stay as they are', async () => {
    const options = freshTopics()
    await createTopics(kafka, planTopics(options))
    const other = planTopics({
      ...options,
      events: { ...options.events, partitions: 5, retentionMs: 60_000 },
      webhooks: { ...options.webhooks, replicationFactor: 2 },
      // A topic that deletes, where a compacted one is planned.
      outcomes: { ...options.outcomes, name: options.deadLetters.name, partitions: 1, retentionMs: 800_000 },
      deadLetters: { ...options.deadLetters, maxMessageBytes: 2_000_000 },
      retries: { ...options.retries, maxMessageBytes: 3_000_000 },
    })
    const findings = [
      { kind: 'differs', topic: options.events.name, what: 'partitions', expected: '5', found: '3' },
      {
        kind: 'differs',
        topic: options.events.name,
        what: 'retention.ms',
        expected: '60000',
        found: '600000',
      },
      {
        kind: 'differs',
        topic: options.webhooks.name,
        what: 'replication factor',
        expected: '2',
        found: '1',
      },
      {
        kind: 'differs',
        topic: options.deadLetters.name,
        what: 'max.message.bytes',
        expected: '1048576',
        found: '1114112',
      },
      {
        kind: 'differs',
        topic: options.deadLetters.name,
        what: 'max.message.bytes',
        expected: '2000000',
        found: '1114112',
      },
      ...['0s', '5s', '8h'].flatMap((delay) => [
        {
          kind: 'differs',
          topic: `${options.retries.prefix}.${delay}`,
          what: 'partitions',
          expected: '5',
          found: '3',
        },
        {
          kind: 'differs',
          topic: `${options.retries.prefix}.${delay}`,
          what: 'max.message.bytes',
          expected: '3000000',
          found: '1114112',
        },
      ]),
    ]
    expect(await createTopics(kafka, other)).toEqual({ created: [], findings })
    expect(await checkTopics(kafka, planTopics(options))).toEqual([])
  })

  it('with the wrong cleanup policy are reported', async () => {
    const options = freshTopics()
    await createTopics(kafka, planTopics(options))
    const [finding] = await checkTopics(
      kafka,
      planTopics({
        ...options,
        webhooks: { ...options.webhooks, name: options.deadLetters.name, maxMessageBytes: 1_114_112 },
      }),
    )
    expect(finding).toEqual({
      kind: 'differs',
      topic: options.deadLetters.name,
      what: 'cleanup.policy',
      expected: 'compact',
      found: 'delete',
    })
  })

  it('with more copies than brokers are refused with that reason', async () => {
    const options = freshTopics()
    const plans = planTopics({ ...options, events: { ...options.events, replicationFactor: 9 } })
    await expect(createTopics(kafka, plans)).rejects.toMatchObject({
      code: 'KAFKA_REFUSED',
      message: `Kafka at ${kafka.brokers.join(', ')}: ${options.events.name}: the cluster has fewer brokers than the replication factor asks for`,
    })
  })
})

describe('schemas', () => {
  it('are registered once, with BACKWARD compatibility', async () => {
    const run = randomUUID()
    const subjects = await readSchemaSubjects({
      events: `${run}.e`,
      webhooks: `${run}.w`,
      states: `${run}.s`,
      outcomes: `${run}.o`,
      facts: `${run}.f`,
      suspensions: `${run}.sus`,
      notices: `${run}.n`,
      retries: [`${run}.r.0s`, `${run}.r.5s`],
    })
    expect(subjects.map(({ subject }) => subject)).toEqual(
      ['e', 'w', 's', 'o', 'f', 'sus', 'n', 'r.0s', 'r.5s'].map((topic) => `${run}.${topic}-value`),
    )
    const allAre = (kind: string): readonly string[] => Array<string>(9).fill(kind)
    expect((await checkSchemas(registry, subjects)).map(({ kind }) => kind)).toEqual(allAre('absent'))
    const first = await registerSchemas(registry, subjects)
    expect(first.map(({ kind }) => kind)).toEqual(allAre('registered'))
    const again = await registerSchemas(registry, subjects)
    expect(again).toEqual(first.map((result) => ({ ...result, kind: 'unchanged' })))
    expect((await checkSchemas(registry, subjects)).map(({ kind }) => kind)).toEqual(allAre('latest'))
    expect(await askRegistry(registry, 'GET', `/config/${run}.e-value`)).toEqual({
      kind: 'accepted',
      body: { compatibilityLevel: 'BACKWARD' },
    })
  })

  it('that cannot follow the latest version are refused with the registry’s reason', async () => {
    const subject = `${randomUUID()}-value`
    const optional = { name: 'b', type: ['null', 'string'], default: null }
    const needed = { name: 'c', type: 'int' }
    await registerSchemas(registry, [{ subject, schema: record() }])
    expect(await checkSchemas(registry, [{ subject, schema: record(optional) }])).toEqual([
      { kind: 'compatible', subject },
    ])
    expect(await registerSchemas(registry, [{ subject, schema: record(optional) }])).toMatchObject([
      { kind: 'registered' },
    ])
    const incompatible = [{ kind: 'incompatible', subject, reason: expect.stringMatching(/fields/) }]
    expect(await checkSchemas(registry, [{ subject, schema: record(needed) }])).toEqual(incompatible)
    expect(await registerSchemas(registry, [{ subject, schema: record(needed) }])).toEqual(incompatible)
  })

  it('a wrong base path is told apart from a subject that is absent', async () => {
    const url = new URL(registry.url).origin
    await expect(
      checkSchemas({ ...registry, url }, [{ subject: 'x-value', schema: '{}' }]),
    ).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.stringContaining(
        `the schema registry at ${url} answers 404 to GET /subjects/x-value/versions/latest`,
      ),
    })
  })
})

describe('the commands', () => {
  it('make everything, check it, and end with 1 where something is missing', async () => {
    const topics = freshTopics()
    const environment = {
      CONFIG_FILES: 'config/demo.json',
      KAFKA_BROKERS: kafka.brokers.join(','),
      REGISTRY_URL: registry.url,
      TOPICS_EVENTS_NAME: topics.events.name,
      TOPICS_WEBHOOKS_NAME: topics.webhooks.name,
      TOPICS_STATES_NAME: topics.states.name,
      TOPICS_OUTCOMES_NAME: topics.outcomes.name,
      TOPICS_DEAD_LETTERS_NAME: topics.deadLetters.name,
      TOPICS_FACTS_NAME: topics.facts.name,
      TOPICS_SUSPENSIONS_NAME: topics.suspensions.name,
      TOPICS_NOTICES_NAME: topics.notices.name,
      TOPICS_RETRIES_PREFIX: topics.retries.prefix,
    }
    const run = async (...words: readonly string[]) => {
      const lines: string[] = []
      const line = (text: string) => void lines.push(text)
      const exitCode = await runCommandLine(words, {
        environment,
        out: line,
        err: line,
        style: 'plain',
        progress() {},
        ask: () => Promise.resolve(null),
        readInput: () => Promise.resolve(new Uint8Array()),
        untilUnread: never,
        untilInterrupted: never,
      })
      return { exitCode, lines }
    }
    const absent = await run('topics', 'check')
    expect(absent.exitCode).toBe(1)
    expect(absent.lines[0]).toBe(`${topics.events.name}: absent; make it with "topics create"`)
    expect(await run('topics', 'create')).toMatchObject({ exitCode: 0 })
    expect(await run('topics', 'check')).toMatchObject({ exitCode: 0 })
    expect(await run('schemas', 'check')).toMatchObject({ exitCode: 1 })
    expect(await run('schemas', 'register')).toMatchObject({ exitCode: 0 })
    expect(await run('schemas', 'check')).toMatchObject({ exitCode: 0 })
    environment.CONFIG_FILES = ''
    const differing = await run('topics', 'check')
    expect(differing.exitCode).toBe(1)
    // The waits of the demo are not those of the defaults, and so are the retry topics.
    expect(differing.lines).toEqual(
      expect.arrayContaining([
        `${topics.retries.prefix}.8h: absent; make it with "topics create"`,
        `${topics.events.name}: partitions is 4, the settings say 12; change one of the two`,
      ]),
    )
  })
})
