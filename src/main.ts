// The process: gives the command line its streams and its signals, and ends with its exit code.
// Invariant: signals are listened to before anything else is loaded. The first process of a container has no default for
// them, so one that came earlier would be lost, and the worker at work until it is killed.
import { constants } from 'node:os'
import process from 'node:process'

/** Milliseconds that a reader who hangs has for the last lines of a process that was told to end, or that failed. */
const lastLinesMs = 2_000

const interrupted = Promise.withResolvers<void>()
/** A command would rather end in good order, and was not asked to yet. */
let isAwaited = false
let isInterrupted = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!isAwaited) process.exit(128 + constants.signals[signal])
    isAwaited = false
    isInterrupted = true
    interrupted.resolve()
  })
}

const { runCommandLine } = await import('./cli/command-line.ts')
const { processStreams } = await import('./cli/process-streams.ts')
const exitCode = await runCommandLine(process.argv.slice(2), {
  ...processStreams(process),
  untilInterrupted() {
    isAwaited = !isInterrupted
    return interrupted.promise
  },
})

// Ends here even if a client left a timer or a socket behind: an orchestrator that waits would kill us instead.
if (isInterrupted || exitCode !== 0) setTimeout(() => process.exit(exitCode), lastLinesMs)
process.stdout.write('', () => process.exit(exitCode))
