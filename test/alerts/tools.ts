// Prometheus and its promtool: no npm package has them, so they are looked for on the machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export const howToInstall = [
  'Prometheus is not installed here. `npm run test:alerts` needs `prometheus` and `promtool` (2.42 or newer) on the PATH:',
  '  Debian, Ubuntu:  apt-get install prometheus     (and stop the service that it starts)',
  '  macOS:           brew install prometheus',
  '  others:          https://prometheus.io/download/',
].join('\n')

export interface Ended {
  readonly exitCode: number | null
  readonly output: string
}

/** Null: there is no such program. */
export async function runTool(command: string, words: readonly string[]): Promise<Ended | null> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const missing = once(child, 'error').then(() => null)
  const ended = once(child, 'close').then(([exitCode]): Ended => ({
    exitCode: exitCode as number | null,
    output: Buffer.concat(chunks).toString('utf8'),
  }))
  ended.catch(() => {})
  return Promise.race([missing, ended])
}
