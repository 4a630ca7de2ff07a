// What the brokers really answer about topics, and that a refused start leaves nothing behind.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Kafka } from 'kafkajs'
import { checkBeforeStart, StartRefused } from '../../src/kafka/startup-checks.ts'
import type { TopicRole } from '../../src/kafka/startup-checks.ts'
import { freePort } from '../../src/local/stack-ports.ts'
import { madeTopics } from '../harness/made-topics.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import { clientOptions } from './compacted-topic.ts'

type Role = TopicRole | 'retries.0s' | 'retries.5s'
type Configs = Readonly<Record<Role, Record<string, string> | null>>

const retryConfig = {
  'cleanup.policy': 'delete',
  'retention.ms': '90000000',
  'max.message.bytes': '2000000',
}

const good: Configs = {
  events: { 'cleanup.policy': 'delete' },
  webhooks: { 'cleanup.policy': 'compact' },
  states: { 'cleanup.policy': 'compact' },
  outcomes: { 'cleanup.policy': 'delete' },
  deadLetters: { 'cleanup.policy': 'delete', 'max.message.bytes': '2000000' },
  facts: { 'cleanup.policy': 'compact,delete' },
  suspensions: { 'cleanup.policy': 'compact' },
  notices: { 'cleanup.policy': 'delete' },
  'retries.0s': retryConfig,
  'retries.5s': retryConfig,
}

const ofOne: ReadonlySet<Role> = new Set(['states', 'facts', 'suspensions'])

/** Makes the topics that are not null, and answers what the check is told. */
async function topicsWith(configs: Configs) {
  const run = randomUUID().slice(0, 8)
  const nameOf = (role: Role): string => `checked-${run}-${role}`
  const admin = new Kafka(clientOptions()).admin()
  await admin.connect()
  await madeTopics(
    admin,
    (Object.keys(configs) as Role[]).flatMap((role) => {
      const config = configs[role]
      const configEntries = Object.entries(config ?? {}).map(([name, value]) => ({ name, value }))
      return config === null
        ? []
        : [{ topic: nameOf(role), numPartitions: ofOne.has(role) ? 1 : 2, configEntries }]
    }),
  )
  await admin.disconnect()
  const { brokers } = clientOptions()
  return {
    nameOf,
    kafka: { brokers },
    topics: {
      events: { name: nameOf('events') },
      webhooks: { name: nameOf('webhooks') },
      states: { name: nameOf('states') },
      outcomes: { name: nameOf('outcomes') },
      deadLetters: { name: nameOf('deadLetters') },
      facts: { name: nameOf('facts') },
      suspensions: { name: nameOf('suspensions') },
      notices: { name: nameOf('notices') },
      retries: { prefix: `checked-${run}-retries`, delaysMs: [5_000] },
    },
  }
}

async function reasonsOf(checking: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await checking.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof StartRefused)) throw new Error('the start was not refused', { cause: error })
  expect(error.code).toBe('START_REFUSED')
  expect(error.message.split('\n')).toEqual(error.reasons)
  return error.reasons
}

describe('the checks before a start', () => {
  it('refuse topics of one copy, unless they are told to warn', async () => {
    const { nameOf, ...checked } = await topicsWith(good)
    const warnings: string[] = []
    const warn = (text: string) => void warnings.push(text)
    const reasons = await reasonsOf(checkBeforeStart({ ...checked, replication: 'enforce', warn }))
    expect(reasons).toHaveLength(20)
    expect(reasons[0]).toMatch(`${nameOf('events')}: replication factor is 1; needed: at least 3, or checks.`)
    expect(warnings).toEqual([])
    await checkBeforeStart({ ...checked, replication: 'warn', warn })
    expect(warnings).toHaveLength(20)
    expect(warnings[19]).toBe(
      `${nameOf('retries.5s')}: min.insync.replicas is 1; needed: at least 2; checks.replication is warn, so it is let pass`,
    )
  })

  it('refuse everything else whatever they are told, all reasons at once', async () => {
    const { nameOf, ...checked } = await topicsWith({
      events: { 'cleanup.policy': 'compact', 'max.message.bytes': '3000000' },
      webhooks: { 'cleanup.policy': 'compact,delete' },
      states: good.states,
      outcomes: null,
      deadLetters: good.deadLetters,
      facts: good.facts,
      suspensions: good.suspensions,
      notices: good.notices,
      'retries.0s': null,
      'retries.5s': { ...retryConfig, 'retention.ms': '60000' },
    })
    const warn = (): void => {}
    expect(await reasonsOf(checkBeforeStart({ ...checked, replication: 'warn', warn }))).toEqual([
      `${nameOf('outcomes')}: the topic is absent; make it with "topics create", or name another (topics.outcomes.name)`,
      `${nameOf('events')}: cleanup.policy is compact; needed: delete, because compaction would drop the start of a call for its end`,
      `${nameOf('webhooks')}: cleanup.policy is compact,delete; needed: compact, because anything else forgets webhooks that nobody edits`,
      `${nameOf('deadLetters')}: max.message.bytes is 2000000; needed: at least 3065536, which is that of ${nameOf('events')} and 64 KiB for the reason`,
      `${nameOf('retries.0s')}: the topic is absent; make it with "topics create"`,
      `${nameOf('retries.5s')}: retention.ms is 60000; needed: at least 86410000, which is twice its wait and 24 hours, or what is parked could be deleted before it is due`,
      `${nameOf('retries.5s')}: max.message.bytes is 2000000; needed: at least 3065536, which is that of ${nameOf('events')} and 64 KiB for what is said of the delivery`,
    ])
  })
})

describe('a registry that is away at the start', () => {
  it('is waited for: not ready meanwhile, and ready once it answers', async () => {
    const { host, pathname } = new URL(process.env['TEST_REGISTRY_URL'] ?? '')
    const proxy = await startTcpProxy(host)
    const opsPort = await freePort()
    const rig = await startWorkerRig({
      REGISTRY_URL: `http://${proxy.host}:${proxy.port}${pathname}`,
      OPS_PORT: String(opsPort),
    })
    const readyz = async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).status
    proxy.become('refuse')
    proxy.cut()
    const refusedBefore = proxy.accepted
    const starting = rig.startWorker()
    await until(() => proxy.accepted >= refusedBefore + 4, 'four questions in vain')
    expect(await readyz()).toBe(503)
    proxy.become('pass')
    await starting
    await until(async () => (await readyz()) === 200, 'the worker to be ready')
    await rig.stop()
    await proxy.stop()
  })
})
