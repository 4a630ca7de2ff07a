// Receivers that lie about where their answer ends, or write it as HTTP does not allow.
// What is wrong behind a status line that could be read changes nothing; what is wrong before that is no answer.
import type { Behaviour, Ending } from './behaviour.ts'
import { answer, broken, delivered, endless, head, late, pours, says, saysAndEnds } from './behaviour.ts'

const chunked = 'transfer-encoding: chunked'
const ok: Ending = { ...delivered, excerpt: 'ok' }
const row = (name: string, respond: Behaviour['respond'], ends: Ending): Behaviour => ({
  name,
  ...(respond !== undefined && { respond }),
  ends,
})

/** Its connection carries no other request. */
const last = (...given: Parameters<typeof row>): Behaviour => ({ ...row(...given), closes: true })

const lengths: readonly Behaviour[] = [
  row(
    'promises more than it sends, and hangs up',
    saysAndEnds(head('200 OK', 'content-length: 9') + 'ok'),
    ok,
  ),
  endless(
    row('promises more than it sends, and waits', says(head('200 OK', 'content-length: 9') + 'ok'), ok),
  ),
  last('sends more than it promised', says(answer('ok') + 'more of it'), ok),
  row(
    'promises 10^18 bytes',
    pours(head('200 OK', `content-length: 1${'0'.repeat(18)}`), 'a'.repeat(65_536)),
    {
      ...delivered,
      excerpt: 'a'.repeat(512),
    },
  ),
  row(
    'promises more bytes than a number holds',
    says(head('200 OK', `content-length: ${'9'.repeat(40)}`)),
    broken,
  ),
  row('promises a negative length', says(head('200 OK', 'content-length: -2') + 'ok'), broken),
  row('promises a length in hexadecimal', says(head('200 OK', 'content-length: 0x2') + 'ok'), broken),
  row(
    'promises two lengths',
    says(head('200 OK', 'content-length: 2', 'content-length: 4') + 'okok'),
    broken,
  ),
  row(
    'promises one length twice',
    says(head('200 OK', 'content-length: 2', 'content-length: 2') + 'ok'),
    broken,
  ),
  row('promises a list of lengths', says(head('200 OK', 'content-length: 2, 2') + 'ok'), broken),
  row(
    'promises a length and chunks',
    says(head('200 OK', 'content-length: 2', chunked) + '0\r\n\r\n'),
    broken,
  ),
  row(
    'promises chunks and a length',
    says(head('200 OK', chunked, 'content-length: 2') + '0\r\n\r\n'),
    broken,
  ),
  last('sends a body with a 204', says(answer('unwanted', '204 No Content')), {
    ...delivered,
    result: 204,
    excerpt: null,
  }),
]

const chunks: readonly Behaviour[] = [
  row('gives a chunk no size', says(`${head('200 OK', chunked)}2\r\nok\r\nzz\r\n`), ok),
  endless(row('begins a chunk of 2^62 bytes', says(`${head('200 OK', chunked)}4000000000000000\r\nok`), ok)),
  row(
    'begins a chunk of 2^70 bytes',
    says(`${head('200 OK', chunked)}2\r\nok\r\n400000000000000000\r\n`),
    ok,
  ),
  endless(row('leaves out the last chunk, and waits', says(`${head('200 OK', chunked)}2\r\nok\r\n`), ok)),
  row('leaves out the last chunk, and hangs up', saysAndEnds(`${head('200 OK', chunked)}2\r\nok\r\n`), ok),
  row('ends a chunk elsewhere than it said', says(`${head('200 OK', chunked)}2\r\nokay\r\n0\r\n\r\n`), ok),
  row(
    'extends a chunk by 1 MB',
    says(`${head('200 OK', chunked)}2;${'x'.repeat(1_000_000)}\r\nok\r\n0\r\n\r\n`),
    delivered,
  ),
  row(
    'compresses its chunks in transfer',
    says(`${head('200 OK', 'transfer-encoding: gzip, chunked')}2\r\nok\r\n0\r\n\r\n`),
    ok,
  ),
  row(
    'names chunks as not the last coding',
    saysAndEnds(`${head('200 OK', 'transfer-encoding: chunked, gzip')}ok`),
    ok,
  ),
  row(
    'names a coding that there is not',
    saysAndEnds(`${head('200 OK', 'transfer-encoding: xchunked')}ok`),
    ok,
  ),
]

const headers: readonly Behaviour[] = [
  row('folds a header', says(head('200 OK', 'x-a: 1', ' 2', 'content-length: 2') + 'ok'), broken),
  row('sends a header without a colon', says(head('200 OK', 'nonsense', 'content-length: 2') + 'ok'), broken),
  row('sends a header without a name', says(head('200 OK', ': 1', 'content-length: 2') + 'ok'), broken),
  row('puts a blank before a colon', says(head('200 OK', 'content-length : 2') + 'ok'), broken),
  row(
    'puts a zero byte into a header',
    says(head('200 OK', 'x-a: a\0b', 'content-length: 2') + 'ok'),
    broken,
  ),
  row(
    'puts a carriage return into a header',
    says(head('200 OK', 'x-a: a\rb', 'content-length: 2') + 'ok'),
    broken,
  ),
  row('ends its lines by line feeds', says('HTTP/1.1 200 OK\ncontent-length: 2\n\nok'), broken),
  row('ends its lines by carriage returns', says('HTTP/1.1 200 OK\rcontent-length: 2\r\rok'), broken),
  row(
    'sends the names that every object has',
    says(
      answer(
        'ok',
        '200 OK',
        '__proto__: a',
        'constructor: b',
        'toString: c',
        'constructor: d',
        '__proto__: e',
      ),
    ),
    ok,
  ),
  row(
    'sends header bytes that are no text',
    says(Buffer.from(answer('ok', '200 OK', 'x-a: \xff\xfe'), 'latin1')),
    ok,
  ),
]

const statusLines: readonly Behaviour[] = [
  row('gives no reason', says('HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok'), ok),
  row('gives no status', says('HTTP/1.1 OK\r\ncontent-length: 2\r\n\r\nok'), broken),
  row('gives a status of four digits', says(answer('ok', '2000 OK')), broken),
  row('gives a status of two digits', says(answer('ok', '20 OK')), broken),
  row('gives status 0', says(answer('ok', '000 OK')), broken),
  row('gives a status that there is not', says(answer('ok', '799 Odd')), {
    result: 799,
    judged: 'refused',
    as: 'http_status (receiver)',
    excerpt: 'ok',
  }),
  row('speaks HTTP/9.9', says(answer('ok').replace('1.1', '9.9')), broken),
  row('speaks http/1.1', says(answer('ok').replace('HTTP', 'http')), broken),
  row('speaks ICY', says(answer('ok').replace('HTTP/1.1', 'ICY')), broken),
  row('begins with empty lines', says(`\r\n\r\n${answer('ok')}`), ok),
  row('begins with something else', says(`xx${answer('ok')}`), broken),
  endless(row('says nothing', () => {}, late)),
]

export const framing: readonly Behaviour[] = [...lengths, ...chunks, ...headers, ...statusLines]
