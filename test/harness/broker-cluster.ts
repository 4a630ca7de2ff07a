// Three real brokers on loopback, each a process of its own that is broker and controller at once, and a registry: each
// can be killed, ended and started again, as on a cluster that loses a machine or is restarted node by node.
// Invariant: a topic has a copy on every node and is written to two before a write is acknowledged, so any one node can
// be away.
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startJavaNode } from '../../src/local/java-node.ts'
import type { JavaNode, JavaNodeSpec } from '../../src/local/java-node.ts'
import { kafkaNode } from '../../src/local/kafka-node.ts'
import { registryNode, registryUrlOn, requireBackwardCompatibility } from '../../src/local/registry-node.ts'
import { stackJars } from '../../src/local/stack-jars.ts'
import type { StackJars } from '../../src/local/stack-jars.ts'
import { freePort, stackHost } from '../../src/local/stack-ports.ts'
import { stackTools } from '../../src/local/stack-tools.ts'
import { ClusterLeaders } from './cluster-leaders.ts'

export interface BrokerCluster {
  readonly nodes: readonly ClusterNode[]
  readonly leaders: ClusterLeaders
  /** Keeps its schemas over a restart. */
  readonly registry: ClusterServer
  readonly registryUrl: string
  /** A worker's settings on it: addresses and copies. */
  readonly environment: Readonly<Record<string, string>>
  node(id: number): ClusterNode
  stop(): Promise<void>
}

const nodeIds = [1, 2, 3] as const
const copies = String(nodeIds.length)
const inSync = String(nodeIds.length - 1)

/** Needs Java. `properties`: the brokers', besides those that make a cluster of them. */
export async function startBrokerCluster(
  properties: Readonly<Record<string, string>> = {},
): Promise<BrokerCluster> {
  const jars = await localJars()
  const started: JavaNode[] = []
  const start = async (spec: JavaNodeSpec): Promise<JavaNode> => {
    const node = await startJavaNode(spec, jars, undefined)
    started.push(node)
    return node
  }
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((node) => node.stop()))
  }
  const places: { id: number; port: number; controllerPort: number }[] = []
  const ports = await freePorts(2 * nodeIds.length + 1)
  for (const id of nodeIds) places.push({ id, port: ports.pop() ?? 0, controllerPort: ports.pop() ?? 0 })
  const [registryPort = 0] = ports
  const voters = places.map(({ id, controllerPort }) => `${id}@${stackHost}:${controllerPort}`).join()
  try {
    const nodes: ClusterNode[] = []
    for (const { id, ...place } of places) {
      const brokerProperties = { ...properties, ...propertiesOf(id, voters) }
      const node = await start(ofItsOwn(id, kafkaNode(jars, { ...place, brokerProperties })))
      nodes.push(new ClusterNode(id, `${stackHost}:${place.port}`, node))
    }
    const registry = await start(registryNode(jars, { port: registryPort, storage: 'file' }))
    await Promise.all(started.map((node) => node.ready()))
    const registryUrl = registryUrlOn(registryPort)
    await requireBackwardCompatibility(registryUrl)
    const brokers = nodes.map(({ address }) => address)
    return {
      nodes,
      leaders: new ClusterLeaders({ brokers }),
      registry: new ClusterServer(registry),
      registryUrl,
      environment: { KAFKA_BROKERS: brokers.join(), REGISTRY_URL: registryUrl, ...ofThreeCopies },
      node(id) {
        const found = nodes.find((each) => each.id === id)
        if (found === undefined) throw new Error(`there is no node ${id}`)
        return found
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A server that can be taken away. */
class ClusterServer {
  readonly #node: JavaNode

  constructor(node: JavaNode) {
    this.#node = node
  }

  get pid(): number {
    return this.#node.pid
  }

  /** As with its machine. Resolves when the process is gone. */
  async kill(): Promise<void> {
    process.kill(this.#node.pid, 'SIGKILL')
    await this.#node.abandon()
  }

  /** As an operator does: it hands over what it leads before it ends. */
  end(): Promise<void> {
    return this.#node.abandon()
  }

  /** Ends it unless it has ended, starts it on the same port and data; resolves when it answers. */
  restart(): Promise<void> {
    return this.#node.restart()
  }
}

/** A broker of the cluster. */
class ClusterNode extends ClusterServer {
  readonly id: number
  /** `host:port`. */
  readonly address: string

  constructor(id: number, address: string, node: JavaNode) {
    super(node)
    this.id = id
    this.address = address
  }
}

const ofThreeCopies = {
  CHECKS_REPLICATION: 'enforce',
  TOPICS_MIN_INSYNC_REPLICAS: inSync,
  TOPICS_EVENTS_REPLICATION_FACTOR: copies,
  TOPICS_WEBHOOKS_REPLICATION_FACTOR: copies,
  TOPICS_STATES_REPLICATION_FACTOR: copies,
  TOPICS_OUTCOMES_REPLICATION_FACTOR: copies,
  TOPICS_DEAD_LETTERS_REPLICATION_FACTOR: copies,
  TOPICS_FACTS_REPLICATION_FACTOR: copies,
  TOPICS_SUSPENSIONS_REPLICATION_FACTOR: copies,
  TOPICS_NOTICES_REPLICATION_FACTOR: copies,
  TOPICS_RETRIES_REPLICATION_FACTOR: copies,
} as const

function propertiesOf(id: number, voters: string): Readonly<Record<string, string>> {
  return {
    'node.id': String(id),
    'controller.quorum.voters': voters,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
  }
}

/** The formatted files are those of a node 1: each node's log directory says whose it is, and has an id of its own. */
function ofItsOwn(id: number, spec: JavaNodeSpec): JavaNodeSpec {
  return {
    ...spec,
    async prepare(folder) {
      await spec.prepare(folder)
      const file = join(folder, 'data', 'meta.properties')
      const directory = randomBytes(16).toString('base64url')
      const text = await readFile(file, 'utf8')
      await writeFile(
        file,
        text
          .replace(/^node\.id=.*$/m, `node.id=${id}`)
          .replace(/^directory\.id=.*$/m, `directory.id=${directory}`),
      )
    },
  }
}

async function localJars(): Promise<StackJars> {
  const java = await stackTools.java()
  if (java === undefined) throw new Error('a cluster of brokers needs Java, and none answers here')
  return stackJars({ java, tools: stackTools, onProgress: () => {} })
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}
