// The programs of PUBLISHING.md, taken from the page and run as they stand, against the real broker and registry.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startReceiver } from '../../src/local/receiver.ts'
import type { ReceivedRequest, Receiver } from '../../src/local/receiver.ts'
import { answers, exampleFolder } from '../harness/example-folder.ts'
import type { ExampleFolder } from '../harness/example-folder.ts'
import { exampleJars } from '../harness/example-jars.ts'
import { blockNamed, pageBlocks } from '../harness/page-blocks.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'

const run = promisify(execFile)
const page = await pageBlocks('PUBLISHING.md')

// The stack comes from Docker or from Java: where it comes from Docker, there may be no Java to run an example with.
const java = (await answers('javac', '-version')) && (await answers('mvn', '-v'))

const programs = [
  { file: 'publish.ts', lacking: null, command: () => [process.execPath, 'publish.ts'] },
  {
    file: 'Publish.java',
    lacking: java ? null : 'a JDK with Maven',
    command: async () => ['java', '-cp', await exampleJars(), 'Publish.java'],
  },
]

for (const { file, lacking, command } of programs) {
  if (lacking !== null) {
    it.skip(`${file} of PUBLISHING.md is not run: this machine lacks ${lacking}`, () => {})
    continue
  }
  describe(`${file} of PUBLISHING.md`, () => {
    let receiver: Receiver
    let rig: WorkerRig
    let folder: ExampleFolder
    let program: readonly string[]

    beforeAll(async () => {
      receiver = await startReceiver()
      rig = await startWorkerRig()
      folder = await exampleFolder(new Map([[file, blockNamed(page, file)]]))
      program = await command()
    }, 120_000)

    afterAll(async () => {
      await rig.stop()
      await receiver.stop()
      await folder.remove()
    })

    async function publish(...steps: readonly string[]): Promise<void> {
      const [executable = '', ...args] = program
      const env = {
        ...process.env,
        ...rig.environment,
        RECEIVER_URL: receiver.origin,
        // For a program that lives two seconds, more compiling costs more than it saves.
        JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
      }
      await run(executable, [...args, ...steps], { cwd: folder.path, env })
    }

    it('publishes a webhook and a call, which become the requests that the page shows', async () => {
      const shown = blockNamed(page, `requests of ${file}`)
      const requests = shown.split(/^(?=GET |POST )/m)
      await publish('webhook', 'call')
      const worker = await rig.startWorker()
      await rig.untilFinals(requests.length)
      await worker.stop()
      expect(receiver.requests.map(asShown).sort()).toEqual(requests.sort())
    })

    it('deletes the webhook: the next call goes to another alone', async () => {
      const before = receiver.requests.length
      await publish('delete', 'call')
      const other = { webhook_id: 'other', account_id: '10427', port: receiver.port, path: '/other' }
      await rig.publisher.webhook(webhookRecord(other))
      await rig.startWorker()
      await rig.untilFinals(before + 2)
      expect(receiver.requests.slice(before).map(({ target }) => target)).toEqual(['/other', '/other'])
    })
  })
}

function asShown({ method, target, body }: ReceivedRequest): string {
  return `${method} ${target}\n${body === '' ? '' : `${body}\n`}`
}
