// Receivers that are well and take less than comes: what waits for them is delivered, as often as they take one.
import { describe, expect, it } from '@jest/globals'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { webhookConfig } from '../../fakes/call-events.ts'
import type { FakeAnswer } from '../../fakes/fake-http-sender.ts'
import { PipelineWorld } from '../../fakes/pipeline-world.ts'

const address = 'http://w.test/hook'
const roomDelaysMs = [4_000, 20_000, 120_000, 600_000]
const delaysMs = [4_000, 5_000, 20_000, 30_000, 120_000, 300_000, 600_000, 1_800_000]
const retry = { scheduleMs: [5_000, 30_000, 300_000, 1_800_000], delaysMs, roomDelaysMs }

/** So many starts of calls at once; their horizon is ten minutes. */
async function burst(
  count: number,
  limits: Partial<NonNullable<WebhookConfigRecord['limits']>>,
  ...answers: readonly FakeAnswer[]
): Promise<PipelineWorld> {
  const world = new PipelineWorld({ retry })
  const none = { concurrency: null, rate_per_second: null, total_timeout_ms: null, retry_horizon_s: null }
  world.tableSource.put(webhookConfig('w', { limits: { ...none, ...limits } }))
  world.sender.script(address, ...answers)
  await world.started()
  world.events(0, ...Array.from({ length: count }, (_, index) => `e${index}`))
  return world
}

const delivered = ({ outcomes }: PipelineWorld): number =>
  outcomes.endings.filter((ending) => ending.startsWith('delivered')).length

describe('a receiver with a rate', () => {
  it.each([
    [0.1, 50],
    [1, 120],
    [10, 600],
  ])('of %d a second gets %d as often as it allows, each parked about once', async (ratePerSecond, count) => {
    const world = await burst(count, { rate_per_second: ratePerSecond }, { status: 200 })
    await world.clock.advance((count / ratePerSecond) * 1_000 * 1.1 + 15_000)
    expect(delivered(world)).toBe(count)
    expect(world.retries.writes.length).toBeLessThanOrEqual(count * 1.2)
    const begun = world.sender.ledger.map(({ begunAtMs }) => begunAtMs)
    for (const [index, atMs] of begun.entries()) {
      const later = begun.filter((other) => other >= atMs && other < atMs + 10_000).length
      expect(later).toBeLessThanOrEqual(ratePerSecond * 10 * 1.02 + 1)
      expect(index).toBeLessThan(count)
    }
    const outcomes = world.outcomes.written.filter(({ result }) => result === 'deferred')
    expect(new Set(outcomes.map(({ reason, faultOwner }) => `${reason} ${faultOwner}`))).toEqual(
      new Set(['rate_limited config']),
    )
  })
})

describe('a receiver that takes one at a time', () => {
  it('gets all of them in time, though it does not answer for a moment: that is no outage to all who were put off', async () => {
    const ok = { status: 200, afterMs: 500 }
    const answers = [...Array.from({ length: 20 }, () => ok), { ...ok, afterMs: 5_000 }, ok]
    const world = await burst(120, { concurrency: 1 }, ...answers)
    await world.clock.advance(600_000)
    expect(delivered(world)).toBe(120)
  })
})
