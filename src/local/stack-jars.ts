// The jars of the local stack in one cache folder, brought by Maven once per version of the pom.
// Invariant: an entry is complete or absent. It is made beside its place and moved there in one step, so an
// interrupted download is never taken for a finished one, and two that race both end with a whole entry.
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asProperties, brokerProperties, kafkaClassPath } from './broker-properties.ts'
import type { FoundJava, StackTools } from './stack-tools.ts'
import { StackUnavailable } from './stack-unavailable.ts'
import { notReady, startTied } from './tied-process.ts'

/** A complete cache entry. */
export interface StackJars {
  readonly folder: string
  /** The file name of the registry's executable jar. */
  readonly registryRunner: string
  /** What `java -version` said. */
  readonly javaVersion: string
}

/** What is needed to find or fill the cache. */
interface StackJarsQuestion {
  readonly java: FoundJava
  readonly tools: Pick<StackTools, 'mavenAnswers'>
  /** By default the user's cache folder. */
  readonly cacheDir?: string | undefined
  readonly onProgress: (line: string) => void
}

const pomFile = fileURLToPath(new URL('../../config/local-stack/pom.xml', import.meta.url))

// Kafka wants 16 bytes in base64url. Every local cluster may bear the same id: no two of them ever meet.
const clusterId = Buffer.from('call-webhook-dev').toString('base64url')

const goals = ['dependency:copy-dependencies@kafka', 'dependency:unpack@registry']

/** Leftovers of interrupted runs are removed after a day: no download takes that long. */
const abandonedMs = 24 * 3_600_000

/**
 * The jars, from the cache or the network.
 * @throws {StackUnavailable} `nothing_to_run_on` without Maven, `preparation_failed` with Maven's last lines
 */
export async function stackJars({
  java,
  tools,
  cacheDir,
  onProgress,
}: StackJarsQuestion): Promise<StackJars> {
  const cache = cacheDir ?? defaultCacheDir()
  const pom = await readFile(pomFile)
  const folder = join(cache, `stack-${createHash('sha256').update(pom).digest('hex').slice(0, 16)}`)
  if (!(await isFolder(folder))) {
    if (!(await tools.mavenAnswers())) {
      throw new StackUnavailable(
        'nothing_to_run_on',
        'Java is here, but Maven is not: install Maven (mvn), which downloads Kafka and the registry once.',
      )
    }
    onProgress('downloading Kafka and the registry (190 MB, once)…')
    await fill(cache, folder)
  }
  // Half a download, or half an archive of classes, of a run that was killed.
  await Promise.all([removeAbandoned(cache), removeAbandoned(folder)])
  const runner = (await readdir(join(folder, 'registry'))).find((name) => name.endsWith('-runner.jar'))
  if (runner === undefined) {
    throw new StackUnavailable(
      'preparation_failed',
      `${folder} holds no registry: remove it, and it is downloaded again.`,
    )
  }
  return { folder, registryRunner: runner, javaVersion: java.version }
}

/** `$XDG_CACHE_HOME`, or `.cache` in the home folder. */
export function defaultCacheDir(): string {
  const base = process.env['XDG_CACHE_HOME']
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'call-webhook-worker')
}

async function fill(cache: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const partial = await mkdtemp(`${folder}.partial-`)
  try {
    await download(partial, cache)
    await format(partial, cache)
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    // Another start may have finished first; its entry is as good.
    if (!(await isFolder(folder))) throw error
  }
}

function download(folder: string, cache: string): Promise<void> {
  return runOnce('Maven', ['mvn', '-q', '-B', '-f', pomFile, `-Dstack.home=${folder}`, ...goals], cache)
}

/** Formats a log directory once; its files hold no port and no path, so every start copies them. */
async function format(folder: string, cache: string): Promise<void> {
  const formatted = join(folder, 'formatted')
  const settings = join(folder, 'format.properties')
  await mkdir(formatted)
  // The ports are only written down, not listened on.
  await writeFile(settings, asProperties(brokerProperties(formatted, { port: 1, controllerPort: 2 })))
  const tool = ['-cp', kafkaClassPath(folder), 'kafka.tools.StorageTool', 'format']
  await runOnce("Kafka's storage tool", ['java', ...tool, '-t', clusterId, '-c', settings], cache)
}

// The log of a step that failed stays, for the error names it, until it counts as abandoned.
async function runOnce(title: string, command: readonly string[], cache: string): Promise<void> {
  const logs = await mkdtemp(join(cache, 'log.partial-'))
  const process = await startTied({ title, command, logFile: join(logs, 'output.log'), graceSeconds: 2 })
  const code = await process.ended
  if (code !== 0) {
    const { message } = await notReady(process, `ended with exit code ${code}`)
    throw new StackUnavailable('preparation_failed', message)
  }
  await rm(logs, { recursive: true })
}

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.includes('.partial-')) continue
    const path = join(cache, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > abandonedMs)
      await rm(path, { recursive: true, force: true })
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
