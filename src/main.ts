// The process: gives the command line its streams and its signals, and ends with its exit code.
import process from 'node:process'
import { buffer } from 'node:stream/consumers'
import { runCommandLine } from './cli/command-line.ts'

/** Milliseconds that a reader who hangs has for the last lines of a process that was told to end, or that failed. */
const lastLinesMs = 2_000

let isInterrupted = false

const exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  style: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' ? 'colours' : 'plain',
  readInput: () => buffer(process.stdin),
  untilInterrupted: () =>
    new Promise((resolve) => {
      const onSignal = (): void => {
        isInterrupted = true
        resolve()
      }
      process.once('SIGINT', onSignal)
      process.once('SIGTERM', onSignal)
    }),
})

// Ends here even if a client left a timer or a socket behind: an orchestrator that waits would kill us instead.
if (isInterrupted || exitCode !== 0) setTimeout(() => process.exit(exitCode), lastLinesMs)
process.stdout.write('', () => process.exit(exitCode))
