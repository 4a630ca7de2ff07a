// What is told of an answer: where a redirect leads, when to try again, an excerpt; and that the next request is
// answered as if nothing had been. What becomes of receivers that misbehave is in hostile-receivers.test.ts.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import { answer, closeHostileServers, hostileServer, post, sendOne, testSender } from './hostile-server.ts'
import type { Socket } from 'node:net'

afterEach(closeHostileServers)

/** What came of one request to a server that answers so, and of a second one to it, answered well. */
async function exchangeWith(respond: (socket: Socket) => void): Promise<{ result: AttemptResult }> {
  const server = await hostileServer((socket, requestNumber) => {
    if (requestNumber === 1) respond(socket)
    else socket.write(answer('second'))
  })
  const sender = testSender()
  const result = await sendOne(sender, post(server.port))
  const next = await sendOne(sender, post(server.port, { headers: ['webhook-id', 'id-2'] }), {
    totalTimeoutMs: 5_000,
  })
  expect(next).toMatchObject({ kind: 'answered', statusCode: 200, excerpt: 'second' })
  expect(server.requests).toHaveLength(2)
  return { result }
}

const headers = (status: string, more = ''): string => `HTTP/1.1 ${status}\r\n${more}\r\n`

async function locationOf(status: string, more: string): Promise<string | null> {
  const { result } = await exchangeWith((socket) => socket.write(answer('', status, more)))
  return result.kind === 'answered' ? result.redirectOrigin : 'unanswered'
}

describe('where a redirect leads', () => {
  it.each<[string, string, string | null]>([
    ['another site', 'https://example.com:8443/new/s3cret?token=s3cret#s3cret', 'https://example.com:8443'],
    ['a site with a login', 'https://user:s3cret@example.com/', 'https://example.com'],
    ['a relative path', '/new/s3cret', null],
    ['another scheme, same site', '//example.com/s3cret', null],
    ['a script', 'javascript:alert("s3cret")', null],
    ['data', 'data:text/plain,s3cret', null],
    ['a name of 9,000 characters', `http://${'a'.repeat(9_000)}/s3cret`, `http://${'a'.repeat(249)}`],
    ['nonsense', 'http://[s3cret', null],
  ])('%s', async (_what, location, origin) => {
    const { result } = await exchangeWith((socket) =>
      socket.write(answer('', '301 Moved', `location: ${location}\r\n`)),
    )
    expect(result).toMatchObject({ kind: 'answered', statusCode: 301, redirectOrigin: origin })
    expect(JSON.stringify(result)).not.toContain('s3cret')
  })

  it('nowhere, twice, or named by an answer that is no redirect', async () => {
    expect(await locationOf('302 Found', '')).toBeNull()
    expect(await locationOf('201 Created', 'location: https://example.com/1\r\n')).toBeNull()
    const twice = 'location: https://one.example/\r\nlocation: https://two.example/\r\n'
    expect(await locationOf('302 Found', twice)).toBe('https://one.example')
  })
})

describe('when a receiver asks to be tried again', () => {
  it.each<[string, string, string | null]>([
    ['seconds', 'retry-after: 120\r\n', '120'],
    ['a date', 'Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n', 'Fri, 31 Dec 1999 23:59:59 GMT'],
    ['twice', 'retry-after: 1\r\nretry-after: 2\r\n', '1'],
    ['nothing', '', null],
    ['no value', 'retry-after:\r\n', ''],
    ['no end of it', `retry-after: ${'9'.repeat(9_000)}\r\n`, '9'.repeat(64)],
  ])('%s', async (_what, more, retryAfter) => {
    const { result } = await exchangeWith((socket) => socket.write(answer('', '503 Later', more)))
    expect(result).toMatchObject({ kind: 'answered', statusCode: 503, retryAfter })
  })

  it('is taken from the answer, not from a hint before it', async () => {
    const { result } = await exchangeWith((socket) =>
      socket.write(headers('103 Early Hints', 'retry-after: 9\r\n') + answer('', '503 Later')),
    )
    expect(result).toMatchObject({ retryAfter: null })
  })
})

describe('the excerpt of an answer', () => {
  it.each<[string, Buffer | string, string | null]>([
    ['no body', '', null],
    ['text', 'Привет', 'Привет'],
    ['line breaks and escapes', 'a\r\n\tb\u001B[31mc\u0085d', 'a b [31mc d'],
    ['more than 512 characters', 'я'.repeat(600), 'я'.repeat(512)],
    ['a character cut by what is kept', `${' '.repeat(2_047)}я`, ' '.repeat(512)],
    ['a character cut by the excerpt', `${'a'.repeat(511)}😀`, 'a'.repeat(511)],
    ['binary data', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]), null],
    ['zero bytes in text', 'a\0b', null],
    ['text in another encoding', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]), null],
  ])('%s', async (_what, body, excerpt) => {
    const { result } = await exchangeWith((socket) => {
      const bytes = Buffer.from(body)
      socket.write(
        Buffer.concat([Buffer.from(headers('200 OK', `content-length: ${bytes.length}\r\n`)), bytes]),
      )
    })
    expect(result).toMatchObject({ kind: 'answered', excerpt })
  })
})
