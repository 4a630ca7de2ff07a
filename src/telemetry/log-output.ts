// Where log lines go: a stream that may have a slow reader, a hanging one, or none any more.
// Invariant: writing never waits. What a reader does not take is kept up to a bound, then counted and told once the reader
// goes on: a worker does not stand still because a log shipper does.
import type { Writable } from 'node:stream'

/** Some 3,000 lines. */
const maxWaitingBytes = 1_048_576

export interface LogOutput {
  write(line: string): void
  /** Lets go of the stream. */
  stop(): void
}

export interface LogOutputOptions {
  /** A line was not written. */
  lost(): void
  /** The reader goes on; so many lines were lost since it last did. */
  goesOn(lines: number): void
}

/**
 * `stream`: the standard output as Node.js opens it. A pipe is written to at once where it has room, so that the last
 * lines before an end are there; a file or a terminal always is.
 */
export function createLogOutput(stream: Writable, { lost, goesOn }: LogOutputOptions): LogOutput {
  let isBroken = false
  let lostLines = 0
  // The reader has gone. Without a listener that would end the process.
  const onError = (): void => {
    isBroken = true
  }
  const onDrain = (): void => {
    const lines = lostLines
    lostLines = 0
    if (lines > 0) goesOn(lines)
  }
  stream.on('error', onError).on('drain', onDrain)
  return {
    write(line) {
      if (!isBroken && stream.writableLength < maxWaitingBytes) {
        stream.write(line)
        return
      }
      lostLines += 1
      lost()
    },
    stop: () => void stream.off('error', onError).off('drain', onDrain),
  }
}
