// What this machine has for running the stack, asked of the programs themselves: a docker command without an
// engine, or a Java that is too old, is as good as none. Nothing here changes anything.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

// A docker command may wait long for an engine on another machine.
const answerMs = 15_000

/** The oldest Java that Kafka 4 and the registry run on. */
export const oldestJava = 17

/** A Java found on the path. */
export interface FoundJava {
  readonly major: number
  /** Everything `java -version` says: a class archive serves one build only. */
  readonly version: string
}

/** Questions about the machine; a fake stands in for them in tests. */
export interface StackTools {
  /** Whether a Docker engine answers and its command knows `compose`. */
  composeAnswers(): Promise<boolean>
  java(): Promise<FoundJava | undefined>
  mavenAnswers(): Promise<boolean>
}

/** The programs on this process's path. */
export const stackTools: StackTools = {
  async composeAnswers() {
    const answers = await Promise.all([
      output('docker', ['version', '--format', '{{.Server.Version}}']),
      output('docker', ['compose', 'version']),
    ])
    return answers.every((answer) => answer !== undefined)
  },
  async java() {
    const version = await output('java', ['-version'])
    return version === undefined ? undefined : readJavaVersion(version)
  },
  async mavenAnswers() {
    return (await output('mvn', ['-v'])) !== undefined
  },
}

/** Reads `openjdk version "17.0.15" 2025-04-15`; before Java 9 the major number came second (`1.8.0`). */
export function readJavaVersion(version: string): FoundJava | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(version)?.[1]
  return found === undefined ? undefined : { major: Number(found), version }
}

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, args, { timeout: answerMs })
    return stdout + stderr
  } catch {
    return undefined
  }
}
