import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { startReceiver } from '../../../src/local/receiver.ts'
import type { Receiver, ReceiverOptions } from '../../../src/local/receiver.ts'

const open: Receiver[] = []
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.stop()
})
const start = async (options: ReceiverOptions = {}): Promise<Receiver> => {
  const receiver = await startReceiver(options)
  open.push(receiver)
  return receiver
}
const postTo = (receiver: Receiver, id: string, attempt: string, body = ''): Promise<Response> =>
  fetch(`${receiver.origin}/hook?x=%20`, {
    method: 'POST',
    headers: { 'webhook-id': id, 'webhook-attempt': attempt },
    body,
  })

describe('the receiver', () => {
  it('keeps what it was sent as it stood, and answers 200', async () => {
    const receiver = await start()
    const response = await postTo(receiver, 'd1', '1', 'звонок')
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(receiver.requests).toMatchObject([
      { method: 'POST', target: '/hook?x=%20', body: 'звонок', deliveryId: 'd1', attempt: 1 },
    ])
  })

  it('counts a delivery and attempt seen again, and nothing else', async () => {
    const receiver = await start()
    for (const [id, attempt] of [
      ['d1', '1'],
      ['d1', '2'],
      ['d2', '1'],
    ] as const)
      await postTo(receiver, id, attempt)
    expect(receiver.duplicates()).toBe(0)
    await postTo(receiver, 'd1', '2')
    await postTo(receiver, 'd1', '2')
    expect(receiver.duplicates()).toBe(2)
  })

  it('answers as it is told, also through the raw response', async () => {
    const receiver = await start({
      answer: ({ attempt }) =>
        attempt === 1 ? { status: 503, body: 'later' } : (raw) => raw.writeHead(418).end(),
    })
    const first = await postTo(receiver, 'd', '1')
    expect([first.status, await first.text()]).toEqual([503, 'later'])
    expect((await postTo(receiver, 'd', '2')).status).toBe(418)
  })

  it('does not count half a request', async () => {
    const receiver = await start()
    const socket = connect(receiver.port, '127.0.0.1')
    await new Promise<void>((resolve) => {
      socket.once('connect', () => {
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf', () => socket.destroy())
      })
      socket.once('close', () => resolve())
    })
    await postTo(receiver, 'd', '1')
    expect(receiver.requests.map(({ deliveryId }) => deliveryId)).toEqual(['d'])
  })

  it('stops although a connection is open and a request unanswered', async () => {
    const arrived = Promise.withResolvers<void>()
    const receiver = await startReceiver({ onRequest: () => arrived.resolve(), answer: () => () => {} })
    const unanswered = postTo(receiver, 'd', '1').catch(() => 'cut')
    await arrived.promise
    await receiver.stop()
    expect(await unanswered).toBe('cut')
    await expect(fetch(receiver.origin)).rejects.toThrow()
  })

  it('refuses a port that is taken', async () => {
    const { port } = await start()
    await expect(startReceiver({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
