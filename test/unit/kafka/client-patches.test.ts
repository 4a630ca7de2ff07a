import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { applyClientPatches, UnsupportedClientError } from '../../../src/kafka/client-patches.ts'

const require = createRequire(import.meta.url)
const logger = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => logger }

/** Before anything below applies the patches: what the plain client does, for contrast. */
const Connection = require('kafkajs/src/network/connection')
const plainConnect = Connection.prototype.connect
const plainGzip = CompressionCodecs[CompressionTypes.GZIP]()

/** Counts the timers that an idle queue arms in its first 300 ms, and fails on the warning of a negative one. */
const countTimers = (patched: boolean): number => {
  const script = `
    import { createRequire } from 'node:module'
    import { applyClientPatches } from './src/kafka/client-patches.ts'
    const require = createRequire(process.cwd() + '/package.json')
    ${patched ? 'applyClientPatches()' : 'void applyClientPatches'}
    const RequestQueue = require('kafkajs/src/network/requestQueue')
    const log = () => {}
    const queue = new RequestQueue({ requestTimeout: 1000, enforceRequestTimeout: false,
      clientId: 'c', broker: 'b', logger: { debug: log, warn: log } })
    const plain = globalThis.setTimeout
    let timers = 0
    globalThis.setTimeout = (...given) => { timers += 1; return plain(...given) }
    queue.checkPendingRequests()
    plain(() => { console.log(timers); process.exit(0) }, 300)`
  const run = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect(run.stderr).toBe('')
  return Number(run.stdout.trim())
}

/** A server that answers the first connection with half a response and later ones with a whole one. */
const bufferedAfterReconnect = async (): Promise<number> => {
  const server = createServer((socket) => {
    socket.once('error', () => undefined)
    socket.end(Buffer.from([0, 0, 4, 0, 1, 2, 3]))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()))
  const port = (server.address() as AddressInfo).port
  const net = require('node:net')
  const connection = new Connection({
    host: '127.0.0.1',
    port,
    logger,
    connectionTimeout: 1_000,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    socketFactory: (options: { host: string; port: number; onConnect(): void }) => {
      const socket = net.connect(options, options.onConnect)
      socket.once('close', () => closed?.())
      return socket
    },
  })
  let closed: (() => void) | undefined
  const gone = new Promise<void>((resolve) => {
    closed = resolve
  })
  await connection.connect()
  await gone
  server.close()
  // The second connection attempt only has to begin: nothing listens any more.
  await connection.connect().catch(() => undefined)
  return connection.bytesBuffered
}

describe('applying the patches', () => {
  it('refuses another version of the client', () => {
    expect(() => applyClientPatches('2.2.5')).toThrow(UnsupportedClientError)
    expect(() => applyClientPatches('2.2.5')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_KAFKA_CLIENT' }),
    )
  })

  it('changes the client once', () => {
    const fetch = require('kafkajs/src/protocol/requests/fetch')
    const before = fetch.protocol
    applyClientPatches()
    const once = fetch.protocol
    applyClientPatches()
    expect(once).not.toBe(before)
    expect(fetch.protocol).toBe(once)
    expect(CompressionCodecs[CompressionTypes.GZIP]()).not.toBe(plainGzip)
  })
})

describe('an idle request queue', () => {
  it('arms no timer, where the plain one never stops', () => {
    expect(countTimers(false)).toBeGreaterThan(30)
    expect(countTimers(true)).toBe(0)
  })

  it('still sends what a throttle held back', async () => {
    applyClientPatches()
    const RequestQueue = require('kafkajs/src/network/requestQueue')
    const queue = new RequestQueue({ requestTimeout: 1_000, clientId: 'c', broker: 'b', logger })
    queue.maybeThrottle(20)
    await new Promise<void>((sendRequest) => {
      const entry = { correlationId: 1, resolve() {}, reject() {} }
      queue.push({ entry, expectResponse: false, sendRequest })
      expect(queue.pending).toHaveLength(1)
    })
    expect(queue.pending).toHaveLength(0)
    queue.destroy()
  })
})

describe('a connection cut in the middle of a response', () => {
  it('is forgotten at the next connection, where the plain client keeps it', async () => {
    applyClientPatches()
    const patched = Connection.prototype.connect
    Connection.prototype.connect = plainConnect
    expect(await bufferedAfterReconnect()).toBe(7)
    Connection.prototype.connect = patched
    expect(await bufferedAfterReconnect()).toBe(0)
  })
})
