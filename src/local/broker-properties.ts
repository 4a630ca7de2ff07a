// The settings of the local Kafka node: those of a cluster of one that must be quick to start and to rebalance.
// Each deviation from Kafka's defaults has its reason beside it.
import { join } from 'node:path'
import { stackHost } from './stack-ports.ts'

/** Where a node listens and what its settings are changed by. */
export interface BrokerOptions {
  readonly port: number
  readonly controllerPort: number
  /** Kafka's own property names; they win over everything else. */
  readonly brokerProperties?: Readonly<Record<string, string>>
}

/** Kafka's jars in a cache entry; the JVM expands the star itself. */
export function kafkaClassPath(jarsFolder: string): string {
  return join(jarsFolder, 'kafka', '*')
}

/** The node's settings under Kafka's own names. */
export function brokerProperties(
  logDir: string,
  { port, controllerPort, brokerProperties: overrides = {} }: BrokerOptions,
): Readonly<Record<string, string>> {
  const broker = `PLAINTEXT://${stackHost}:${port}`
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${stackHost}:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${broker},CONTROLLER://${stackHost}:${controllerPort}`,
    'advertised.listeners': broker,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDir,
    // There is one node to hold replicas.
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // 50 by default: made on the first consumer's arrival, which then waits for all of them.
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.num.partitions': '4',
    // The default of 3 s waits for more members to join an empty group; here every consumer would wait.
    'group.initial.rebalance.delay.ms': '0',
    // A misspelt topic must fail here as it does on a cluster that is looked after.
    'auto.create.topics.enable': 'false',
    // Compaction is looked for four times a second instead of every 15 s, and with little to gain: a test of a
    // compacted topic waits for it.
    'log.cleaner.backoff.ms': '250',
    'log.cleaner.min.cleanable.ratio': '0.01',
    // 128 MB by default, a quarter of the heap given above.
    'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
    ...overrides,
  }
}

/** The text of a properties file; backslashes and line breaks in values are escaped as Java reads them. */
export function asProperties(properties: Readonly<Record<string, string>>): string {
  const lines = Object.entries(properties).map(([name, value]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
    return `${name}=${escaped}`
  })
  return `${lines.join('\n')}\n`
}
