// What the topics must be before a worker may rely on them: looked at once, before anything is consumed.
// Invariant: whoever passes cannot lose an acknowledged record with one broker, and can always answer an event
// with an outcome or a dead letter. What would break such a promise is told completely, a line each.
import type { KafkaConfig } from 'kafkajs'
import { headroomBytes } from './parked-record.ts'
import { withAdmin } from './admin-session.ts'
import { describeTopics } from './found-topic.ts'
import type { FoundTopic, LookedAt } from './found-topic.ts'
import { retryTopicsFor } from './retry-topics.ts'
import { leastRetryRetentionMs } from './topics.ts'

const roles = [
  'events',
  'webhooks',
  'states',
  'outcomes',
  'deadLetters',
  'facts',
  'suspensions',
  'notices',
] as const
export type TopicRole = (typeof roles)[number]

interface NamedTopic {
  readonly name: string
  readonly found: FoundTopic | null
}

export interface FoundTopics extends Readonly<Record<TopicRole, NamedTopic>> {
  readonly retries: readonly (NamedTopic & { readonly delayMs: number })[]
}

export interface StartupChecksOptions {
  /** As given to `new Kafka`. */
  readonly kafka: KafkaConfig
  readonly topics: Readonly<Record<TopicRole, { readonly name: string }>> & {
    readonly retries: { readonly prefix: string; readonly delaysMs: readonly number[] }
  }
  /** `warn`: too few copies are told and let pass. */
  readonly replication: 'enforce' | 'warn'
  /** Told for everything that was let pass. */
  warn(text: string): void
}

/** Refusal to start: the topics cannot carry what the worker promises. The text holds a line per reason. */
export class StartRefused extends Error {
  readonly code = 'START_REFUSED'
  readonly reasons: readonly string[]

  constructor(reasons: readonly string[]) {
    super(reasons.join('\n'))
    this.reasons = reasons
  }
}

/** One broker may be lost and another be restarted without losing a record or the ability to write. */
const leastReplicas = 3
const leastInSync = 2

/** Where a broker says that it is. */
export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

/** What was found on the way. */
export interface CheckedTopics {
  /** Of an event, at least its topic's largest record: longer ones came packed, and no retry topic would take them. */
  readonly maxEventBytes: number
  /** All of the cluster's. */
  readonly brokers: readonly BrokerAddress[]
}

/** @throws StartRefused; KafkaRefused where the brokers cannot be asked. */
export async function checkBeforeStart({
  kafka,
  topics,
  replication,
  warn,
}: StartupChecksOptions): Promise<CheckedTopics> {
  const retryTopics = retryTopicsFor(topics.retries.prefix, topics.retries.delaysMs)
  const names = [...roles.map((role) => topics[role].name), ...retryTopics.keys()]
  const { described, brokers } = await withAdmin(kafka, async (admin) => ({
    described: await describeTopics(admin, names),
    ...(await admin.describeCluster()),
  }))
  const named = (role: TopicRole) => ({
    name: topics[role].name,
    found: described.get(topics[role].name) ?? null,
  })
  const all: FoundTopics = {
    events: named('events'),
    webhooks: named('webhooks'),
    states: named('states'),
    outcomes: named('outcomes'),
    deadLetters: named('deadLetters'),
    facts: named('facts'),
    suspensions: named('suspensions'),
    notices: named('notices'),
    retries: Array.from(retryTopics, ([name, delayMs]) => ({
      name,
      delayMs,
      found: described.get(name) ?? null,
    })),
  }
  const tooFew = replicationFaults(all)
  const reasons = [...topicFaults(all), ...(replication === 'enforce' ? tooFew.map(withOverride) : [])]
  if (reasons.length > 0) throw new StartRefused(reasons)
  for (const fault of tooFew) warn(`${fault}; checks.replication is warn, so it is let pass`)
  const retryBytes = all.retries.map(({ found }) =>
    found === null ? 0 : numberOf(found, 'max.message.bytes'),
  )
  return { maxEventBytes: Math.min(...retryBytes) - headroomBytes, brokers }
}

/** Topics that are missing, or made for something else. Nothing lets these pass. */
export function topicFaults(topics: FoundTopics): readonly string[] {
  return [
    ...roles.flatMap((role) => {
      const { name, found } = topics[role]
      return found === null
        ? [
            `${name}: the topic is absent; make it with "topics create", or name another (topics.${role}.name)`,
          ]
        : []
    }),
    ...roles.flatMap((role) => cleanupFault(role, topics[role])),
    ...partitionsFault(topics.states, 'what was resumed could be paused again'),
    ...partitionsFault(topics.facts, 'a success could be overlooked'),
    ...partitionsFault(topics.suspensions, 'what was lifted could be suspended again'),
    ...sizeFault(topics.deadLetters, topics.events, 'the reason'),
    ...topics.retries.flatMap((topic) => retryFaults(topic, topics.events)),
  ]
}

/** Topics that a single broker can take records of acknowledged writes away from. */
export function replicationFaults(topics: FoundTopics): readonly string[] {
  return [...roles.map((role) => topics[role]), ...topics.retries].flatMap(({ name, found }) => {
    if (found === null) return []
    const inSync = numberOf(found, 'min.insync.replicas')
    return [
      ...(found.replicationFactor < leastReplicas
        ? [`${name}: replication factor is ${found.replicationFactor}; needed: at least ${leastReplicas}`]
        : []),
      ...(inSync < leastInSync
        ? [`${name}: min.insync.replicas is ${inSync}; needed: at least ${leastInSync}`]
        : []),
    ]
  })
}

function withOverride(fault: string): string {
  return `${fault}, or checks.replication (CHECKS_REPLICATION) = warn where losing records is acceptable`
}

const whyCleanup: Readonly<Record<TopicRole, string>> = {
  events: 'compaction would drop the start of a call for its end',
  webhooks: 'anything else forgets webhooks that nobody edits',
  states: 'anything else lifts pauses that nobody lifted',
  outcomes: 'compaction would keep one outcome per webhook',
  deadLetters: 'compaction would drop letters with equal keys',
  facts: 'it keeps what each process said last, and forgets it with its age',
  suspensions: 'anything else lifts suspensions that nobody lifted',
  notices: 'compaction would keep one notice per account',
}

const neededCleanup: Readonly<Record<TopicRole, string>> = {
  events: 'delete',
  webhooks: 'compact',
  states: 'compact',
  outcomes: 'delete',
  deadLetters: 'delete',
  facts: 'compact,delete',
  suspensions: 'compact',
  notices: 'delete',
}

function cleanupFault(role: TopicRole, { name, found }: FoundTopics[TopicRole]): readonly string[] {
  const needed = neededCleanup[role]
  const policy = found?.config['cleanup.policy']
  if (policy === undefined || policy.split(',').toSorted().join() === needed) return []
  return [`${name}: cleanup.policy is ${policy || 'empty'}; needed: ${needed}, because ${whyCleanup[role]}`]
}

/** Between partitions nothing says which of two records is the later. */
function partitionsFault({ name, found }: NamedTopic, otherwise: string): readonly string[] {
  if (found === null || found.partitions === 1) return []
  return [`${name}: has ${found.partitions} partitions; needed: 1, or ${otherwise}`]
}

/** `what` is written beside an event's own bytes. */
function sizeFault(
  { name, found }: NamedTopic,
  events: NamedTopic,
  what: 'the reason' | 'what is said of the delivery',
): readonly string[] {
  if (events.found === null || found === null) return []
  const needed = numberOf(events.found, 'max.message.bytes') + headroomBytes
  const bytes = numberOf(found, 'max.message.bytes')
  if (bytes >= needed) return []
  return [
    `${name}: max.message.bytes is ${bytes}; needed: at least ${needed}, which is that of ${events.name} and 64 KiB for ${what}`,
  ]
}

function retryFaults(
  { name, delayMs, found }: FoundTopics['retries'][number],
  events: NamedTopic,
): readonly string[] {
  if (found === null) return [`${name}: the topic is absent; make it with "topics create"`]
  const policy = found.config['cleanup.policy']
  const retentionMs = numberOf(found, 'retention.ms')
  const least = leastRetryRetentionMs(delayMs)
  const partitions = events.found?.partitions ?? 0
  return [
    ...(policy === undefined || policy === 'delete'
      ? []
      : [
          `${name}: cleanup.policy is ${policy || 'empty'}; needed: delete, because compaction would drop what is parked`,
        ]),
    ...(retentionMs === -1 || retentionMs >= least
      ? []
      : [
          `${name}: retention.ms is ${retentionMs}; needed: at least ${least}, which is twice its wait and 24 hours, or what is parked could be deleted before it is due`,
        ]),
    ...(found.partitions >= partitions
      ? []
      : [
          `${name}: has ${found.partitions} partitions; needed: at least ${partitions}, as many as ${events.name}`,
        ]),
    ...sizeFault({ name, found }, events, 'what is said of the delivery'),
  ]
}

/** A broker that does not tell a value is taken at its word for nothing: the check fails. */
function numberOf({ config }: FoundTopic, name: LookedAt): number {
  return Number(config[name] ?? 0)
}
