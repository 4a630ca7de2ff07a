// Rules that bind several settings together; each alone is in range. One line per broken rule, with the
// environment names, because that is where most of them are set.
import type { Settings } from './schema.ts'
import { headroomBytes } from './sections-of-topics.ts'
import { environmentNameOf } from './setting.ts'

// An attempt that runs into its timeout still has to be written and committed within the drain.
const writeAfterTimeoutMs = 2_000

/** The faults of settings that contradict each other; empty when there are none. */
export function crossChecks(settings: Settings): readonly string[] {
  const { http, kafka, lanes, retry, shutdown } = settings
  const leastDrainMs = http.totalTimeoutMs + writeAfterTimeoutMs
  return [
    ...broken(
      kafka.heartbeatIntervalMs >= kafka.sessionTimeoutMs / 2,
      'kafka.heartbeatIntervalMs',
      `${kafka.heartbeatIntervalMs} is too long; allowed: below half of kafka.sessionTimeoutMs (${kafka.sessionTimeoutMs})`,
    ),
    ...broken(
      http.totalTimeoutMs < http.connectTimeoutMs,
      'http.totalTimeoutMs',
      `${http.totalTimeoutMs} is too short; allowed: at least http.connectTimeoutMs (${http.connectTimeoutMs})`,
    ),
    ...broken(
      shutdown.drainTimeoutMs < leastDrainMs,
      'shutdown.drainTimeoutMs',
      `${shutdown.drainTimeoutMs} is too short; allowed: at least ${leastDrainMs}, which is http.totalTimeoutMs and 2 s for writing what came of it`,
    ),
    ...broken(
      lanes.originConcurrency > http.connectionsPerOrigin,
      'lanes.originConcurrency',
      `${lanes.originConcurrency} is too many; allowed: at most http.connectionsPerOrigin (${http.connectionsPerOrigin}), or requests would wait for a connection with their time running`,
    ),
    ...broken(
      lanes.concurrency > lanes.originConcurrency,
      'lanes.concurrency',
      `${lanes.concurrency} is too many; allowed: at most lanes.originConcurrency (${lanes.originConcurrency})`,
    ),
    ...broken(
      [...retry.delays, ...retry.roomDelays].includes(retry.pauseDelay),
      'retry.pauseDelay',
      `"${retry.pauseDelay}" is taken; allowed: a wait that neither retry.delays nor retry.roomDelays has, or what is resumed would wait behind what is not paused`,
    ),
    ...loginFaults(settings),
    ...topicFaults(settings.topics),
  ]
}

function loginFaults({ kafka, registry }: Settings): readonly string[] {
  const login = kafka.sasl.mechanism !== 'none'
  const needed = `kafka.sasl.mechanism is ${kafka.sasl.mechanism}`
  return [
    ...broken(login && kafka.sasl.username === '', 'kafka.sasl.username', `missing, but ${needed}`),
    ...broken(login && kafka.sasl.password === '', 'kafka.sasl.password', `missing, but ${needed}`),
    ...broken(
      (kafka.ssl.certFile === '') !== (kafka.ssl.keyFile === ''),
      kafka.ssl.certFile === '' ? 'kafka.ssl.certFile' : 'kafka.ssl.keyFile',
      'missing; allowed: certificate and key together, or neither',
    ),
    ...broken(
      registry.username === '' && registry.password !== '',
      'registry.username',
      'missing, but registry.password is set',
    ),
  ]
}

function topicFaults(topics: Settings['topics']): readonly string[] {
  const named = {
    events: topics.events,
    webhooks: topics.webhooks,
    states: topics.states,
    outcomes: topics.outcomes,
    deadLetters: topics.deadLetters,
    facts: topics.facts,
    suspensions: topics.suspensions,
    notices: topics.notices,
  }
  const entries = Object.entries(named)
  const leastBytes = topics.events.maxMessageBytes + headroomBytes
  return [
    ...entries.flatMap(([key, topic], index) => {
      const twin = entries.slice(0, index).find(([, other]) => other.name === topic.name)
      return broken(
        twin !== undefined,
        `topics.${key}.name`,
        `"${topic.name}" is taken; allowed: a name other than topics.${twin?.[0]}.name`,
      )
    }),
    ...entries.flatMap(([key, topic]) =>
      broken(
        topic.replicationFactor < topics.minInsyncReplicas,
        `topics.${key}.replicationFactor`,
        `${topic.replicationFactor} is too few; allowed: at least topics.minInsyncReplicas (${topics.minInsyncReplicas})`,
      ),
    ),
    ...broken(
      topics.deadLetters.maxMessageBytes < leastBytes,
      'topics.deadLetters.maxMessageBytes',
      `${topics.deadLetters.maxMessageBytes} is too small; allowed: at least ${leastBytes}, which is topics.events.maxMessageBytes and 64 KiB for the reason`,
    ),
    ...broken(
      topics.retries.maxMessageBytes < leastBytes,
      'topics.retries.maxMessageBytes',
      `${topics.retries.maxMessageBytes} is too small; allowed: at least ${leastBytes}, which is topics.events.maxMessageBytes and 64 KiB for what is said of the delivery`,
    ),
    ...broken(
      topics.retries.replicationFactor < topics.minInsyncReplicas,
      'topics.retries.replicationFactor',
      `${topics.retries.replicationFactor} is too few; allowed: at least topics.minInsyncReplicas (${topics.minInsyncReplicas})`,
    ),
    ...entries.flatMap(([key, { name }]) =>
      broken(
        name.startsWith(`${topics.retries.prefix}.`),
        `topics.${key}.name`,
        `"${name}" looks like a retry topic; allowed: a name that does not begin with topics.retries.prefix ("${topics.retries.prefix}") and a dot`,
      ),
    ),
  ]
}

function broken(isBroken: boolean, name: string, sentence: string): readonly string[] {
  return isBroken ? [`${name} (${environmentNameOf(name)}): ${sentence}`] : []
}
