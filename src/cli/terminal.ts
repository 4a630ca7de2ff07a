// What a command has of the world: its streams, its environment, and the wish that it end. Passed in, so that
// commands can be tried without a process.

export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Results, a line each; may be piped into another program. */
  out(line: string): void
  /** Progress and complaints, a line each. */
  err(line: string): void
  /** Of the results: `colours` where a person looks at them on a terminal and has not asked for none (NO_COLOR). */
  readonly style: 'colours' | 'plain'
  /** All of the standard input, to its end. */
  readInput(): Promise<Uint8Array>
  /** Resolves at Ctrl-C or SIGTERM. */
  untilInterrupted(): Promise<void>
}

/** A command's end: the process's exit code. */
export type ExitCode = 0 | 1
