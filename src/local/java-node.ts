// One Java server of the local stack: its folder, its life, and the archive of loaded classes that halves its
// start. Invariant: a folder made here is gone after stop(), and stays when the start failed, for its log.
import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { StackJars } from './stack-jars.ts'
import { untilReady } from './stack-readiness.ts'
import { startTied } from './tied-process.ts'

/** What tells one Java server from another. */
export interface JavaNodeSpec {
  readonly title: string
  /** Names its folder, log and class archive. */
  readonly name: 'kafka' | 'registry'
  readonly jvmFlags: readonly string[]
  /** Writes what the server reads at its start. */
  prepare(folder: string): Promise<void>
  /** Class path, main class and arguments. */
  program(folder: string): readonly string[]
  answers(): Promise<boolean>
}

/** A Java server that has been started. */
export interface JavaNode {
  /** The JVM's process id; another one after a restart. */
  readonly pid: number
  /** @throws {StackUnavailable} `not_ready` */
  ready(): Promise<void>
  /** Ends it if it still runs, starts it again on the same data and port, and waits until it is ready. */
  restart(): Promise<void>
  stop(): Promise<void>
  /** Ends it and leaves its folder, so that its log can be read. */
  abandon(): Promise<void>
}

// Measured here: 1 to 3 s idle. A busy machine may take ten times as long, and then this is all that fails.
const readyMs = 60_000
// An idle broker ends within half a second.
const graceSeconds = 8
// Writing the archive of classes at the first end takes 3 s on an idle machine.
const recordingGraceSeconds = 30
// 128 + SIGTERM: a JVM that was killed may have written half an archive, one that failed has loaded too little.
const endedAsAsked = 143

/** Starts a server. `dataDir` is kept; without it a temporary folder is made, and removed in the end. */
export async function startJavaNode(
  spec: JavaNodeSpec,
  jars: StackJars,
  dataDir: string | undefined,
): Promise<JavaNode> {
  const folder =
    dataDir === undefined
      ? await mkdtemp(join(tmpdir(), `call-webhook-${spec.name}-`))
      : join(resolve(dataDir), spec.name)
  await mkdir(folder, { recursive: true })
  await spec.prepare(folder)

  const launch = async () => {
    const archive = await classArchive(jars, spec.name)
    const process = await startTied({
      title: spec.title,
      command: ['java', ...archive.flags, ...spec.jvmFlags, ...spec.program(folder)],
      logFile: join(folder, `${spec.name}.log`),
      graceSeconds: archive.recording ? recordingGraceSeconds : graceSeconds,
      ...(dataDir === undefined ? { removeOnEnd: folder } : {}),
    })
    return { archive, process }
  }
  let current = await launch()
  let wasReady = false

  const ready = async () => {
    await untilReady(current.process, () => spec.answers(), readyMs)
    wasReady = true
  }
  const end = async (how: 'stop' | 'end') => {
    const exitCode = await current.process[how]()
    await current.archive.settle(wasReady && exitCode === endedAsAsked ? 'keep' : 'drop')
  }
  return {
    get pid() {
      return current.process.pid
    },
    ready,
    async restart() {
      await end('end')
      wasReady = false
      current = await launch()
      await ready()
    },
    stop: () => end('stop'),
    abandon: () => end('end'),
  }
}

interface ClassArchive {
  readonly flags: readonly string[]
  readonly recording: boolean
  /** What becomes of a recording, once the process has ended. */
  settle(verdict: 'keep' | 'drop'): Promise<void>
}

// The JVM ignores an archive that does not fit its build or class path, so a stale one costs time, never truth.
async function classArchive(jars: StackJars, name: string): Promise<ClassArchive> {
  const build = createHash('sha256').update(jars.javaVersion).digest('hex').slice(0, 12)
  const file = join(jars.folder, `${name}-${build}.jsa`)
  if (await exists(file)) {
    return { flags: [`-XX:SharedArchiveFile=${file}`], recording: false, settle: () => Promise.resolve() }
  }
  const partial = `${file}.partial-${randomUUID()}`
  return {
    flags: [`-XX:ArchiveClassesAtExit=${partial}`],
    recording: true,
    async settle(verdict) {
      if (!(await exists(partial))) return
      await (verdict === 'keep' ? rename(partial, file) : rm(partial))
    },
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
