// `GET` and `PUT /log-level` of the server for operators: the level in the body, `?for=10m` for how long.
// Invariant: what is not understood changes nothing and is answered in words that say what would be.
import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { delayText, readDelay } from '../domain/delay-text.ts'
import { foreignText } from './foreign-text.ts'
import { logLevels } from './log-level.ts'
import type { LogLevel, LogLevelControl } from './log-level.ts'

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** No level has more characters by far. */
const maxBodyBytes = 64
const maxForMs = 24 * 3_600_000

export async function answerLogLevel(
  control: LogLevelControl,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Answer> {
  const { method = '' } = request
  if (!['GET', 'HEAD', 'PUT'].includes(method)) return refusal(405, 'only GET, HEAD and PUT are answered')
  if (method === 'PUT') {
    const level = await levelIn(request)
    const given = query.get('for')
    const forMs = given === null ? null : readDelay(given)
    if (level === null) return refusal(400, `the body has to be one of ${logLevels.join(', ')}`)
    if (given !== null && (forMs === null || forMs === 0 || forMs > maxForMs)) {
      return refusal(400, '"for" has to be a time such as 90s, 10m or 2h, of at most 24h')
    }
    const agent = request.headers['user-agent']
    control.change({ level, forMs, by: foreignText(`${request.socket.remoteAddress} ${agent ?? ''}`.trim()) })
  }
  const { forMs, ...state } = control.state
  const left = forMs === null ? null : delayText(Math.ceil(forMs / 1_000) * 1_000)
  return {
    status: 200,
    contentType: 'application/json',
    body: `${JSON.stringify({ ...state, for: left })}\n`,
  }
}

async function levelIn(request: IncomingMessage): Promise<LogLevel | null> {
  let bytes = 0
  const bounded = Readable.from(request).filter((chunk: Buffer) => (bytes += chunk.length) <= maxBodyBytes)
  const word = (await text(bounded)).trim()
  return bytes > maxBodyBytes ? null : (logLevels.find((level) => level === word) ?? null)
}

function refusal(status: number, why: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${why}\n` }
}
