// The settings of what the worker reads from and belongs to: brokers, registry, group, where it starts.
import * as is from './formats.ts'
import { secret, setting } from './setting.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const mebibyte = 1_048_576

export const sectionsOfKafka = {
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
      // Who dies while the group deals anew is noticed only this long after it has dealt, which it does this long after the
      // death that made it: two deaths take two silences, and 15 s is how long it may take until all are served again.
      8_000,
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
}
