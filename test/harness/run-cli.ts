// A command line, run in this process; what it prints is kept apart by stream.
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

export interface CliRun {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

export interface CliWorld {
  readonly environment?: Readonly<Record<string, string>>
  /** The standard input. Default: nothing. */
  readonly input?: string
  /** Default: plain. */
  readonly style?: Terminal['style']
}

export async function runCli(words: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const out: string[] = []
  const err: string[] = []
  const exitCode = await runCommandLine(words, {
    environment: world.environment ?? {},
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    style: world.style ?? 'plain',
    readInput: () => Promise.resolve(Buffer.from(world.input ?? '')),
    untilInterrupted: () => Promise.resolve(),
  })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}
