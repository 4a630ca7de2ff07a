// The streams of a real process, as commands use them.
// Invariant: a reader of the results who goes away (`| head`) has what they wanted: that is no error, and no reason for a
// worker to end.
import type { ReadStream, WriteStream } from 'node:tty'
import { createInterface } from 'node:readline/promises'
import { buffer } from 'node:stream/consumers'
import type { Terminal } from './terminal.ts'

/** What is used of a process. */
interface Streams {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly stderr: WriteStream
}

const clearLine = '\r\u001B[K'

export function processStreams({ env, stdin, stdout, stderr }: Streams): Omit<Terminal, 'untilInterrupted'> {
  const unread = Promise.withResolvers<void>()
  let isUnread = false
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isUnread = true
    unread.resolve()
  })
  let shown = ''
  const show = (text: string): void => {
    if (stderr.isTTY && text !== shown) stderr.write(`${clearLine}${text}`)
    shown = text
  }
  /** A line that is printed pushes what is shown below it. */
  const printed = (print: () => void): void => {
    const below = shown
    if (below !== '') show('')
    print()
    if (below !== '') show(below)
  }
  return {
    environment: env,
    out(line) {
      if (!isUnread) printed(() => stdout.write(`${line}\n`))
    },
    err: (line) => printed(() => stderr.write(`${line}\n`)),
    style: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' ? 'colours' : 'plain',
    progress: (text) => show((text ?? '').slice(0, Math.max(0, (stderr.columns ?? 80) - 1))),
    async ask(question) {
      if (!stdin.isTTY) return null
      const asking = createInterface({ input: stdin, output: stderr })
      const refused = new AbortController()
      asking.once('SIGINT', () => refused.abort())
      try {
        return await asking.question(`${question} `, { signal: refused.signal })
      } catch {
        // Ctrl-C is an answer, too.
        stderr.write('\n')
        return ''
      } finally {
        asking.close()
      }
    },
    readInput: () => buffer(stdin),
    untilUnread: () => unread.promise,
  }
}
