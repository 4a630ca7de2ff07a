// A child process whose life is tied to ours: it ends when we stop it, when we exit, and when we are killed.
// Invariant: a small shell holds the far end of a pipe that only we write to; the pipe's end, however it comes
// about, ends the child. A signal handler could not promise that: SIGKILL runs none.
import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { StackUnavailable } from './stack-unavailable.ts'

// Arguments: log file, seconds between TERM and KILL, folder to remove at the end (or empty), then the command.
// The watcher's read returns with a word when we stop the child, and without one when we are gone.
const guard = `
log=$1 grace=$2 remove=$3
shift 3
exec 3<&0
"$@" </dev/null 3<&- >>"$log" 2>&1 &
child=$!
(
  exec >/dev/null
  read -r word <&3
  [ "$word" = keep ] || : >"$log.ended"
  kill -TERM "$child"
  left=$((grace * 10))
  while [ "$left" -gt 0 ] && kill -0 "$child"; do sleep 0.1; left=$((left - 1)); done
  kill -KILL "$child"
) 2>/dev/null &
watcher=$!
exec 3<&- </dev/null
trap 'kill -TERM "$child"' TERM INT HUP
echo "$child"
exec >/dev/null
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
kill "$watcher" 2>/dev/null
if [ -e "$log.ended" ]; then
  rm -f "$log.ended"
  [ -z "$remove" ] || rm -rf "$remove"
fi
exit "$code"
`

/** How a tied process is run. */
export interface TiedCommand {
  /** What it is called in errors. */
  readonly title: string
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Where its output goes; its folder must exist. */
  readonly logFile: string
  /** Seconds between asking it to end and ending it. */
  readonly graceSeconds: number
  /** A folder that is removed once it has ended, even when we were killed. */
  readonly removeOnEnd?: string
}

/** A running (or ended) tied process. */
export interface TiedProcess {
  readonly title: string
  /** The command's own process id, not the shell's that watches it. */
  readonly pid: number
  readonly logFile: string
  /** Fulfilled with the exit code when it has ended; 128 + n after signal n. Never rejects. */
  readonly ended: Promise<number>
  /** Ends it, and removes what was to be removed. */
  stop(): Promise<number>
  /** Ends it and leaves every file where it is: for reading the log, or for starting again. */
  end(): Promise<number>
}

// The exit codes by which a shell tells that a command was killed, and that there is none of that name.
const killed = 137
const notFound = 127

/** Starts a command in a process group of its own, so that a terminal's Ctrl-C reaches us alone. */
export async function startTied(options: TiedCommand): Promise<TiedProcess> {
  const { title, command, environment, logFile, graceSeconds, removeOnEnd } = options
  const shell = spawn(
    'sh',
    ['-c', guard, 'tied', logFile, String(graceSeconds), removeOnEnd ?? '', ...command],
    { stdio: ['pipe', 'pipe', 'ignore'], detached: true, env: { ...process.env, ...environment } },
  )
  const ended = new Promise<number>((resolve) => {
    shell.once('exit', (code) => resolve(code ?? killed))
    // No shell on this machine: naming its process id fails below.
    shell.once('error', () => resolve(notFound))
  })
  // The shell may be gone before our last word reaches it; that is what the word asked for.
  shell.stdin.on('error', () => undefined)
  const pid = await firstNumber(createInterface({ input: shell.stdout }))

  const end = (word: 'stop' | 'keep') => {
    shell.stdin.end(`${word}\n`)
    return ended
  }
  return {
    title,
    pid,
    logFile,
    ended,
    end: () => end('keep'),
    async stop() {
      const code = await end('stop')
      // Nobody removed the folder if the process had ended by itself before.
      if (removeOnEnd !== undefined) await rm(removeOnEnd, { recursive: true, force: true })
      return code
    },
  }
}

async function firstNumber(lines: AsyncIterable<string>): Promise<number> {
  for await (const line of lines) return Number(line)
  throw new Error('The shell that watches a child process ended without naming it')
}

/** Lines of the log that an error carries: a Java stack trace's head and what came before it. */
const tailLines = 20

/** The error for a process that did not become ready: its log's last lines, and where all of it is. */
export async function notReady(process: TiedProcess, what: string): Promise<StackUnavailable> {
  const log = await readFile(process.logFile, 'utf8').catch(() => '')
  const tail = log.trimEnd().split('\n').slice(-tailLines).join('\n')
  return new StackUnavailable(
    'not_ready',
    `${process.title} ${what}. The last lines of ${process.logFile}:\n${tail}`,
  )
}
