// Simulated calls reach the receiver through a worker, misbehaving paths included, until they are called off.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runSimulation } from '../../src/local/simulation.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

let rig: WorkerRig
beforeAll(async () => {
  rig = await startWorkerRig()
})
afterAll(() => rig.stop())

it('are delivered, and counted', async () => {
  await rig.startWorker()
  const interrupted = Promise.withResolvers<void>()
  const lines: string[] = []
  const running = runSimulation({
    settings: rig.settings,
    callsPerSecond: 20,
    host: '127.0.0.1',
    listen: '127.0.0.1',
    port: 0,
    interrupted: interrupted.promise,
    out: (line) => lines.push(line),
  })
  const seen = (): ReadonlySet<string> => new Set(rig.outcomes.map(({ result }) => result))
  await until(
    () => ['delivered', 'retry_scheduled', 'rejected'].every((result) => seen().has(result)),
    'outcomes of each kind',
    30_000,
    () => [...seen()].join(),
  )
  interrupted.resolve()
  await running
  expect(lines[0]).toMatch(/^5 webhooks of account okna-moskva lead to http:\/\/127\.0\.0\.1:\d+$/)
  expect(lines.at(-1)).toMatch(/^\d+ calls, \d+ requests$/)
})
