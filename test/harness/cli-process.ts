// A command as a process of its own, as an operator runs it: it can be killed, and its output cut off.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const root = new URL('../../', import.meta.url).pathname

export interface CliProcess {
  readonly pid: number
  out(): string
  err(): string
  kill(signal: 'SIGKILL' | 'SIGINT' | 'SIGSTOP' | 'SIGCONT'): void
  /** Nobody reads what it prints any more. */
  hangUp(): void
  /** Its exit code; null: ended by a signal. */
  readonly ended: Promise<number | null>
}

export function startCli(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): CliProcess {
  const child = spawn(process.execPath, ['src/main.ts', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const closed = once(child, 'close')
  return {
    pid: child.pid ?? 0,
    out: () => Buffer.concat(out).toString('utf8'),
    err: () => Buffer.concat(err).toString('utf8'),
    kill: (signal) => void child.kill(signal),
    hangUp: () => child.stdout.destroy(),
    ended: closed.then(() => {
      process.off('exit', killWithUs)
      return child.exitCode
    }),
  }
}
