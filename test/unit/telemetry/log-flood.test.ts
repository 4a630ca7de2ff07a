import { describe, expect, it } from '@jest/globals'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { Observation } from '../../../src/domain/observation.ts'
import { createLog } from '../../../src/telemetry/log.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { anOutcome } from './an-outcome.ts'

function aLog() {
  const clock = new VirtualClock()
  const lines: Record<string, unknown>[] = []
  let suppressed = 0
  const log = createLog({
    level: 'debug',
    workerId: 'me',
    clock,
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
    lost: () => void (suppressed += 1),
  })
  return { clock, log, lines, suppressed: () => suppressed }
}

function failure(webhook: string, reason: 'http_status' | 'connect' = 'http_status'): Observation {
  const outcome = anOutcome({ result: 'failed', reason, webhookId: webhook as WebhookId })
  return { kind: 'outcome', outcome, detail: null }
}

const isSummary = ({ like }: Record<string, unknown>): boolean => like !== undefined

describe('lines that come in thousands', () => {
  it('are written up to a bound, then counted, and the sum is exact', async () => {
    const { clock, log, lines, suppressed } = aLog()
    for (let index = 0; index < 10_000; index += 1) log.observe(failure('w'))
    expect(lines).toHaveLength(5)
    expect(suppressed()).toBe(9_995)
    await clock.advance(10_000)
    expect(lines.slice(5)).toMatchObject([
      {
        level: 'warn',
        msg: '9995 more like this in the last 10 s',
        like: 'not delivered',
        reason: 'http_status',
        lines: 9_995,
        worst: [{ webhook: 'w', lines: 9_995 }],
      },
    ])
  })

  it('are bounded however many webhooks there are, and every line is either written or counted', async () => {
    const { clock, log, lines, suppressed } = aLog()
    const webhooks = 3_000
    for (let round = 0; round < 4; round += 1)
      for (let index = 0; index < webhooks; index += 1) log.observe(failure(`w${index}`))
    const written = lines.length
    expect(written).toBe(50)
    expect(written + suppressed()).toBe(4 * webhooks)
    await clock.advance(10_000)
    const [summary, ...others] = lines.slice(written)
    expect(others).toEqual([])
    expect(summary).toMatchObject({ lines: suppressed() })
    expect(summary?.['worst']).toHaveLength(5)
  })

  it('do not hide the first of another kind, nor another webhook', () => {
    const { log, lines } = aLog()
    for (let index = 0; index < 1_000; index += 1) log.observe(failure('loud'))
    log.observe(failure('quiet'))
    log.observe(failure('loud', 'connect'))
    expect(lines.slice(5)).toMatchObject([{ webhook: 'quiet' }, { webhook: 'loud', reason: 'connect' }])
  })

  it('are written again in the next window; an idle log has no timer', async () => {
    const { clock, log, lines } = aLog()
    log.observe(failure('w'))
    expect(clock.pending).toBe(1)
    await clock.advance(10_000)
    expect(clock.pending).toBe(0)
    expect(lines.filter(isSummary)).toEqual([])
    for (let index = 0; index < 9; index += 1) log.observe(failure('w'))
    expect(lines).toHaveLength(6)
  })

  it('are told at the end, before the window is over', () => {
    const { log, lines } = aLog()
    for (let index = 0; index < 7; index += 1) log.observe(failure('w'))
    log.stop()
    expect(lines.at(-1)).toMatchObject({ lines: 2, like: 'not delivered' })
  })

  it('are never errors or changes of state', () => {
    const { log, lines, suppressed } = aLog()
    for (let index = 0; index < 500; index += 1) {
      log.observe({ kind: 'trouble', where: 'x', error: 'e' })
      log.observe({ kind: 'breaker', of: 'webhook', name: 'w', change: 'opened' })
      log.observe({ kind: 'start_gate', state: 'closed', why: 'no heartbeat' })
      log.observe({ kind: 'commit_failed', error: 'e' })
    }
    expect(lines).toHaveLength(2_000)
    expect(suppressed()).toBe(0)
  })

  it('below the level are neither sampled nor counted', () => {
    const { log, suppressed } = aLog()
    log.level.change({ level: 'info', forMs: null, by: 'test' })
    const outcome = anOutcome()
    for (let index = 0; index < 100; index += 1) log.observe({ kind: 'outcome', outcome, detail: null })
    expect(suppressed()).toBe(0)
  })
})
