// What is read of a connection for one request, on real sockets: in pieces, up to the bound, and nothing after it.
import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { boundAnswers } from '../../../src/http/answer-bound.ts'

let server: Server
let socket: Socket
let other: Socket

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const called = once(server, 'connection') as Promise<[Socket]>
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [[called1]] = await Promise.all([called, once(socket, 'connect')])
  other = called1
})
afterEach(() => {
  socket.destroy()
  other.destroy()
  server.close()
})

/** Reads what has come so far, when that is so much. */
async function readAll(bytes: number): Promise<readonly number[]> {
  const pieces: number[] = []
  let read = 0
  while (read < bytes) {
    const piece = socket.read() as Buffer | null
    if (piece === null) await once(socket, 'readable')
    else {
      pieces.push(piece.length)
      read += piece.length
    }
  }
  return pieces
}

/** How it ended. */
async function failureOf(reading: Promise<unknown>): Promise<unknown> {
  const failed = once(socket, 'error') as Promise<[Error]>
  const [, [error]] = await Promise.all([reading.catch(() => {}), failed])
  return error
}

describe('what a receiver sends for one request', () => {
  it('is read in small pieces, nothing left out', async () => {
    boundAnswers(socket, 100_000)
    other.write(Buffer.alloc(50_001))
    const pieces = await readAll(50_001)
    expect(Math.max(...pieces)).toBe(1_024)
    expect(pieces.reduce((sum, length) => sum + length, 0)).toBe(50_001)
  })

  it('ends its connection where it is more than the bound, and what had come is not read', async () => {
    boundAnswers(socket, 10_000)
    other.write(Buffer.alloc(50_000))
    expect(await failureOf(readAll(50_000))).toMatchObject({
      code: 'ANSWER_TOO_LARGE',
      message: 'more than 10000 bytes for one request',
    })
    expect(socket.read()).toBeNull()
  })

  it('is counted anew with the next request', async () => {
    boundAnswers(socket, 10_000)
    for (let request = 0; request < 5; request += 1) {
      socket.write('request')
      await once(other, 'data')
      other.write(Buffer.alloc(9_000))
      await readAll(9_000)
    }
    other.write(Buffer.alloc(9_000))
    expect(await failureOf(readAll(9_000))).toMatchObject({ code: 'ANSWER_TOO_LARGE' })
  })

  it('is not read any more once the connection was given up', () => {
    boundAnswers(socket, 10_000)
    socket.unshift(Buffer.alloc(100))
    socket.destroy()
    expect(socket.read()).toBeNull()
  })
})
