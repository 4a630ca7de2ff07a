// A console as a process of its own, run from the command line as an operator would.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from './until.ts'

const root = new URL('../../', import.meta.url).pathname

export interface ConsoleProcess {
  readonly address: string
  readonly pid: number
  /** All that it has printed. */
  output(): string
  end(): Promise<void>
}

/** Resolves when its webhooks are read. Killed with this process. */
export async function startConsoleProcess(
  environment: Readonly<Record<string, string>>,
): Promise<ConsoleProcess> {
  const child = spawn(process.execPath, ['src/main.ts', 'console'], {
    cwd: root,
    env: { PATH: process.env['PATH'], CONSOLE_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const address = (): string | undefined => /^console: (\S+)$/m.exec(output)?.[1]
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`the console ended with ${child.exitCode}: ${output}`)
      return address() !== undefined && (await isReady(address() ?? ''))
    },
    'the console to be ready',
    30_000,
    () => output,
  )
  return {
    address: address() ?? '',
    pid: child.pid ?? 0,
    output: () => output,
    async end() {
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close')
        child.kill('SIGTERM')
        await closed
      }
      process.off('exit', killWithUs)
    },
  }
}

async function isReady(address: string): Promise<boolean> {
  const answer = (await (await fetch(`${address}/healthz`)).json()) as { readonly ready: boolean }
  return answer.ready
}
