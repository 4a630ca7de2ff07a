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
  /** What a person answers to every question. Default: nobody is there. */
  readonly answer?: string
  /** Default: at once, which ends what would go on for ever. */
  readonly interrupted?: Promise<void>
  /** Called with each line of the results. */
  onLine?(line: string): void
}

export async function runCli(words: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const out: string[] = []
  const err: string[] = []
  const exitCode = await runCommandLine(words, {
    environment: world.environment ?? {},
    out(line) {
      out.push(line)
      world.onLine?.(line)
    },
    err: (line) => void err.push(line),
    style: world.style ?? 'plain',
    progress() {},
    ask: () => Promise.resolve(world.answer ?? null),
    readInput: () => Promise.resolve(Buffer.from(world.input ?? '')),
    untilUnread: () => new Promise(() => {}),
    untilInterrupted: () => world.interrupted ?? Promise.resolve(),
  })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}
