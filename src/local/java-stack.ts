// The stack as two JVMs on this machine: a Kafka node and the registry, started side by side. Invariant: either
// both are ready, or neither is left running and the error says which one failed and where its log is.
import { startJavaNode } from './java-node.ts'
import type { JavaNode } from './java-node.ts'
import { kafkaNode } from './kafka-node.ts'
import { registryNode, registryUrlOn, requireBackwardCompatibility } from './registry-node.ts'
import type { StackJars } from './stack-jars.ts'
import { freePort, stackHost } from './stack-ports.ts'

/** Where the two listen and what they keep. */
interface JavaStackOptions {
  readonly jars: StackJars
  readonly kafkaPort: number
  readonly registryPort: number
  readonly dataDir?: string | undefined
  readonly brokerProperties?: Readonly<Record<string, string>> | undefined
}

/** Two running JVMs. */
interface JavaStack {
  readonly brokers: readonly string[]
  readonly registryUrl: string
  readonly kafka: JavaNode
  readonly registry: JavaNode
  stop(): Promise<void>
}

/**
 * Starts Kafka and the registry and waits until both answer.
 * @throws {StackUnavailable} `not_ready`
 */
export async function startJavaStack(options: JavaStackOptions): Promise<JavaStack> {
  const { jars, kafkaPort, registryPort, dataDir, brokerProperties } = options
  const registryUrl = registryUrlOn(registryPort)
  const broker = kafkaNode(jars, {
    port: kafkaPort,
    controllerPort: await freePort(),
    ...(brokerProperties === undefined ? {} : { brokerProperties }),
  })
  const kafka = await startJavaNode(broker, jars, dataDir)
  const schemas = registryNode(jars, {
    port: registryPort,
    storage: dataDir === undefined ? 'memory' : 'file',
  })
  const registry = await startJavaNode(schemas, jars, dataDir)
  const failed = new Set<JavaNode>()
  const ready = (node: JavaNode) =>
    node.ready().catch((error: unknown) => {
      failed.add(node)
      throw error
    })
  try {
    await Promise.all([ready(kafka), ready(registry).then(() => requireBackwardCompatibility(registryUrl))])
  } catch (error) {
    await Promise.all([kafka, registry].map((node) => (failed.has(node) ? node.abandon() : node.stop())))
    throw error
  }
  return {
    brokers: [`${stackHost}:${kafkaPort}`],
    registryUrl,
    kafka,
    registry,
    async stop() {
      await Promise.all([kafka.stop(), registry.stop()])
    },
  }
}
