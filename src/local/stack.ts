// One call that brings up everything the worker talks to: a real Kafka and a real schema registry. The demo, the
// command line and the tests share it, so that what is tried at a desk is what is tested.
import { startComposeStack } from './compose-stack.ts'
import { startJavaStack } from './java-stack.ts'
import { stackJars } from './stack-jars.ts'
import { chooseOrigin } from './stack-origin.ts'
import type { OriginChoice } from './stack-origin.ts'
import { claimPort, defaultKafkaPort, defaultRegistryPort, stackHost } from './stack-ports.ts'
import { stackTools } from './stack-tools.ts'
import { StackUnavailable } from './stack-unavailable.ts'

/** A server that faults can be injected into; there is one only where the stack runs on Java. */
export interface StackServer {
  /** The JVM's process id, for signals; another one after a restart. */
  readonly pid: number
  /** Ends the server unless it has ended, starts it again on the same port and data, waits until it answers. */
  restart(): Promise<void>
}

/** A Kafka and a registry that answer. */
export interface LocalStack {
  readonly brokers: readonly string[]
  /** With the base path that Confluent's API stands under. */
  readonly registryUrl: string
  /** where the stack came from */
  readonly origin: 'given' | 'compose' | 'java'
  readonly kafka?: StackServer
  /** Its schemas are gone after a restart unless `dataDir` was given. */
  readonly registry?: StackServer
  /** Ends what was started and removes its data, unless `dataDir` was given. Safe to call twice. */
  stop(): Promise<void>
}

/** What may be chosen; everything has a default. */
export interface LocalStackOptions {
  /** Use these, start nothing; needs `registryUrl`. */
  brokers?: readonly string[]
  registryUrl?: string
  /** Default 9092; 0 = any free port. */
  kafkaPort?: number
  /** Default 8081; 0 = any free port. */
  registryPort?: number
  /** Keeps records and schemas across starts; needs Java. Default: a temporary folder, removed at the end. */
  dataDir?: string
  /** Where downloads are kept. Default: the user's cache folder. */
  cacheDir?: string
  origin?: 'auto' | 'compose' | 'java'
  /** Kafka's own property names; they win over the launcher's. */
  brokerProperties?: Readonly<Record<string, string>>
  onProgress?: (line: string) => void
}

/**
 * Starts the stack, or takes the addresses given.
 * @throws {StackUnavailable} with what to install or to change
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const onProgress = options.onProgress ?? (() => undefined)
  const beganMs = performance.now()
  const choice = await chooseOrigin(options, stackTools)
  const stack = await bringUp(choice, options, onProgress)
  if (choice.kind !== 'given') {
    onProgress(`ready in ${((performance.now() - beganMs) / 1000).toFixed(1)} s`)
  }
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= stack.stop())
  return { ...stack, stop }
}

async function bringUp(
  choice: OriginChoice,
  options: LocalStackOptions,
  onProgress: (line: string) => void,
): Promise<LocalStack> {
  switch (choice.kind) {
    case 'refused':
      throw new StackUnavailable(choice.code, choice.reason)
    case 'given': {
      const { brokers, registryUrl } = choice
      return { brokers, registryUrl, origin: 'given', stop: () => Promise.resolve() }
    }
    case 'compose': {
      const ports = await claimPorts(options)
      onProgress(`starting ${addresses(ports)}, in Docker…`)
      const stack = await startComposeStack({ ...ports, brokerProperties: options.brokerProperties })
      return { ...stack, origin: 'compose' }
    }
    case 'java': {
      // Before the download: a port that is taken should not be learnt of after minutes.
      const ports = await claimPorts(options)
      const { cacheDir, dataDir, brokerProperties } = options
      const jars = await stackJars({ java: choice.java, tools: stackTools, cacheDir, onProgress })
      onProgress(`starting ${addresses(ports)}…`)
      const stack = await startJavaStack({ jars, ...ports, dataDir, brokerProperties })
      return { ...stack, origin: 'java' }
    }
  }
}

interface Ports {
  readonly kafkaPort: number
  readonly registryPort: number
}

function addresses({ kafkaPort, registryPort }: Ports): string {
  return `Kafka on ${stackHost}:${kafkaPort} and the schema registry on ${stackHost}:${registryPort}`
}

async function claimPorts({
  kafkaPort = defaultKafkaPort,
  registryPort = defaultRegistryPort,
}: LocalStackOptions): Promise<Ports> {
  return {
    kafkaPort: await claimPort({ port: kafkaPort, owner: 'Kafka', option: 'kafkaPort' }),
    registryPort: await claimPort({
      port: registryPort,
      owner: 'The schema registry',
      option: 'registryPort',
    }),
  }
}
