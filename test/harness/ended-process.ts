// The command line as a process that is expected to end: what it printed, with which code it ended, how long it took.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from './until.ts'

const root = new URL('../../', import.meta.url).pathname

export interface EndedProcess {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** Lines without the empty ones. */
  readonly out: readonly string[]
  readonly err: readonly string[]
  readonly tookMs: number
}

export interface Run {
  readonly words: readonly string[]
  /** Besides this, nothing is in the process's environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** Sends SIGTERM once its output holds this. */
  readonly interruptAt?: string
}

/** Killed with this process, and after a minute. */
export async function runToItsEnd({ words, environment = {}, interruptAt }: Run): Promise<EndedProcess> {
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, ['src/main.ts', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')))
  const closed = once(child, 'close')
  let interruptedAtMs = startedAtMs
  if (interruptAt !== undefined) {
    const seen = (): boolean => (out + err).includes(interruptAt) || child.exitCode !== null
    await until(seen, `"${interruptAt}" in the output`, 30_000, () => out + err)
    interruptedAtMs = performance.now()
    child.kill('SIGTERM')
  }
  await closed
  process.off('exit', killWithUs)
  return {
    exitCode: child.exitCode,
    signal: child.signalCode,
    out: out.split('\n').filter((line) => line !== ''),
    err: err.split('\n').filter((line) => line !== ''),
    tookMs: performance.now() - interruptedAtMs,
  }
}
