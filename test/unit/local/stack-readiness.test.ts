import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { brokerAnswers, registryAnswers, untilReady } from '../../../src/local/stack-readiness.ts'
import { startTied } from '../../../src/local/tied-process.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readiness-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const start = (script: string) =>
  startTied({
    title: 'The child',
    command: ['sh', '-c', script],
    logFile: join(folder, 'child.log'),
    graceSeconds: 5,
  })

describe('waiting until a process is ready', () => {
  it('ends at once when the process ends, with the last lines of its log and where it is', async () => {
    const child = await start('seq 1 100; echo out of memory; exit 3')
    await expect(untilReady(child, () => Promise.resolve(false), 60_000)).rejects.toMatchObject({
      name: 'StackUnavailable',
      code: 'not_ready',
      message: expect.stringMatching(
        /^The child ended with exit code 3 before it was ready\..*child\.log:\n82\n[\d\n]*100\nout of memory$/,
      ),
    })
  })

  it('is not held up by a question that is never answered', async () => {
    const child = await start('exit 1')
    const silence = new Promise<boolean>(() => undefined)
    await expect(untilReady(child, () => silence, 60_000)).rejects.toMatchObject({ code: 'not_ready' })
  })

  it('has a deadline', async () => {
    const child = await start('exec sleep 600')
    await expect(untilReady(child, () => Promise.resolve(false), 60)).rejects.toThrow(/not ready after 0 s/)
    await child.stop()
  })

  it('ends with the first yes', async () => {
    const child = await start('exec sleep 600')
    let asked = 0
    await untilReady(child, () => Promise.resolve(++asked === 3), 60_000)
    expect(asked).toBe(3)
    await child.stop()
  })

  it('takes nobody and nonsense for no', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await brokerAnswers('127.0.0.1', port)).toBe(false)
    expect(await registryAnswers(`http://127.0.0.1:${port}`)).toBe(false)
    server.close()
    await once(server, 'close')
    expect(await brokerAnswers('127.0.0.1', port)).toBe(false)
    expect(await registryAnswers(`http://127.0.0.1:${port}`)).toBe(false)
  })
})
