// What a running worker logs is changed by a command, without a restart.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { runCli } from '../harness/run-cli.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

let rig: WorkerRig
let receiver: Receiver

beforeAll(async () => {
  receiver = await startReceiver()
  rig = await startWorkerRig()
  await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port }))
})

afterAll(async () => {
  await rig.stop()
  await receiver.stop()
})

it('shows a delivery once it is asked to, and says who asked', async () => {
  const worker = await startWorkerProcess({ ...rig.environment, LOG_LEVEL: 'warn' })
  const deliver = async (index: number): Promise<void> => {
    await rig.publisher.callEvent(simulateCall(index, 'acme', Date.now()).end)
    await rig.untilFinals(index + 1)
  }
  await deliver(0)
  const url = `http://127.0.0.1:${worker.opsPort}`
  const { exitCode, out } = await runCli(['log-level', 'debug', '--url', url, '--for', '5m'])
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'debug for 5m, then warn' })
  await deliver(1)
  expect(await worker.end('SIGTERM')).toBe(0)
  const lines = worker
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const texts = lines.map(({ msg }) => msg)
  expect(texts.filter((text) => text === 'delivered')).toHaveLength(1)
  expect(texts.indexOf('delivered')).toBeGreaterThan(texts.indexOf('log level changed'))
  expect(lines.find(({ msg }) => msg === 'log level changed')).toMatchObject({
    level: 'warn',
    from: 'warn',
    to: 'debug',
    forS: 300,
    by: expect.stringContaining('127.0.0.1'),
  })
})
