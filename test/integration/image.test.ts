// What the Dockerfile builds, run as it would be: only what the image holds, read-only, as a user without rights, as the first
// process, which has no default for signals: one that nobody listens to is lost, and the container at work until it is killed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { freePort } from '../../src/local/stack-ports.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import { canContain, makeRunnable, startContained } from '../harness/contained.ts'
import type { Contained, ContainedOptions } from '../harness/contained.ts'
import { layOutImage } from '../harness/image-tree.ts'
import type { ImageTree } from '../harness/image-tree.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

let tree: ImageTree
let rig: WorkerRig
const running: Contained[] = []

beforeAll(async () => {
  tree = await layOutImage()
  await makeRunnable(tree)
  rig = await startWorkerRig()
})
afterEach(() => {
  for (const each of running.splice(0)) each.kill()
})
afterAll(async () => {
  await rig.stop()
  await tree.remove()
})

function start({ environment, ...options }: ContainedOptions): Contained {
  const contained = startContained(tree, { ...options, environment: { ...rig.environment, ...environment } })
  running.push(contained)
  return contained
}

async function untilAnswered(contained: Contained, url: string): Promise<void> {
  const isWell = async (): Promise<boolean> => {
    if (contained.exitCode() !== null) throw new Error(contained.output())
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  await until(isWell, url, 30_000, contained.output)
}

describe('the image', () => {
  it('was tried as a container where we are root, as in CI', () => {
    expect(canContain).toBe(process.getuid?.() === 0)
  })

  it('holds a worker that delivers, and ends in good order', async () => {
    const receiver = await startReceiver()
    try {
      const { port } = receiver
      await rig.publisher.webhook(webhookRecord({ webhook_id: 'one', account_id: 'account', port }))
      const opsPort = await freePort()
      const worker = start({
        words: ['worker'],
        environment: { OPS_PORT: String(opsPort), LOG_LEVEL: 'info' },
      })
      await untilAnswered(worker, `http://127.0.0.1:${opsPort}/readyz`)
      await rig.publisher.callEvent(simulateCall(4, 'account', Date.now()).end)
      await rig.untilFinals(1)
      expect([...rig.finals().values()].map(({ result }) => result)).toEqual(['delivered'])
      await worker.terminate()
      expect([await worker.ended(), receiver.requests.length]).toEqual([0, 1])
    } finally {
      await receiver.stop()
    }
  })

  it('holds a console that bundles its page', async () => {
    const port = await freePort()
    const environment = { CONSOLE_PORT: String(port), CONSOLE_STORE_FILE: ':memory:' }
    const page = start({ words: ['console'], environment })
    await untilAnswered(page, `http://127.0.0.1:${port}/`)
    await page.terminate()
    expect(await page.ended()).toBe(0)
  })
})

describe('a signal that comes while', () => {
  it.each([
    ['the program', '/src/cli/command-line.ts'],
    ['the worker', '/src/worker.ts'],
  ])('%s is loading ends it', async (_, file) => {
    const worker = start({
      words: ['worker'],
      environment: { LOG_LEVEL: 'info' },
      options: [`--import=data:text/javascript,${encodeURIComponent(signalledAt(file))}`],
    })
    const late = setTimeout(() => worker.kill(), 15_000)
    expect([await worker.ended(), worker.output()]).toEqual([0, ''])
    clearTimeout(late)
  })
})

/** Sends it at the moment at which Node.js begins to load that file. */
function signalledAt(file: string): string {
  return `import { registerHooks } from 'node:module'
    registerHooks({
      load(url, context, next) {
        if (url.endsWith(${JSON.stringify(file)})) process.kill(process.pid, 'SIGTERM')
        return next(url, context)
      },
    })`
}
