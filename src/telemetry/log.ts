// Observations as JSON lines on standard output, and the lines of the worker itself.
// Invariant: no path, query, header or rendered value is in a line: observations carry none, and what comes
// from outside (an error's text, an id) is cut and escaped. No line is lost without being counted.
import process from 'node:process'
import { pino } from 'pino'
import type { DestinationStream } from 'pino'
import type { Clock, Observer } from '../ports.ts'
import { foreignText } from './foreign-text.ts'
import { LineSampler, windowMs } from './line-sampler.ts'
import type { Suppressed } from './line-sampler.ts'
import { LogLevelControl } from './log-level.ts'
import type { LogLevel } from './log-level.ts'
import { logLineOf } from './log-line.ts'
import type { LogLine } from './log-line.ts'
import { createLogOutput } from './log-output.ts'

type LogFields = Readonly<Record<string, unknown>>

/** Why a line was not written: many like it were, or nobody reads them. */
export type LineLoss = 'sampled' | 'output_full'

export interface Log extends Observer {
  debug(text: string, fields?: LogFields): void
  info(text: string, fields?: LogFields): void
  warn(text: string, fields?: LogFields): void
  error(text: string, fields?: LogFields): void
  readonly level: LogLevelControl
  /** Tells what was kept back and not told yet, and lets go of timers and the stream; lines may still be written. */
  stop(): void
}

export interface LogOptions {
  readonly level: LogLevel
  /** In every line. */
  readonly workerId: string
  readonly clock: Pick<Clock, 'after' | 'monotonicMs'>
  /** Called for each line that was not written. */
  readonly lost?: (why: LineLoss) => void
  /** Default: standard output. */
  readonly destination?: DestinationStream
}

export function createLog({ level, workerId, clock, lost = () => {}, destination }: LogOptions): Log {
  const options = {
    level,
    base: { worker: workerId },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const output =
    destination === undefined
      ? createLogOutput(process.stdout, {
          lost: () => lost('output_full'),
          goesOn: (count) => lines.warn('lines were lost while nobody read them', { lines: count }),
        })
      : null
  const logger = pino(options, destination ?? output ?? process.stdout)
  const write =
    (at: Exclude<LogLevel, 'silent'>) =>
    (text: string, fields: LogFields = {}) => {
      if (logger.isLevelEnabled(at)) logger[at](cleanFields(fields), foreignText(text))
    }
  const isWanted = (at: LogLine['level']): boolean => logger.isLevelEnabled(at)
  const lines = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const tellSuppressed = (suppressed: Suppressed): void => {
    const { text, reason, lines: count, worst } = suppressed
    const more = `${count} more like this in the last ${windowMs / 1_000} s`
    lines[suppressed.level](more, { like: text, reason, lines: count, worst })
  }
  const sampled = sampling(clock, tellSuppressed)
  const control = new LogLevelControl({
    configured: level,
    clock,
    apply: (now) => {
      logger.level = now
    },
    tell: (text, fields) => {
      const now = logger.level
      if (!logger.isLevelEnabled('warn')) logger.level = 'warn'
      lines.warn(text, fields)
      logger.level = now
    },
  })
  return {
    ...lines,
    level: control,
    observe(observation) {
      const line = logLineOf(observation, isWanted)
      if (line === null) return
      if (sampled.passes(line)) lines[line.level](line.text, line.fields)
      else lost('sampled')
    },
    stop() {
      sampled.stop()
      control.stop()
      output?.stop()
    },
  }
}

/** Windows follow each other only while there is something to sample: an idle worker wakes for none. */
function sampling(
  clock: LogOptions['clock'],
  tell: (suppressed: Suppressed) => void,
): { passes(line: LogLine): boolean; stop(): void } {
  const sampler = new LineSampler()
  let cancel: (() => void) | null = null
  const endWindow = (): void => {
    cancel?.()
    cancel = null
    for (const suppressed of sampler.endWindow()) tell(suppressed)
  }
  return {
    passes({ text, level, sampledBy }) {
      if (sampledBy === undefined || level === 'error') return true
      cancel ??= clock.after(windowMs, endWindow)
      return sampler.passes({ text, level, reason: sampledBy.reason }, sampledBy.webhook)
    },
    stop: endWindow,
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
