// `tail` and `inspect` on the real stack: outcomes as they come, and all that became of one delivery.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startCli } from '../harness/cli-process.ts'
import { failedDeliveries } from '../harness/failed-deliveries.ts'
import type { FailedDeliveries } from '../harness/failed-deliveries.ts'
import { runCli } from '../harness/run-cli.ts'
import { until } from '../harness/until.ts'

const root = new URL('../../', import.meta.url).pathname
let failed: FailedDeliveries

beforeAll(async () => {
  failed = await failedDeliveries(20, ['one', 'two'])
}, 60_000)
afterAll(() => failed.stop())

/** Runs `tail` until so many lines have come. */
async function tailed(lines: number, ...words: readonly string[]): Promise<readonly string[]> {
  const enough = Promise.withResolvers<void>()
  let count = 0
  const { exitCode, out } = await runCli(['tail', ...words], {
    environment: failed.rig.environment,
    interrupted: enough.promise,
    onLine() {
      count += 1
      if (count === lines) enough.resolve()
    },
  })
  expect(exitCode).toBe(0)
  return out.split('\n')
}

it('tails what is asked for, from so long ago', async () => {
  const lines = await tailed(
    20,
    '--since',
    '1h',
    '--json',
    '--failed',
    '--webhook',
    'one',
    '--reason',
    'http_status',
  )
  const outcomes = lines.map((line) => JSON.parse(line) as WebhookOutcomeRecord)
  expect(outcomes).toHaveLength(20)
  expect(new Set(outcomes.map(({ webhook_id }) => webhook_id))).toEqual(new Set(['one']))
})

it('tails from now on, and shows it to a person', async () => {
  const { rig, accountId, receiver } = failed
  receiver.answer(200)
  const event = simulateCall(901, accountId, Date.now()).end
  // Whatever the tail takes to begin, one of these comes after that.
  let published = 0
  const over = new AbortController()
  const publishing = until(async () => {
    await rig.publisher.callEvent({ ...event, event_id: `${event.event_id}-${(published += 1)}` })
    return over.signal.aborted
  }, 'the tail to end')
  const origin = `127.0.0.1:${receiver.port}`
  const [line] = await tailed(
    1,
    '--final',
    '--result',
    'delivered',
    '--origin',
    origin,
    '--account',
    accountId,
  )
  over.abort()
  await publishing
  expect(line).toMatch(
    /^\S+Z {2}delivered {10}200 .* (one|two) of replayed {2}http:\/\/127\.0\.0\.1:\d+ {2}try 1 {2}\d+ ms {2}[0-9a-f-]{36}$/,
  )
  receiver.answer(400)
})

it('ends well when whoever reads it has had enough, and at Ctrl-C', async () => {
  const { environment } = failed.rig
  const shell = spawn(
    'sh',
    ['-c', `${process.execPath} src/main.ts tail --since 1h --json | head -n 1; wait`],
    {
      cwd: root,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const err: Buffer[] = []
  shell.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  shell.stdout.resume()
  const [code] = (await once(shell, 'close')) as [number | null]
  expect([code, Buffer.concat(err).toString()]).toEqual([0, ''])
  const cut = startCli(['tail', '--since', '1h', '--json'], environment)
  await until(() => cut.out() !== '', 'the first line')
  cut.hangUp()
  const event = simulateCall(902, failed.accountId, Date.now()).end
  await failed.rig.publisher.callEvent(event)
  expect(await cut.ended).toBe(0)
  const stopped = startCli(['tail', '--since', '1h'], environment)
  await until(() => stopped.out() !== '', 'the first line')
  stopped.kill('SIGINT')
  expect(await stopped.ended).toBe(0)
  expect(stopped.err()).toBe('')
}, 30_000)

it('tells all that became of a delivery, over all replays, and what to do', async () => {
  const { rig, ids } = failed
  const { environment } = rig
  const [id = ''] = ids
  const before = await runCli(['inspect', id], { environment })
  expect(before.exitCode).toBe(0)
  expect(before.out).toContain('FAILED  http_status 400')
  expect(before.out).toMatch(/now: failed at \S+Z: nothing more happens by itself/)
  expect(before.out).toContain('means: the receiver answered with a status that is no success')
  const first = rig.finals().get(`${id}/0/final`)
  const replayed = await runCli(['replay', '--yes', '--rate', '2000', '--webhook', first?.webhook_id ?? ''], {
    environment,
    interrupted: new Promise(() => {}),
  })
  expect(replayed.exitCode).toBe(0)
  await until(() => rig.finals().has(`${id}/1/final`), 'the replay to end')
  const after = await runCli(['inspect', '--call', first?.call_id ?? '', '--json'], { environment })
  const { deliveries } = JSON.parse(after.out) as {
    deliveries: { delivery_id: string; steps: WebhookOutcomeRecord[]; now: string }[]
  }
  expect(deliveries).toHaveLength(2)
  const one = deliveries.find(({ delivery_id }) => delivery_id === id)
  expect(one?.steps.map(({ replay, final }) => [replay, final])).toEqual([
    [0, true],
    [1, true],
  ])
  const byEvent = await runCli(['inspect', '--event', first?.event_id ?? ''], { environment })
  expect(byEvent.out.match(/^delivery /gm)).toHaveLength(2)
})

it('says where it looked when there is nothing', async () => {
  const { environment } = failed.rig
  const none = await runCli(['inspect', '00000000-0000-5000-8000-000000000000', '--since', '2h'], {
    environment,
  })
  expect(none).toMatchObject({ exitCode: 1, out: '' })
  expect(none.err).toMatch(/no outcome of 00000000-\S+ since \S+Z; --since 7d looks further back/)
})
