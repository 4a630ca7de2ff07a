// Which observations are worth a line, at what level, and what the line says. One line per attempt that did
// not deliver; what happens thousands of times when all is well is left to the metrics, or to debug.
// Invariant: errors and changes of state are never sampled.
import type { Observation } from '../domain/observation.ts'
import type { OutcomeResult } from '../domain/outcome.ts'

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Set where there may be thousands a second, of which some are written; what makes them alike, beside the text. */
  readonly sampledBy?: { readonly reason: string | null; readonly webhook: string | null }
}

/** Of a webhook, in one line: a version may have hundreds. */
const maxFaults = 20

const anyOfIts = { reason: null, webhook: null }

/** Null: no line. `isWanted`: whether lines of a level are written at all; no other is put together. */
export function logLineOf(
  observation: Observation,
  isWanted: (level: LogLine['level']) => boolean,
): LogLine | null {
  switch (observation.kind) {
    case 'outcome':
      return isWanted(outcomeTexts[observation.outcome.result].level) ? outcomeLine(observation) : null
    case 'attempt_begun':
    case 'event_taken':
    case 'event_skipped':
    case 'table_changed':
    case 'pauses':
    case 'committed':
    case 'deferred':
    case 'parked':
    case 'chunked':
    case 'moved_on':
    case 'log_line_lost':
      return null
    default: {
      const line = seldomLine(observation)
      return isWanted(line.level) ? line : null
    }
  }
}

type Often =
  | 'outcome'
  | 'attempt_begun'
  | 'event_taken'
  | 'event_skipped'
  | 'table_changed'
  | 'pauses'
  | 'committed'
  | 'deferred'
  | 'parked'
  | 'chunked'
  | 'moved_on'
  | 'log_line_lost'

function seldomLine(observation: Exclude<Observation, { readonly kind: Often }>): LogLine {
  const { kind: _kind, ...fields } = observation
  switch (observation.kind) {
    case 'dead_lettered':
      return {
        level: 'warn',
        text: 'record written to the dead-letter topic',
        fields,
        sampledBy: { reason: observation.reason, webhook: null },
      }
    case 'webhook_invalid': {
      const { webhookId, faults } = observation
      const more = faults.length > maxFaults ? faults.length - maxFaults : null
      const told = { webhookId, faults: faults.slice(0, maxFaults), more }
      return { level: 'warn', text: 'webhook cannot be used', fields: told, sampledBy: anyOfIts }
    }
    case 'webhook_unverified':
      return {
        level: 'warn',
        text: 'webhook’s receiver may show any certificate',
        fields,
        sampledBy: anyOfIts,
      }
    case 'webhook_key_moved':
      return { level: 'warn', text: 'webhook seen in two partitions of its topic', fields }
    case 'event_time_distrusted':
      return { level: 'debug', text: 'event’s time not believed', fields, sampledBy: anyOfIts }
    case 'table_reading':
      return { level: 'info', text: 'webhook table is being read', fields }
    case 'table_ready':
      return { level: 'info', text: 'webhook table ready', fields }
    case 'table_reset':
      return { level: 'warn', text: 'webhook table reads a partition again', fields }
    case 'assigned':
      return { level: 'info', text: 'partitions assigned', fields }
    case 'commit_failed':
      return { level: 'warn', text: 'offsets not committed', fields }
    case 'stalled':
      return { level: 'warn', text: 'process stood still', fields }
    case 'start_gate':
      return {
        level: observation.state === 'open' ? 'info' : 'warn',
        text: observation.state === 'open' ? 'new work may begin' : 'no new work begins',
        fields: { why: observation.why },
      }
    case 'breaker':
      return {
        level: 'warn',
        text: observation.change === 'opened' ? 'receiver is left alone' : 'receiver is called again',
        fields: { of: observation.of, name: observation.name },
      }
    case 'pauses_reset':
      return { level: 'warn', text: 'pauses are read again from the beginning', fields }
    case 'pause':
      return {
        level: 'warn',
        text: observation.state === 'paused' ? 'deliveries are paused' : 'deliveries are resumed',
        fields,
      }
    case 'verdict':
      return verdictLine(observation)
    case 'copy_dropped':
      return { level: 'debug', text: 'copy of a parked delivery dropped', fields, sampledBy: anyOfIts }
    case 'spans_lost':
      return {
        level: 'warn',
        text: 'spans lost',
        fields,
        sampledBy: { reason: observation.why, webhook: null },
      }
    case 'trouble':
      return { level: 'error', text: 'trouble', fields }
    case 'out_of_range':
      return { level: 'error', text: 'records were gone before they were read', fields }
    case 'client_rebuilt':
      return { level: 'warn', text: 'a reader of Kafka is built anew', fields }
  }
}

function verdictLine({ kind: _kind, ...fields }: Extract<Observation, { kind: 'verdict' }>): LogLine {
  switch (fields.verdict) {
    case 'only_failures':
    case 'gone':
      return { level: 'warn', text: 'webhook is suspended', fields }
    case 'lifted':
      return { level: 'warn', text: 'webhook is suspended no more', fields }
    case 'watched':
    case 'cleared':
    case 'forgotten':
      return { level: 'info', text: 'webhook that fails is judged', fields, sampledBy: anyOfIts }
  }
}

function outcomeLine({ outcome, detail, traceId }: Extract<Observation, { kind: 'outcome' }>): LogLine {
  const sampledBy = { reason: outcome.reason, webhook: outcome.webhookId }
  const fields = {
    delivery: outcome.deliveryId,
    webhook: outcome.webhookId,
    account: outcome.accountId,
    event: outcome.eventId,
    origin: outcome.origin,
    result: outcome.result,
    reason: outcome.reason,
    status: outcome.statusCode,
    attempt: outcome.attempt,
    final: outcome.final,
    totalMs: outcome.timings?.totalMs,
    nextAttemptAtMs: outcome.nextAttemptAtMs,
    redirectOrigin: outcome.redirectOrigin,
    detail,
    trace: traceId,
  }
  return { ...outcomeTexts[outcome.result], fields, sampledBy }
}

/** What is debug comes in thousands a second: deliveries, and deferrals behind a receiver that is full. */
const outcomeTexts: Readonly<Record<OutcomeResult, Pick<LogLine, 'level' | 'text'>>> = {
  delivered: { level: 'debug', text: 'delivered' },
  shadowed: { level: 'debug', text: 'delivery shadowed' },
  cancelled: { level: 'info', text: 'delivery cancelled' },
  retry_scheduled: { level: 'warn', text: 'attempt failed, to be repeated' },
  deferred: { level: 'debug', text: 'delivery deferred' },
  failed: { level: 'warn', text: 'not delivered' },
  expired: { level: 'warn', text: 'not delivered' },
  rejected: { level: 'warn', text: 'not delivered' },
}
