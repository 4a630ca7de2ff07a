// A worker as a process of its own, run from the command line as an operator would: it can be frozen and killed.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { freePort } from '../../src/local/stack-ports.ts'
import { until } from './until.ts'

const root = new URL('../../', import.meta.url).pathname

export interface WorkerProcess {
  readonly pid: number
  readonly opsPort: number
  /** All that it has printed. */
  output(): string
  freeze(): Promise<void>
  thaw(): void
  /** Sends the signal and resolves with the exit code; null = ended by the signal. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

/**
 * Resolves when /readyz says so. The process is killed with this one. `imports`: modules that Node.js loads into it
 * first, as paths within the repository or URLs.
 */
export async function startWorkerProcess(
  environment: Readonly<Record<string, string>>,
  imports: readonly string[] = [],
  readyWithinMs = 30_000,
): Promise<WorkerProcess> {
  const opsPort = await freePort()
  const chunks: Buffer[] = []
  const loaded = imports.map((name) => `--import=${new URL(name, `file://${root}`).href}`)
  const child = spawn(process.execPath, [...loaded, 'src/main.ts', 'worker'], {
    cwd: root,
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'info', ...environment, OPS_PORT: String(opsPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const output = (): string => Buffer.concat(chunks).toString('utf8')
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  child.once('exit', () => process.off('exit', killWithUs))
  const isUp = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`the worker ended with ${child.exitCode}: ${output()}`)
    return isReady(opsPort)
  }
  try {
    await until(isUp, 'the worker to be ready', readyWithinMs, output)
  } catch (error) {
    // Nobody else knows of it, and this process would wait for its output.
    child.kill('SIGKILL')
    throw error
  }
  return {
    pid: pidOf(child),
    opsPort,
    output,
    async freeze() {
      child.kill('SIGSTOP')
      await until(() => isStopped(pidOf(child)), 'the worker to stand still')
    },
    thaw: () => void child.kill('SIGCONT'),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process was not started')
  return child.pid
}

async function isReady(opsPort: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok
  } catch {
    return false
  }
}

/** The state letter stands behind the command's name in parentheses. */
async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
}
