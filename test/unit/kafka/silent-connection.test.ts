// A connection whose other side is gone without a word: open, and nothing that is sent comes anywhere.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { applyClientPatches } from '../../../src/kafka/client-patches.ts'
import { int32 } from './record-set.ts'

const require = createRequire(import.meta.url)
const ConnectionPool = require('kafkajs/src/network/connectionPool')
const ApiVersions = require('kafkajs/src/protocol/requests/apiVersions')
const socketFactory = require('kafkajs/src/network/socketFactory')()
const logger = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => logger }

const requestTimeoutMs = 200
/** No error, and no API that has versions. */
const nothing = Buffer.alloc(6)

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close()
})

/** A broker that answers on every connection but the first. `answers`: how often the first one does before. */
const startBroker = async (answers: number) => {
  const open: Socket[] = []
  const server = createServer((socket) => {
    open.push(socket)
    const isFirst = open.length === 1
    let left = answers
    socket.on('error', () => undefined)
    // Requests are small and sent one by one: each arrives whole. Size, key and version stand before the correlation id.
    socket.on('data', (request) => {
      if (isFirst && left === 0) return
      left -= 1
      socket.write(Buffer.concat([int32(4 + nothing.length), request.subarray(8, 12), nothing]))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { open, port: (server.address() as AddressInfo).port }
}

const connectTo = async (port: number) => {
  const pool = new ConnectionPool({
    host: '127.0.0.1',
    port,
    logger,
    socketFactory,
    clientId: 'c',
    connectionTimeout: 1_000,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
  })
  closing.push(() => void pool.destroy())
  await pool.getConnection()
  return pool
}

/** What became of three requests, one after the other, and over how many connections they went. */
const threeRequests = async () => {
  const { open, port } = await startBroker(1)
  const pool = await connectTo(port)
  const ask = (): Promise<string> =>
    pool.send(ApiVersions.protocol({ version: 0 })()).then(
      () => 'answered',
      ({ name }: Error) => name,
    )
  const became = [await ask(), await ask(), await ask()]
  return { became, connections: open.length }
}

describe('a connection that has fallen silent', () => {
  it('is asked again and again by the plain client', async () => {
    expect(await threeRequests()).toEqual({
      became: ['answered', 'KafkaJSRequestTimeoutError', 'KafkaJSRequestTimeoutError'],
      connections: 1,
    })
  })

  describe('with our patch', () => {
    beforeAll(() => applyClientPatches())

    it('is left for another once a request is overdue', async () => {
      expect(await threeRequests()).toEqual({
        became: ['answered', 'KafkaJSRequestTimeoutError', 'answered'],
        connections: 2,
      })
    })

    it('is not taken for silent while an older request may still wait, such as that of a join', async () => {
      const { open, port } = await startBroker(0)
      const pool = await connectTo(port)
      const request = ApiVersions.protocol({ version: 0 })()
      const patient = pool.send({ ...request, requestTimeout: 60_000 })
      const early: Promise<unknown> = pool.send(request)
      await expect(early).rejects.toMatchObject({ name: 'KafkaJSRequestTimeoutError' })
      const [connection] = open
      // The first request's correlation id is 0: its answer is taken, so the connection is the same.
      connection?.write(Buffer.concat([int32(4 + nothing.length), int32(0), nothing]))
      await expect(patient).resolves.toMatchObject({ errorCode: 0 })
      expect(open).toHaveLength(1)
    })
  })
})
