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
  /**
   * Shows how far something has come, in place of what was shown before, where a person looks at the error stream; null
   * takes it away. Elsewhere it is not shown.
   */
  progress(text: string | null): void
  /** Asks a person; null where none sits at the terminal. */
  ask(question: string): Promise<string | null>
  /** All of the standard input, to its end. */
  readInput(): Promise<Uint8Array>
  /** Resolves when nobody reads the results any more, as with `| head`. */
  untilUnread(): Promise<void>
  /** Resolves at Ctrl-C or SIGTERM. */
  untilInterrupted(): Promise<void>
}

/** A command's end: the process's exit code. */
export type ExitCode = 0 | 1
