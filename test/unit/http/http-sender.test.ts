// Receivers that refuse, hang, lie or break off: each ends in the result that it deserves, in time, and leaves
// the next request to the same receiver alone.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import { answer, closeHostileServers, hostileServer, post, sendOne, testSender } from './hostile-server.ts'
import type { Sending } from './hostile-server.ts'
import type { Socket } from 'node:net'

afterEach(closeHostileServers)

/** How late a result may be on a busy machine; the deadlines below are told apart by far more. */
const marginMs = 1_500

/** What came of one request to a server that behaves so, and of a second one to it, answered well. */
async function exchangeWith(
  misbehave: (socket: Socket) => void,
  sending: Sending = {},
): Promise<{ result: AttemptResult; tookMs: number; requests: readonly string[] }> {
  const server = await hostileServer((socket, requestNumber) => {
    if (requestNumber === 1) misbehave(socket)
    else socket.write(answer('second'))
  })
  const sender = testSender()
  const startedAtMs = performance.now()
  const result = await sendOne(sender, post(server.port), sending)
  const tookMs = performance.now() - startedAtMs
  const next = await sendOne(sender, post(server.port, { headers: ['webhook-id', 'id-2'] }), {
    totalTimeoutMs: 5_000,
  })
  expect(next).toMatchObject({ kind: 'answered', statusCode: 200, excerpt: 'second' })
  expect(server.requests).toHaveLength(2)
  return { result, tookMs, requests: server.requests }
}

/** Writes again and again until the socket is gone. */
function drip(socket: Socket, everyMs: number, text: () => string): void {
  const timer = setInterval(() => socket.write(text()), everyMs)
  socket.on('close', () => clearInterval(timer))
}

const headers = (status: string, more = ''): string => `HTTP/1.1 ${status}\r\n${more}\r\n`

describe('a receiver that gives no answer', () => {
  it.each<[string, (socket: Socket) => void, object]>([
    ['resets before the headers', (socket) => socket.resetAndDestroy(), { failure: 'reset' }],
    ['closes before the headers', (socket) => socket.end(), { failure: 'reset' }],
    [
      'breaks off within the headers',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nx-a: 1\r\nx-'),
      { failure: 'reset' },
    ],
    ['never answers', () => {}, { failure: 'total_timeout' }],
    [
      'drips headers',
      (socket) => (socket.write('HTTP/1.1 200 OK\r\n'), drip(socket, 20, () => 'x-a: 1\r\n')),
      { failure: 'total_timeout' },
    ],
    [
      'talks of early hints for ever',
      (socket) => drip(socket, 1, () => headers('103 Early Hints').repeat(20)),
      { failure: 'total_timeout' },
    ],
    [
      'sends more than 16 KB of headers',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\n${`x-a: ${'a'.repeat(1_000)}\r\n`.repeat(17)}`),
      { failure: 'response_too_large' },
    ],
    [
      'sends one header of 20 KB',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nlocation: http://${'a'.repeat(20_000)}`),
      { failure: 'response_too_large' },
    ],
    [
      'speaks something else than HTTP',
      (socket) => socket.write('220 mail.example.com ESMTP\r\n'),
      { failure: 'protocol_error' },
    ],
    [
      'sends random bytes',
      (socket) => socket.write(Buffer.from([0x16, 0x03, 0x01, 0, 5, 1, 0, 0xff])),
      { failure: 'protocol_error' },
    ],
    [
      'names a status below 100',
      (socket) => socket.write(answer('', '050 Odd')),
      { failure: 'protocol_error' },
    ],
    ['names status 0', (socket) => socket.write(answer('', '000 Odd')), { failure: 'protocol_error' }],
    [
      'switches protocols unasked',
      (socket) => socket.write(headers('101 Switching Protocols', 'connection: upgrade\r\nupgrade: x\r\n')),
      { failure: 'protocol_error' },
    ],
    [
      'says continue unasked',
      (socket) => socket.write(headers('100 Continue') + answer()),
      { failure: 'protocol_error' },
    ],
  ])('that %s', async (_what, misbehave, expected) => {
    const { result, tookMs } = await exchangeWith(misbehave, { totalTimeoutMs: 300 })
    expect(result).toMatchObject({ kind: 'unanswered', ...expected, timings: { firstByteMs: null } })
    expect(JSON.stringify(result)).not.toContain('s3cret')
    expect(tookMs).toBeLessThan(300 + marginMs)
  })
})

describe('a receiver whose status line arrived', () => {
  it.each<[string, (socket: Socket) => void, object]>([
    [
      'resets after the headers',
      (socket) =>
        socket.write(headers('200 OK', 'content-length: 10\r\n'), () =>
          setTimeout(() => socket.resetAndDestroy(), 20),
        ),
      { statusCode: 200, excerpt: null },
    ],
    [
      'resets within the body',
      (socket) =>
        socket.write(`${headers('500 No', 'content-length: 10\r\n')}half`, () =>
          setTimeout(() => socket.resetAndDestroy(), 20),
        ),
      { statusCode: 500, excerpt: 'half' },
    ],
    [
      'drips its body',
      (socket) => (socket.write(headers('200 OK', 'content-length: 1000\r\n')), drip(socket, 20, () => 'a')),
      { statusCode: 200, excerpt: expect.stringMatching(/^a+$/) },
    ],
    [
      'never ends its body',
      (socket) => (socket.write(headers('200 OK')), drip(socket, 1, () => 'a'.repeat(10_000))),
      { statusCode: 200, excerpt: 'a'.repeat(512) },
    ],
    [
      'sends 10 MB at once',
      (socket) => socket.write(answer('a'.repeat(10_000_000))),
      { statusCode: 200, excerpt: 'a'.repeat(512) },
    ],
    [
      'sends a body with a 204',
      (socket) => socket.write(answer('unwanted', '204 No Content')),
      { statusCode: 204, excerpt: null },
    ],
    [
      'sends less than it promised',
      (socket) => socket.end(`${headers('200 OK', 'content-length: 10\r\n')}half`),
      { statusCode: 200, excerpt: 'half' },
    ],
    [
      'sends more than it promised',
      (socket) => socket.write(`${headers('200 OK', 'content-length: 2\r\n')}okHTTP/1.1 500 No\r\n\r\n`),
      { statusCode: 200, excerpt: 'ok' },
    ],
    [
      'breaks its chunks',
      (socket) => socket.write(`${headers('200 OK', 'transfer-encoding: chunked\r\n')}2\r\nok\r\nzz\r\n`),
      { statusCode: 200, excerpt: 'ok' },
    ],
    [
      'begins a chunk of 2^62 bytes',
      (socket) =>
        socket.write(`${headers('200 OK', 'transfer-encoding: chunked\r\n')}4000000000000000\r\nok`),
      { statusCode: 200, excerpt: 'ok' },
    ],
    [
      'sends a trailer for ever',
      (socket) => (
        socket.write(`${headers('200 OK', 'transfer-encoding: chunked\r\n')}2\r\nok\r\n0\r\n`),
        drip(socket, 5, () => `x-a: ${'a'.repeat(500)}\r\n`)
      ),
      { statusCode: 200, excerpt: 'ok' },
    ],
    [
      'ends without a length',
      (socket) => socket.end(`${headers('503 No', 'connection: close\r\n')}later`),
      { statusCode: 503, excerpt: 'later' },
    ],
    [
      'hints before it answers',
      (socket) => socket.write(headers('103 Early Hints', 'link: </a>\r\n') + answer('real', '201 Created')),
      { statusCode: 201, excerpt: 'real' },
    ],
    [
      'compresses what it was asked not to',
      (socket) =>
        socket.write(
          Buffer.concat([
            Buffer.from(headers('200 OK', 'content-encoding: gzip\r\ncontent-length: 6\r\n')),
            Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]),
          ]),
        ),
      { statusCode: 200, excerpt: null },
    ],
    [
      'names an unheard-of status',
      (socket) => socket.write(answer('odd', '799 Odd')),
      { statusCode: 799, excerpt: 'odd' },
    ],
  ])('that %s', async (_what, misbehave, expected) => {
    const { result, tookMs } = await exchangeWith(misbehave, { totalTimeoutMs: 400 })
    expect(result).toMatchObject({ kind: 'answered', redirectOrigin: null, ...expected })
    expect(result.timings.firstByteMs).not.toBeNull()
    expect(tookMs).toBeLessThan(400 + marginMs)
  })
})

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
