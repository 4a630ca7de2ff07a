// A person on call asks which receiver it is: one of thirty fails, one does not answer, and a webhook is invalid.
import { afterEach, expect, it } from '@jest/globals'
import { simulateCall } from '../../src/local/simulated-call.ts'
import type { StatusReport } from '../../src/telemetry/status-report.ts'
import { addressOf, startReceivers } from '../harness/receivers.ts'
import { runCli } from '../harness/run-cli.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const secretPath = 'very/secret-token-4711'

it('is told by top which one of thirty fails and which one hangs, over two workers, within seconds', async () => {
  const receivers = await startReceivers({ destinations: 30, answerAfterMs: 5 })
  closing.push(() => receivers.stop())
  const rig = await startWorkerRig()
  closing.push(() => rig.stop())
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      rig.publisher.webhook(
        webhookRecord({
          webhook_id: `hook-${index}`,
          account_id: 'acme',
          host: addressOf(index),
          port: receivers.portOf(index),
          path: secretPath,
        }),
      ),
    ),
  )
  await rig.publisher.webhook(webhookRecord({ webhook_id: 'broken', account_id: 'acme', port: 0 }))
  const workers = [await startWorkerProcess(rig.environment), await startWorkerProcess(rig.environment)]
  for (const worker of workers) closing.push(() => worker.end('SIGKILL'))
  await receivers.behave([11], 'failing')
  await receivers.behave([23], 'silent')

  const begunAtMs = performance.now()
  let calls = 0
  const published: Promise<unknown>[] = []
  const publishing = setInterval(() => {
    const { end } = simulateCall((calls += 1), 'acme', Date.now())
    published.push(rig.publisher.callEvent(end))
  }, 100)
  closing.push(() => {
    clearInterval(publishing)
    return Promise.all(published)
  })
  const urls = workers.flatMap(({ opsPort }) => ['--url', `http://127.0.0.1:${opsPort}`])
  let shown = await runCli(['top', ...urls])
  const rowsOf = (out: string): readonly string[] => (out.split('\n\n')[1] ?? '').split('\n').slice(1)
  const why = { 'hook-11': / http_status 503 /, 'hook-23': / no answer for [\d.]+ s | total_timeout / }
  const isFound = async (): Promise<boolean> => {
    shown = await runCli(['top', ...urls])
    const rows = rowsOf(shown.out)
    return rows.length === 2 && Object.values(why).every((reason) => rows.some((row) => reason.test(row)))
  }
  await until(isFound, 'both to be named with the reason, and nobody else', 20_000)
  const foundMs = Math.round(performance.now() - begunAtMs)
  console.log(JSON.stringify({ foundMs }))
  expect(foundMs).toBeLessThan(10_000)

  const { out, err, exitCode } = shown
  expect([exitCode, err]).toEqual([0, ''])
  const [failing = '', hanging = ''] = rowsOf(out).toSorted()
  expect(failing).toMatch(/^hook-11 +acme +http:\/\/127\.0\.1\.12:\d+ +[\d.]+ +http_status 503 /)
  expect(hanging).toMatch(/^hook-23 +acme +http:\/\/127\.0\.1\.24:\d+ /)
  expect(hanging).toMatch(why['hook-23'])
  expect(out).toMatch(/^1 invalid webhook, delivering nothing:\nbroken \(account acme, at 0\/30\): port /m)

  const response = await fetch(`http://127.0.0.1:${workers[0]?.opsPort}/status`)
  const text = await response.text()
  const status = JSON.parse(text) as StatusReport
  expect(status).toMatchObject({ gate: { open: true }, table: { webhooks: 31, invalid: 1 } })
  expect(text).not.toContain('secret-token')
  // A caller's number stands in every event.
  expect(text).not.toMatch(/\+?7916\d{7}/)
}, 60_000)
