// Every setting of the worker: what it is for, what it may be, and what it is when nobody says anything.
// Invariant: each default passes its own format, and the defaults together pass the cross checks, so a worker
// without any file or variable is a working one. The README's table is made from this tree.
import * as is from './formats.ts'
import type { SettingsOf } from './setting.ts'
import { secret, setting } from './setting.ts'
import { version } from './version.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const mebibyte = 1_048_576

const partitions = is.wholeNumber(1, 10_000)
const replicas = is.wholeNumber(1, 32)
// Kafka knows -1 as "for ever"; a topic that never forgets fills its disks, so that is not offered.
const retentionMs = is.wholeNumber(minuteMs, 3_650 * dayMs)
const recordBytes = is.wholeNumber(16_384, 64 * mebibyte)

/** Room beside a dead letter's own bytes for the headers that say why it is one. */
export const deadLetterHeadroomBytes = 65_536

export const settingsTree = {
  kafka: {
    brokers: setting(is.brokerList, ['127.0.0.1:9092'], 'Kafka brokers to ask first'),
    clientId: setting(
      is.filledText,
      'call-webhook-worker',
      'Name of this program in the brokers’ logs and quotas',
    ),
    ssl: {
      enabled: setting(is.flag, false, 'Talk TLS to the brokers; certificates are always verified'),
      caFile: setting(is.text, '', 'PEM file of the authority to trust; empty: the ones Node.js trusts'),
      certFile: setting(is.text, '', 'PEM file of this worker’s certificate, with kafka.ssl.keyFile'),
      keyFile: setting(is.text, '', 'PEM file of the private key, with kafka.ssl.certFile'),
    },
    sasl: {
      mechanism: setting(
        is.oneOf('none', 'plain', 'scram-sha-256', 'scram-sha-512'),
        'none',
        'How the worker logs in to the brokers',
      ),
      username: setting(is.text, '', 'User name at the brokers'),
      password: secret(is.text, 'Password at the brokers'),
    },
    connectionTimeoutMs: setting(is.wholeNumber(500, 60_000), 5_000, 'Time to connect to a broker'),
    requestTimeoutMs: setting(is.wholeNumber(1_000, 120_000), 10_000, 'Time for a broker’s answer'),
    sessionTimeoutMs: setting(
      is.wholeNumber(6_000, 300_000),
      10_000,
      'Silence after which the group gives a worker’s partitions to others',
    ),
    heartbeatIntervalMs: setting(
      is.wholeNumber(100, 60_000),
      1_000,
      'How often a worker tells the group it lives',
    ),
    rebalanceTimeoutMs: setting(
      is.wholeNumber(6_000, 600_000),
      60_000,
      'Time for all workers to finish what they hold when partitions are dealt anew',
    ),
    giveUpMs: setting(
      is.wholeNumber(10_000, 24 * hourMs),
      10 * minuteMs,
      'The worker ends, for its orchestrator to start it anew, after this long without an answer from the group',
    ),
    maxWaitMs: setting(is.wholeNumber(10, 5_000), 500, 'Longest wait of a fetch for new records'),
    maxBytesPerPartition: setting(
      is.wholeNumber(16_384, 64 * mebibyte),
      262_144,
      'Fetched per partition at once',
    ),
    maxBytes: setting(is.wholeNumber(65_536, 256 * mebibyte), 4 * mebibyte, 'Fetched per broker at once'),
  },
  registry: {
    url: setting(is.webAddress, 'http://127.0.0.1:8081/apis/ccompat/v7', 'Schema registry (Confluent’s API)'),
    username: setting(is.text, '', 'User name at the registry'),
    password: secret(is.text, 'Password at the registry'),
    startWithinMs: setting(
      is.wholeNumber(1_000, dayMs),
      25_000,
      'How long a start waits, not ready, for a registry that is away, before it gives up',
    ),
  },
  group: {
    id: setting(
      is.filledText,
      'call-webhook-worker',
      'Consumer group: workers of one group share the partitions',
    ),
  },
  start: {
    from: setting(
      is.startingPoint,
      '',
      'Where a group without offsets begins: `earliest`, `latest` or a time; needed only then',
    ),
  },
  checks: {
    replication: setting(
      is.oneOf('enforce', 'warn'),
      'enforce',
      'Topics with fewer than 3 copies or `min.insync.replicas` below 2: refuse to start, or only warn',
    ),
  },
  topics: {
    minInsyncReplicas: setting(replicas, 2, 'Replicas that must have a record before it counts as written'),
    events: {
      name: setting(is.topicName, 'call-events', 'Topic of call events'),
      partitions: setting(partitions, 12, 'Its partitions: the most workers that can share it'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(retentionMs, 7 * dayMs, 'How long it keeps a record'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    webhooks: {
      name: setting(is.topicName, 'webhook-configs', 'Compacted topic of webhooks; always one partition'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    outcomes: {
      name: setting(is.topicName, 'webhook-outcomes', 'Topic of outcomes'),
      partitions: setting(partitions, 12, 'Its partitions'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(retentionMs, 30 * dayMs, 'How long it keeps a record'),
      maxMessageBytes: setting(recordBytes, mebibyte, 'Its largest record'),
    },
    deadLetters: {
      name: setting(is.topicName, 'webhook-dead-letters', 'Topic of records that cannot be understood'),
      partitions: setting(partitions, 1, 'Its partitions'),
      replicationFactor: setting(replicas, 3, 'Its copies'),
      retentionMs: setting(retentionMs, 30 * dayMs, 'How long it keeps a record'),
      maxMessageBytes: setting(
        recordBytes,
        mebibyte + deadLetterHeadroomBytes,
        'Its largest record; at least 64 KiB more than topics.events.maxMessageBytes',
      ),
    },
  },
  http: {
    connectTimeoutMs: setting(
      is.wholeNumber(100, 30_000),
      5_000,
      'Time to connect to a receiver, TLS included',
    ),
    totalTimeoutMs: setting(
      is.wholeNumber(100, 30_000),
      10_000,
      'Time for one attempt, to the answer’s last byte',
    ),
    maxResponseBytes: setting(is.wholeNumber(0, mebibyte), 65_536, 'Read of an answer at most'),
    connectionsPerOrigin: setting(is.wholeNumber(1, 1_024), 64, 'Connections to one receiver at once'),
    keepAliveMs: setting(is.wholeNumber(1, 600_000), 4_000, 'How long an idle connection is kept'),
    userAgent: setting(
      is.filledText,
      `call-webhook-worker/${version}`,
      'The User-Agent header of every request',
    ),
    excerpts: setting(is.flag, true, 'Keep the first characters of an answer in the outcome, values masked'),
  },
  retry: {
    quickTries: setting(is.wholeNumber(0, 5), 2, 'Quick tries after a first attempt that failed fast'),
    quickWaitMs: setting(
      is.wholeNumber(1, 10_000),
      250,
      'A quick try waits a random time below this; twice as much before each further one',
    ),
    quickFailureWithinMs: setting(
      is.wholeNumber(1, 30_000),
      1_000,
      'A failure seen later than this gets no quick try',
    ),
    quickWindowMs: setting(
      is.wholeNumber(1, 60_000),
      5_000,
      'A quick try begins within this time of the first attempt',
    ),
    retriedStatuses: setting(
      is.statusList,
      ['408', '425', '429', '5xx'],
      'Answers after which it is tried again',
    ),
    mendedStatuses: setting(
      is.statusList,
      ['3xx', '401', '403', '404', '405', '409', '415'],
      'Answers that the client has to mend: no quick tries',
    ),
  },
  horizon: {
    callStartMs: setting(
      is.wholeNumber(1_000, 30 * dayMs),
      10 * minuteMs,
      'A call start is not delivered later',
    ),
    callEndMs: setting(is.wholeNumber(1_000, 30 * dayMs), dayMs, 'A call end is not delivered later'),
    clockToleranceMs: setting(
      is.wholeNumber(0, dayMs),
      5 * minuteMs,
      'An event’s time further than this from its record’s is not believed',
    ),
  },
  fanout: { limit: setting(is.wholeNumber(1, 100_000), 1_000, 'Webhooks that one event may match') },
  inFlight: {
    maxDeliveries: setting(
      is.wholeNumber(1, 100_000),
      1_024,
      'Deliveries under way at once, waiting ones included',
    ),
    maxBytes: setting(
      is.wholeNumber(mebibyte, 4_096 * mebibyte),
      64 * mebibyte,
      'Bytes of events under way at once',
    ),
    queuedRecordsPerPartition: setting(
      is.wholeNumber(1, 100_000),
      500,
      'Records read ahead of one partition before it is paused',
    ),
  },
  commit: { intervalMs: setting(is.wholeNumber(50, 60_000), 500, 'Time between two commits of offsets') },
  shutdown: {
    drainTimeoutMs: setting(
      is.wholeNumber(100, 600_000),
      30_000,
      'Time to finish what is under way at a stop; at least 2 s more than http.totalTimeoutMs',
    ),
  },
  outcomes: {
    lingerMs: setting(is.wholeNumber(0, 1_000), 5, 'How long an outcome waits for others to be written with'),
    // Beyond a few hundred records the client spends more time on one write than it saves on the next.
    maxBatch: setting(is.wholeNumber(1, 500), 500, 'Outcomes per write at most'),
  },
  ops: {
    host: setting(is.filledText, '127.0.0.1', 'Address on which metrics and health are served'),
    port: setting(is.wholeNumber(0, 65_535), 9_464, 'Its port; 0: a free one'),
  },
  log: {
    level: setting(
      is.oneOf('debug', 'info', 'warn', 'error', 'silent'),
      'info',
      'Least level that is logged',
    ),
  },
  worker: {
    id: setting(is.text, '', 'Name of this process in outcomes and logs; empty: host name and process id'),
  },
}

/** All settings, checked and deep-frozen. `worker.id` is never empty in it. */
export type Settings = SettingsOf<typeof settingsTree>
