// The console as a process: it says where it listens, ends when it is asked to, and tells in one line why it does not.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runToItsEnd } from '../harness/ended-process.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { freePort } from '../../src/local/stack-ports.ts'

let rig: WorkerRig
let folder: string
beforeAll(async () => {
  rig = await startWorkerRig()
  folder = await mkdtemp(join(tmpdir(), 'console-'))
})
afterAll(async () => {
  await rig.stop()
  await rm(folder, { recursive: true })
})

const run = (environment: Readonly<Record<string, string>>, interruptAt?: string) =>
  runToItsEnd({
    words: ['console'],
    environment: {
      ...rig.environment,
      CONSOLE_PORT: '0',
      CONSOLE_STORE_FILE: join(folder, 'counts.sqlite'),
      ...environment,
    },
    ...(interruptAt === undefined ? {} : { interruptAt }),
  })

describe('the command console', () => {
  it('prints its address, and ends within seconds of SIGTERM', async () => {
    const { exitCode, out, err, tookMs } = await run({}, 'console: http')
    expect([exitCode, err]).toEqual([0, []])
    expect(out).toEqual([expect.stringMatching(/^console: http:\/\/127\.0\.0\.1:\d+$/)])
    expect(tookMs).toBeLessThan(5_000)
  })

  it.each([
    [
      'beyond this machine without an authentication',
      { CONSOLE_HOST: '0.0.0.0' },
      /^console\.host \(CONSOLE_HOST\)/,
    ],
    ['with tokens and no file', { CONSOLE_AUTHENTICATION: 'token' }, /^console\.tokensFile .*missing/],
    ['with a topic that is not there', { TOPICS_WEBHOOKS_NAME: 'nowhere' }, /nowhere/],
    ['without brokers', { KAFKA_BROKERS: '127.0.0.1:1' }, /kafka\.brokers/],
    ['with a network that is none', { CONSOLE_TRUSTED_PROXIES: '10.0.0.0/33' }, /^console\.trustedProxies/],
    ['where it has no place', { CONSOLE_STORE_FILE: '/nowhere/counts.sqlite' }, /counts\.sqlite/],
  ] as const)('refuses to start %s, in one line', async (_, environment, line) => {
    const { exitCode, out, err } = await run(environment)
    expect([exitCode, out]).toEqual([1, []])
    expect(err).toEqual([expect.stringMatching(line)])
  })

  it('refuses to start on a port that is taken, and with tokens that are none', async () => {
    const port = await freePort()
    const { createServer } = await import('node:net')
    const taken = createServer().listen(port, '127.0.0.1')
    const refused = await run({ CONSOLE_PORT: String(port) })
    taken.close()
    expect(refused.err).toEqual([
      `127.0.0.1:${port} is taken; see console.host (CONSOLE_HOST) and console.port (CONSOLE_PORT; 0: a free one)`,
    ])
    const tokensFile = join(folder, 'tokens.json')
    await writeFile(tokensFile, '{"secret-token-1234": 7}')
    const { err } = await run({ CONSOLE_AUTHENTICATION: 'token', CONSOLE_TOKENS_FILE: tokensFile })
    expect(err).toEqual([expect.stringMatching(/^console\.tokensFile .*the account of token 1/)])
    expect(err.join()).not.toContain('secret-token')
  })
})
