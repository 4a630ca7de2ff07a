// Which way the stack is brought up: addresses that were given, else Docker, else Java, else a refusal that says
// what to install. Invariant: a decision only; it starts nothing, so each branch is tested without the programs.
import type { FoundJava, StackTools } from './stack-tools.ts'
import { oldestJava } from './stack-tools.ts'
import type { StackUnavailableCode } from './stack-unavailable.ts'

/** What bears on the choice. */
export interface OriginQuestion {
  readonly brokers?: readonly string[]
  readonly registryUrl?: string
  readonly dataDir?: string
  readonly origin?: 'auto' | 'compose' | 'java'
}

/** The way chosen, with what it needs. */
export type OriginChoice =
  | { readonly kind: 'given'; readonly brokers: readonly string[]; readonly registryUrl: string }
  | { readonly kind: 'compose' }
  | { readonly kind: 'java'; readonly java: FoundJava }
  | { readonly kind: 'refused'; readonly code: StackUnavailableCode; readonly reason: string }

/** Chooses, asking the machine only as far as needed. */
export async function chooseOrigin(question: OriginQuestion, tools: StackTools): Promise<OriginChoice> {
  const { brokers = [], registryUrl, dataDir, origin = 'auto' } = question
  if (brokers.length > 0 && registryUrl !== undefined) return { kind: 'given', brokers, registryUrl }
  if (brokers.length > 0) return refuse('addresses_incomplete', 'Brokers were given without registryUrl.')
  if (registryUrl !== undefined)
    return refuse('addresses_incomplete', 'registryUrl was given without brokers.')

  const [compose, java] = await Promise.all([
    origin === 'java' ? false : tools.composeAnswers(),
    origin === 'compose' ? undefined : tools.java(),
  ])
  if (compose && dataDir === undefined) return { kind: 'compose' }
  if (java !== undefined && java.major >= oldestJava) return { kind: 'java', java }
  if (compose) {
    return refuse(
      'option_unsupported',
      'dataDir needs the stack to run on Java: containers keep their own data.',
    )
  }
  return refuse('nothing_to_run_on', whatToInstall(origin, java))
}

function refuse(code: StackUnavailableCode, reason: string): OriginChoice {
  return { kind: 'refused', code, reason }
}

function whatToInstall(origin: 'auto' | 'compose' | 'java', java: FoundJava | undefined): string {
  const docker = 'a Docker engine whose command knows "docker compose"'
  const jvm = `Java ${oldestJava} or newer, with Maven (mvn)`
  const needed = { auto: `${docker}, or ${jvm}`, compose: docker, java: jvm }[origin]
  const found = java === undefined ? 'neither answers here' : `the Java found here is ${java.major}`
  return (
    `Kafka and the schema registry cannot be started: ${origin === 'auto' ? found : 'it does not answer here'}. ` +
    `Install ${needed}; or name a running Kafka and registry with brokers and registryUrl.`
  )
}
