// The stack as two containers of docker-compose.yml. `docker compose up` stays in the foreground as a tied
// process, so the containers are stopped with us, even when we are killed; a clean stop also removes them.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { registryUrlOn, requireBackwardCompatibility } from './registry-node.ts'
import { stackHost } from './stack-ports.ts'
import { brokerAnswers, registryAnswers, untilReady } from './stack-readiness.ts'
import { startTied } from './tied-process.ts'

/** Where the containers are reached. */
interface ComposeStackOptions {
  readonly kafkaPort: number
  readonly registryPort: number
  readonly brokerProperties?: Readonly<Record<string, string>> | undefined
}

/** Two running containers. */
interface ComposeStack {
  readonly brokers: readonly string[]
  readonly registryUrl: string
  stop(): Promise<void>
}

const composeFile = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url))

// The first start pulls the images.
const readyMs = 600_000
// Compose itself gives a container 10 s to end.
const graceSeconds = 20

/**
 * Starts the two services and waits until both answer.
 * @throws {StackUnavailable} `not_ready`
 */
export async function startComposeStack(options: ComposeStackOptions): Promise<ComposeStack> {
  const { kafkaPort, registryPort, brokerProperties = {} } = options
  const folder = await mkdtemp(join(tmpdir(), 'call-webhook-compose-'))
  const override = join(folder, 'override.json')
  await writeFile(override, JSON.stringify(composeOverride(brokerProperties)))
  // A project of its own, so that two stacks side by side do not take each other for an old version of themselves.
  const project = `call-webhook-${randomUUID().slice(0, 8)}`
  const compose = ['compose', '-p', project, '-f', composeFile, '-f', override]
  const environment = { KAFKA_PORT: String(kafkaPort), REGISTRY_PORT: String(registryPort) }
  const up = await startTied({
    title: 'docker compose',
    command: ['docker', ...compose, 'up', '--no-color', 'kafka', 'registry'],
    environment,
    logFile: join(folder, 'compose.log'),
    graceSeconds,
    removeOnEnd: folder,
  })
  const remove = async () => {
    // The composed files are needed until the containers are removed.
    await up.end()
    await promisify(execFile)('docker', [...compose, 'down', '--volumes'], {
      env: { ...process.env, ...environment },
    })
  }
  const registryUrl = registryUrlOn(registryPort)
  try {
    await Promise.all([
      untilReady(up, () => brokerAnswers(stackHost, kafkaPort), readyMs),
      untilReady(up, () => registryAnswers(registryUrl), readyMs),
    ])
    await requireBackwardCompatibility(registryUrl)
  } catch (error) {
    // What is wrong with the containers is in the first error, not in the failure to remove them.
    await remove().catch(() => undefined)
    throw error
  }
  return {
    brokers: [`${stackHost}:${kafkaPort}`],
    registryUrl,
    async stop() {
      await remove()
      await up.stop()
    },
  }
}

/** Broker properties as the environment of Kafka's image: dots become one underscore, `_` two, `-` three. */
export function composeOverride(brokerProperties: Readonly<Record<string, string>>): object {
  const environment = Object.fromEntries(
    Object.entries(brokerProperties).map(([name, value]) => [
      `KAFKA_${name.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_').toUpperCase()}`,
      // Compose would take a dollar sign for one of its own variables.
      value.replaceAll('$', '$$$$'),
    ]),
  )
  return { services: { kafka: { environment } } }
}
