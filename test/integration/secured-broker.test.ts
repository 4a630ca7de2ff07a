// Brokers that demand TLS, a login or a certificate: the worker runs on them with nothing but its settings, and
// where a setting is wrong it ends at once and says which.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startReceiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { newAuthority } from '../harness/certificates.ts'
import { startSecuredBroker } from '../harness/secured-broker.ts'
import type { SecuredBroker } from '../harness/secured-broker.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, testEnvironment, webhookRecord } from '../harness/worker-rig.ts'

type Environment = Readonly<Record<string, string>>

const root = new URL('../../', import.meta.url).pathname
const username = 'worker'
const password = 'pa55-of-the-worker'
const wrongPassword = 'pa55-of-another'

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly tookMs: number
}

/** A command line to its end, as an operator runs it. */
async function run(words: readonly string[], environment: Environment): Promise<Run> {
  const began = performance.now()
  const child = spawn(process.execPath, ['src/main.ts', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 45_000,
    killSignal: 'SIGKILL',
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  await once(child, 'close')
  return { code: child.exitCode, out, err, tookMs: performance.now() - began }
}

describe('a broker that demands TLS', () => {
  let broker: SecuredBroker
  let folder: string
  /** Of a worker that trusts the broker's authority; filled before the tests. */
  let trusting: Environment
  let certified: Environment
  let foreignAuthority: string

  const login = (mechanism: string, as = password): Environment => ({
    ...trusting,
    KAFKA_BROKERS: broker.login,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: as,
  })

  beforeAll(async () => {
    const authority = newAuthority('authority of this test')
    const worker = authority.issue('worker')
    folder = await mkdtemp(join(tmpdir(), 'secured-broker-'))
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text)
      return join(folder, name)
    }
    trusting = { KAFKA_SSL_ENABLED: 'true', KAFKA_SSL_CA_FILE: await file('ca.pem', authority.cert) }
    certified = {
      KAFKA_SSL_CERT_FILE: await file('worker.pem', worker.cert),
      KAFKA_SSL_KEY_FILE: await file('worker.key', worker.key),
    }
    foreignAuthority = await file('foreign.pem', newAuthority('another authority').cert)
    const server = authority.issue('broker')
    broker = await startSecuredBroker({ authority: authority.cert, server, username, password })
  })

  afterAll(async () => {
    await broker.stop()
    await rm(folder, { recursive: true })
  })

  const deliverOne = async (environment: Environment): Promise<void> => {
    const receiver = await startReceiver()
    const rig = await startWorkerRig(environment)
    try {
      const { port } = receiver
      await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port }))
      await rig.startWorker()
      await rig.publisher.callEvent(simulateCall(0, 'acme', Date.now()).end)
      await rig.untilFinals(1)
      expect([...rig.finals().values()].map(({ result }) => result)).toEqual(['delivered'])
    } finally {
      await rig.stop()
      await receiver.stop()
    }
  }

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('is worked on with a login by %s', async (mechanism) =>
    deliverOne(login(mechanism)),
  )

  it('is worked on with a certificate of our own', async () =>
    deliverOne({ ...trusting, ...certified, KAFKA_BROKERS: broker.mutual }))

  it('is worked on by the commands, and none of them prints the password', async () => {
    const environment = testEnvironment({ ...login('scram-sha-512'), LOG_LEVEL: 'debug' })
    const topics = await run(['topics', 'create'], environment)
    const schemas = await run(['schemas', 'register'], environment)
    const settings = await run(['settings', 'print'], environment)
    const worker = await startWorkerProcess(environment)
    expect(await worker.end('SIGTERM')).toBe(0)
    expect([topics, schemas, settings].map(({ code, err }) => ({ code, err }))).toEqual(
      Array.from({ length: 3 }, () => ({ code: 0, err: '' })),
    )
    for (const { out, err } of [topics, schemas, settings]) expect(out + err).not.toContain(password)
    expect(worker.output()).toContain('"level":"')
    expect(worker.output()).not.toContain(password)
  })

  const faulty: readonly (readonly [string, () => Environment, RegExp])[] = [
    ['a wrong password', () => login('plain', wrongPassword), /login is refused; see .*KAFKA_SASL_PASSWORD/],
    ['a wrong SCRAM password', () => login('scram-sha-512', wrongPassword), /login is refused; see/],
    [
      'an authority that did not sign the broker’s certificate',
      () => ({ ...login('plain'), KAFKA_SSL_CA_FILE: foreignAuthority }),
      /certificate is not to be trusted; see .*KAFKA_SSL_CA_FILE/,
    ],
    ['no TLS', () => ({ KAFKA_BROKERS: broker.login }), /ends the connection .*KAFKA_SSL_ENABLED/],
    [
      'a login without TLS',
      () => ({ ...login('plain'), KAFKA_SSL_ENABLED: 'false' }),
      /ends the connection .*KAFKA_SSL_ENABLED/,
    ],
    [
      'TLS where the broker speaks none',
      () => ({ ...trusting, KAFKA_BROKERS: broker.plain }),
      /speaks no TLS on this port; see .*KAFKA_SSL_ENABLED/,
    ],
    [
      'TLS without a login',
      () => ({ ...trusting, KAFKA_BROKERS: broker.login }),
      /ends the connection .*KAFKA_SASL_MECHANISM/,
    ],
    [
      'a login where none is known',
      () => ({ ...login('plain'), ...certified, KAFKA_BROKERS: broker.mutual }),
      /login is refused; see .*KAFKA_SASL_MECHANISM/,
    ],
    [
      'no certificate where one is demanded',
      () => ({ ...trusting, KAFKA_BROKERS: broker.mutual }),
      /refuses this worker’s certificate, or its absence; see .*KAFKA_SSL_CERT_FILE/,
    ],
  ]
  it.each(faulty)('refuses %s, and the worker ends with one line that says so', async (_, settings, line) => {
    const environment = testEnvironment({ ...settings(), LOG_LEVEL: 'debug' })
    const { code, out, err, tookMs } = await run(['worker'], environment)
    expect(err.trimEnd()).toMatch(line)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBe(1)
    expect(tookMs).toBeLessThan(30_000)
    for (const secret of [password, wrongPassword]) expect(out + err).not.toContain(secret)
  })
})
