// Docker is stood in for by a shell script on the path, and its containers by two servers of this test: what is
// tested is which commands are given when, not that Docker obeys them.
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { composeOverride, startComposeStack } from '../../../src/local/compose-stack.ts'

const realPath = process.env['PATH']
const requests: string[] = []
let folder: string
let broker: Server
let registry: Server

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function standIn(up: string): Promise<void> {
  const file = join(folder, 'docker')
  const script = `echo "$KAFKA_PORT $*" >>"${join(folder, 'commands')}"
    case "$*" in *" up "*) ${up};; esac`
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}

/** The commands given, without the names that differ from run to run. */
const commands = async () =>
  (await readFile(join(folder, 'commands'), 'utf8').catch(() => ''))
    .replaceAll(/-f \S+/g, '-f')
    .trim()
    .split('\n')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compose-'))
  process.env['PATH'] = `${folder}${delimiter}${realPath}`
  requests.length = 0
  // Size, the request's correlation id, no error: as much of an answer as tells a broker.
  broker = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.from([0, 0, 0, 6, 0, 0, 0, 7, 0, 0])))
  })
  registry = createHttpServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    response.end('[]')
  })
})

afterEach(async () => {
  process.env['PATH'] = realPath
  broker.close()
  registry.close()
  await rm(folder, { recursive: true, force: true })
})

describe('the stack in containers', () => {
  it('is brought up on the ports given, told its compatibility level, and taken down', async () => {
    await standIn('exec sleep 600')
    const kafkaPort = await portOf(broker)
    const registryPort = await portOf(registry)
    const stack = await startComposeStack({ kafkaPort, registryPort })
    expect(stack.brokers).toEqual([`127.0.0.1:${kafkaPort}`])
    expect(stack.registryUrl).toBe(`http://127.0.0.1:${registryPort}/apis/ccompat/v7`)
    expect(requests.at(-1)).toBe('PUT /apis/ccompat/v7/config')
    // Here the answers do not come from the containers, so they may come before the command was begun.
    while (!(await commands()).some((command) => command.includes(' up '))) await delay(10)
    await stack.stop()
    const project = `${kafkaPort} compose -p call-webhook-\\w{8} -f -f`
    expect(await commands()).toEqual([
      expect.stringMatching(new RegExp(`^${project} up --no-color kafka registry$`)),
      expect.stringMatching(new RegExp(`^${project} down --volumes$`)),
    ])
  })

  it('says what compose said when it ends early, and takes down what is left', async () => {
    await standIn('echo "pull access denied"; exit 18')
    const start = startComposeStack({ kafkaPort: 1, registryPort: 2 })
    const error: unknown = await start.catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'not_ready',
      message: expect.stringMatching(/docker compose ended with exit code 18(.|\n)*pull access denied/),
    })
    expect((await commands()).at(-1)).toMatch(/ down --volumes$/)
    const log = /(\/\S+)\/compose\.log/.exec(String(error))?.[1] ?? folder
    await rm(log, { recursive: true })
  })
})

it('broker properties reach a container as its environment', () => {
  expect(composeOverride({ 'log.cleaner.backoff.ms': '5', 'a_b-c.d': '$x' })).toEqual({
    services: { kafka: { environment: { KAFKA_LOG_CLEANER_BACKOFF_MS: '5', KAFKA_A__B___C_D: '$$x' } } },
  })
})
