import { afterEach, describe, expect, it } from '@jest/globals'
import { LogLevelControl } from '../../../src/telemetry/log-level.ts'
import { createOpsServer } from '../../../src/telemetry/ops-server.ts'
import type { OpsServer } from '../../../src/telemetry/ops-server.ts'
import { statusReport } from '../../../src/telemetry/status-report.ts'
import type { StatusReport } from '../../../src/telemetry/status-report.ts'
import type { WorstRow } from '../../../src/telemetry/worst-rows.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { runCli } from '../../harness/run-cli.ts'
import { aStanding } from '../telemetry/a-standing.ts'

const running: OpsServer[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

const noRanks = { failures: [], parked: [], delays: [] }

const quiet: WorstRow = {
  name: 'w',
  account_id: 'acme',
  origin: 'https://a.test',
  failures: 0,
  failures_error: 0,
  reason: null,
  status_code: null,
  failing_since: null,
  last_delivered_at: null,
  hanging: 0,
  oldest_attempt_seconds: 0,
  delay_seconds: 0,
  parked: 0,
  parked_reason: null,
  breaker: 'closed',
  tried_again_in_seconds: 0,
}

const failing = {
  reason: 'http_status',
  status_code: 500,
  failing_since: '2026-03-14T09:15:02.000Z',
} as const

/** Where a worker serves that does so badly by these. */
async function worker(
  webhooks: readonly Partial<WorstRow>[],
  changes: Partial<StatusReport> = {},
): Promise<string> {
  const report = statusReport({
    workerId: `worker-${running.length + 1}`,
    version: '1.2.3',
    standing: aStanding(),
    webhooks: noRanks,
    origins: noRanks,
    troubled: [],
    invalid: [],
    nowMs: Date.UTC(2026, 2, 14, 9, 16),
  })
  const worst = { webhooks: webhooks.map((row) => ({ ...quiet, ...row })), origins: [] }
  const server = createOpsServer({
    host: '127.0.0.1',
    port: 0,
    metrics: { text: () => Promise.resolve(''), contentType: 'text/plain' },
    status: () => ({ ...report, worst, ...changes }),
    logLevel: new LogLevelControl({
      configured: 'info',
      clock: new VirtualClock(),
      apply: () => {},
      tell: () => {},
    }),
    ready: () => ({}),
    live: () => ({}),
  })
  running.push(server)
  return `http://127.0.0.1:${(await server.start()).port}`
}

const rowsOf = (out: string): readonly string[] => out.split('\n').filter((line) => /^w\d/.test(line))

describe('top', () => {
  it('shows the worst webhooks of several workers as one, with whose they are, why and since when', async () => {
    const one = await worker([
      { name: 'w1', failures: 3, ...failing, failing_since: '2026-03-14T09:15:09.000Z' },
      { name: 'w0', failures: 1, ...failing, failing_since: '2026-03-13T23:00:00.000Z' },
      { name: 'w2', hanging: 2, oldest_attempt_seconds: 4.2, breaker: 'half_open' },
      { name: 'w3' },
    ])
    const other = await worker([
      { name: 'w1', failures: 40, ...failing, status_code: 503, breaker: 'open', tried_again_in_seconds: 7 },
      { name: 'w2', hanging: 1, oldest_attempt_seconds: 6 },
      { name: 'w5', parked: 2, parked_reason: 'lane_full' },
    ])
    const { exitCode, out, err } = await runCli(['top', '--url', one, '--url', `${other}/`])
    expect([exitCode, err]).toEqual([0, ''])
    const [summary] = out.split('\n')
    expect(summary).toBe(
      '2 of 2 workers · partitions 6 · lag 84 events, 3.5 s · oldest undelivered 9.0 s · in flight 10 of 4000 · parked 12, overdue 1.5 s · table 0.4 s old',
    )
    expect(rowsOf(out).map((line) => line.split(/ {2,}/))).toEqual([
      ['w1', 'acme', 'https://a.test', '43', 'http_status 503', '09:15:02', '0', '0.0 s', '0', 'open, 7.0 s'],
      ['w2', 'acme', 'https://a.test', '0', 'no answer for 6.0 s', '-', '3', '0.0 s', '0', 'half_open'],
      [
        'w0',
        'acme',
        'https://a.test',
        '1',
        'http_status 500',
        '2026-03-13 23:00',
        '0',
        '0.0 s',
        '0',
        'closed',
      ],
      ['w5', 'acme', 'https://a.test', '0', 'put off: lane_full', '-', '0', '0.0 s', '2', 'closed'],
    ])
    expect(out).toContain('No origin does badly.')
  })

  it.each([
    ['failures', ['w1', 'w2', 'w3', 'w4']],
    ['delay', ['w2', 'w1', 'w3', 'w4']],
    ['parked', ['w3', 'w1', 'w2', 'w4']],
    ['breaker', ['w4', 'w1', 'w2', 'w3']],
  ])('puts them in the order of %s', async (by, names) => {
    const url = await worker([
      { name: 'w4', breaker: 'open' },
      { name: 'w3', parked: 50, failures: 1 },
      { name: 'w2', delay_seconds: 90, failures: 2 },
      { name: 'w1', failures: 9, delay_seconds: 3, parked: 4 },
    ])
    const { out } = await runCli(['top', '--url', url, '--sort', by])
    expect(rowsOf(out).map((line) => line.slice(0, 2))).toEqual(names)
    const few = await runCli(['top', '--url', url, '--sort', by, '--limit', '2'])
    expect(rowsOf(few.out).map((line) => line.slice(0, 2))).toEqual(names.slice(0, 2))
  })

  it('tells which workers begin nothing, what is paused, and which webhooks are invalid', async () => {
    const url = await worker([], {
      gate: { open: false, why: 'commits fail' },
      invalid_webhooks: [
        { webhook_id: 'x', account_id: 'acme', partition: 0, offset: '7', faults: ['port is 0', 'b'] },
      ],
    })
    const { out } = await runCli(['top', '--url', url])
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^1 of 1 worker · /),
      'paused: account:acme, origin:https://a.test:443',
      'worker-1 begins no new work: commits fail',
      '',
      'No webhook does badly.',
      '',
      'No origin does badly.',
      '',
      '2 invalid webhooks, delivering nothing:',
      'x (account acme, at 0/7): port is 0; b',
      'and 1 more; see "webhooks list --invalid"',
    ])
  })

  it('names some of many pauses, and nothing where there is none', async () => {
    const keys = Array.from({ length: 7 }, (_, index) => `webhook:w${index}`)
    const many = await worker([], { paused: keys, pauses: keys.length })
    const none = await worker([], { paused: [], pauses: 0 })
    const { out } = await runCli(['top', '--url', none, '--url', many])
    expect(out.split('\n')[1]).toBe(`paused: ${keys.slice(0, 5).join(', ')} and 2 more; see "pauses"`)
    expect((await runCli(['top', '--url', none])).out).not.toContain('paused')
  })

  it('is JSON for programs, with what each worker said', async () => {
    const url = await worker([{ name: 'w1', failures: 2, ...failing }])
    const { out } = await runCli(['top', '--url', url, '--json'])
    expect(JSON.parse(out)).toMatchObject({
      webhooks: [{ name: 'w1', failures: 2, reason: 'http_status' }],
      origins: [],
      workers: [{ worker_id: 'worker-1', version: '1.2.3' }],
      not_answering: [],
    })
  })

  it('is coloured on a terminal alone, where it takes the place of the last look', async () => {
    const url = await worker([{ name: 'w1', failures: 2, ...failing }])
    const plain = await runCli(['top', '--url', url, '--watch'])
    expect(plain.out).not.toContain('\u001b')
    const coloured = await runCli(['top', '--url', url, '--watch'], { style: 'colours' })
    expect(coloured.out).toContain('\u001b[H\u001b[J')
    expect(coloured.out).toContain('\u001b[31mw1')
    expect(coloured.exitCode).toBe(0)
  })

  it('shows what others say, and fails, where one does not answer or is something else', async () => {
    const url = await worker([{ name: 'w1', failures: 2, ...failing }])
    const gone = await worker([])
    await running.pop()?.stop()
    const { exitCode, out, err } = await runCli(['top', '--url', url, '--url', gone, '--url', `${url}/other`])
    expect(exitCode).toBe(1)
    expect(out).toContain('1 of 3 workers')
    expect(err.split('\n')).toEqual([
      `${gone}: no answer (ECONNREFUSED); see ops.host (OPS_HOST) and ops.port (OPS_PORT) of the worker`,
      `${url}/other: there is no worker’s status (HTTP 404)`,
    ])
  })

  it.each([
    [['--url', 'worker:9464x'], 'for example http://127.0.0.1:9464'],
    [['--sort', 'name'], 'Allowed choices are failures, delay, parked, breaker'],
    [['--limit', '0'], 'a whole number from 1 to 100'],
  ])('says what %j should be', async (words, text) => {
    const { exitCode, err } = await runCli(['top', ...words])
    expect(exitCode).toBe(1)
    expect(err).toContain(text)
  })
})
