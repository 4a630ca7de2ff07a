import { describe, expect, it } from '@jest/globals'
import type { Observation } from '../../../src/domain/observation.ts'
import { foreignText } from '../../../src/telemetry/foreign-text.ts'
import { kafkaLogCreator } from '../../../src/telemetry/kafka-log.ts'
import { createLog } from '../../../src/telemetry/log.ts'
import type { Log } from '../../../src/telemetry/log.ts'
import type { LogLevel } from '../../../src/telemetry/log-level.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { computingMs } from '../../harness/computing-time.ts'
import { anOutcome } from './an-outcome.ts'

function logged(level: LogLevel, write: (log: Log) => void): readonly Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  write(
    createLog({
      level,
      workerId: 'me',
      clock: new VirtualClock(),
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    }),
  )
  return lines
}

describe('createLog', () => {
  it('writes time, level, worker and text in every line', () => {
    expect(logged('info', (log) => log.info('started', { port: 9_464, none: null }))).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        worker: 'me',
        port: 9_464,
        msg: 'started',
      },
    ])
  })

  it('writes one line for an attempt that did not deliver', () => {
    const outcome = anOutcome({
      result: 'retry_scheduled',
      final: false,
      reason: 'http_status',
      statusCode: 503,
      attempt: 2,
      nextAttemptAtMs: 5,
    })
    const [line, ...others] = logged('info', (log) =>
      log.observe({ kind: 'outcome', outcome, detail: 'busy' }),
    )
    expect(others).toEqual([])
    expect(line).toEqual({
      level: 'warn',
      time: expect.any(String),
      worker: 'me',
      delivery: 'd1',
      webhook: 'w1',
      account: 'acc1',
      event: 'e1',
      origin: 'https://crm.example.com',
      result: 'retry_scheduled',
      reason: 'http_status',
      status: 503,
      attempt: 2,
      final: false,
      totalMs: 30,
      nextAttemptAtMs: 5,
      detail: 'busy',
      msg: 'attempt failed, to be repeated',
    })
  })

  it('writes a delivered attempt at debug only, and never the answer’s excerpt', () => {
    const observation: Observation = { kind: 'outcome', outcome: anOutcome(), detail: null }
    expect(logged('info', (log) => log.observe(observation))).toEqual([])
    const lines = logged('debug', (log) => log.observe(observation))
    expect(lines).toMatchObject([{ level: 'debug', msg: 'delivered' }])
    expect(JSON.stringify(lines)).not.toContain('12345')
  })

  it.each<[Observation, Record<string, unknown>]>([
    [
      { kind: 'assigned', partitions: [1, 2], epoch: 3 },
      { level: 'info', partitions: [1, 2], epoch: 3 },
    ],
    [
      { kind: 'table_reading', webhooks: 4, part: 0.25 },
      { level: 'info', webhooks: 4, part: 0.25 },
    ],
    [
      { kind: 'table_ready', webhooks: 9, tookMs: 10 },
      { level: 'info', webhooks: 9, tookMs: 10 },
    ],
    [
      { kind: 'webhook_unverified', webhookId: 'w', origin: 'https://a.test' },
      { level: 'warn', webhookId: 'w', origin: 'https://a.test' },
    ],
    [
      { kind: 'webhook_invalid', webhookId: 'w', faults: ['h'] },
      { level: 'warn', webhookId: 'w', faults: ['h'] },
    ],
    [
      { kind: 'dead_lettered', reason: 'r', partition: 1, offset: 2n ** 60n },
      { level: 'warn', offset: '1152921504606846976' },
    ],
    [
      { kind: 'trouble', where: 'registry', error: 'e' },
      { level: 'error', where: 'registry', error: 'e' },
    ],
    [
      { kind: 'commit_failed', error: 'e' },
      { level: 'warn', error: 'e' },
    ],
    [
      { kind: 'start_gate', state: 'closed', why: 'no heartbeat' },
      { level: 'warn', why: 'no heartbeat' },
    ],
    [
      { kind: 'breaker', of: 'origin', name: 'https://crm.example.com', change: 'opened' },
      { level: 'warn', msg: 'receiver is left alone', of: 'origin', name: 'https://crm.example.com' },
    ],
  ])('%j', (observation, line) => {
    expect(logged('info', (log) => log.observe(observation))).toEqual([expect.objectContaining(line)])
  })

  it.each<Observation>([
    { kind: 'attempt_begun', tlsVerification: 'on' },
    { kind: 'committed', partitions: 1 },
    { kind: 'table_changed', webhooks: 1, invalid: 0, unverified: 0 },

    { kind: 'deferred', reason: 'lane_full', first: true, webhookId: 'w', accountId: 'a', origin: null },
    { kind: 'parked', delayMs: 5_000 },

    { kind: 'chunked', chunks: 2 },
    { kind: 'moved_on' },
  ])('leaves $kind to the metrics', (observation) => {
    expect(logged('debug', (log) => log.observe(observation))).toEqual([])
  })

  it('cleans text wherever it stands', () => {
    const dirty = 'a\nb\u001b[31m'
    const [line] = logged('info', (log) =>
      log.warn(dirty, { text: dirty, list: [dirty], inner: { text: dirty }, error: new Error(dirty) }),
    )
    const clean = 'a\\u000ab\\u001b[31m'
    expect(line).toMatchObject({
      msg: clean,
      text: clean,
      list: [clean],
      inner: { text: clean },
      error: clean,
    })
  })
})

describe('a line about hostile input', () => {
  const hostile = [
    'a\nb\r\n{"level":"info","msg":"forged"}',
    '\u001b]0;title\u0007\u001b[2J\u009b31m',
    '\u202eevil\u2066\u200b\ufeff',
    '\ud800 alone \udfff',
    '\u2028\u2029\u0085\u0000\u007f',
    'x'.repeat(1_000_000),
    '\u0000'.repeat(1_000_000),
  ]

  it('is one line of bounded length that no terminal obeys', () => {
    const texts: string[] = []
    const destination = { write: (line: string) => void texts.push(line) }
    const log = createLog({ level: 'debug', workerId: 'me', clock: new VirtualClock(), destination })
    const writeAll = (): void => {
      for (const [index, name] of hostile.entries()) {
        const outcome = anOutcome({
          result: 'failed',
          webhookId: `w${index}` as ReturnType<typeof anOutcome>['webhookId'],
          eventId: name as ReturnType<typeof anOutcome>['eventId'],
          accountId: name as ReturnType<typeof anOutcome>['accountId'],
          redirectOrigin: name,
        })
        log.observe({ kind: 'outcome', outcome, detail: name })
        log.observe({
          kind: 'webhook_invalid',
          webhookId: name,
          faults: Array.from({ length: 400 }, () => name),
        })
        log.observe({ kind: 'dead_lettered', reason: name, partition: 0, offset: 0n })
        log.observe({ kind: 'trouble', where: name, error: name })
        log.error(name, { name, error: new Error(name), list: [name], inner: { name } })
      }
    }
    // Measured 12 ms: nothing goes through a megabyte for the sake of its first 256 characters.
    expect(computingMs(writeAll)).toBeLessThan(1_000)
    expect(texts).toHaveLength(5 * hostile.length)
    for (const text of texts) {
      expect(text.length).toBeLessThan(64_000)
      expect(text.endsWith('\n')).toBe(true)
      expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
      expect(JSON.parse(text)).toMatchObject({ worker: 'me' })
    }
  })

  it('tells the first of many faults, and how many more there are', () => {
    const faults = Array.from({ length: 400 }, (_, index) => `fault ${index}`)
    const lines = logged('info', (log) => log.observe({ kind: 'webhook_invalid', webhookId: 'w', faults }))
    expect(lines).toMatchObject([{ faults: faults.slice(0, 20), more: 380 }])
  })
})

describe('foreignText', () => {
  it('cuts at 256 characters, never through a character', () => {
    expect(foreignText('x'.repeat(256))).toHaveLength(256)
    expect(foreignText('x'.repeat(257))).toBe(`${'x'.repeat(256)}…`)
    expect(foreignText(`${'x'.repeat(255)}😀`)).toBe(`${'x'.repeat(255)}\ufffd…`)
  })

  it('escapes what would break or turn a line', () => {
    expect(foreignText('a\r\u0085\u2028\u202eb\u007f')).toBe('a\\u000d\\u0085\\u2028\\u202eb\\u007f')
  })
})

describe('kafkaLogCreator', () => {
  it('passes level, text and a few fields', () => {
    const lines = logged('debug', (log) => {
      const write = kafkaLogCreator(log)(4)
      write({
        namespace: 'Connection',
        level: 1,
        log: { message: 'no\nway', broker: 'b:1', payload: 'secret', stack: 's' },
      })
      write({ namespace: '', level: 2, log: { message: 'careful' } })
      write({ namespace: 'Runner', level: 4, log: { message: 'joined', groupId: 'g' } })
    })
    expect(lines).toEqual([
      {
        level: 'error',
        time: expect.any(String),
        worker: 'me',
        broker: 'b:1',
        namespace: 'Connection',
        msg: 'kafka client: no\\u000away',
      },
      { level: 'warn', time: expect.any(String), worker: 'me', msg: 'kafka client: careful' },
      {
        level: 'debug',
        time: expect.any(String),
        worker: 'me',
        groupId: 'g',
        namespace: 'Runner',
        msg: 'kafka client: joined',
      },
    ])
  })
})
