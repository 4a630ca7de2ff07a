// Observations as JSON lines on standard output, and the lines of the worker itself.
// Invariant: no path, query, header or rendered value is in a line: observations carry none, and what comes
// from outside (an error's text, an id) is cut and escaped.
import { pino } from 'pino'
import type { DestinationStream } from 'pino'
import type { Observer } from '../ports.ts'
import { foreignText } from './foreign-text.ts'
import { logLineOf } from './log-line.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
type LogFields = Readonly<Record<string, unknown>>

export interface Log extends Observer {
  debug(text: string, fields?: LogFields): void
  info(text: string, fields?: LogFields): void
  warn(text: string, fields?: LogFields): void
  error(text: string, fields?: LogFields): void
}

export interface LogOptions {
  readonly level: LogLevel
  /** In every line. */
  readonly workerId: string
  /** Default: standard output, written at once. */
  readonly destination?: DestinationStream
}

export function createLog({ level, workerId, destination }: LogOptions): Log {
  const options = {
    level,
    base: { worker: workerId },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  // Synchronous: the last lines before an exit are the ones that are wanted most.
  const logger = pino(options, destination ?? pino.destination({ dest: 1, sync: true }))
  const write =
    (at: Exclude<LogLevel, 'silent'>) =>
    (text: string, fields: LogFields = {}) => {
      if (logger.isLevelEnabled(at)) logger[at](cleanFields(fields), foreignText(text))
    }
  const lines = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  return {
    ...lines,
    observe(observation) {
      const line = logLineOf(observation)
      if (line !== null) lines[line.level](line.text, line.fields)
    },
  }
}

// Undefined and null say nothing; 64-bit numbers have no JSON form.
function cleanFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, cleanValue(value)]),
  )
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return foreignText(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return foreignText(value.message)
  if (Array.isArray(value)) return value.map(cleanValue)
  return typeof value === 'object' && value !== null ? cleanFields({ ...value }) : value
}
