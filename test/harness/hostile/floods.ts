// Receivers that send too little for too long, or too much: each is cut at the total timeout or at the bounds of what is
// read, whatever it is that they have no end of.
import { brotliCompressSync, constants, deflateRawSync, gzipSync } from 'node:zlib'
import type { Behaviour, Ending } from './behaviour.ts'
import { answer, broken, delivered, drips, endless, head, late, pours, says, tooLarge } from './behaviour.ts'

const chunked = head('200 OK', 'transfer-encoding: chunked')
const kilobyte = 'a'.repeat(1_024)
const row = (name: string, respond: NonNullable<Behaviour['respond']>, ends: Ending): Behaviour => ({
  name,
  respond,
  ends,
})

const slow: readonly Behaviour[] = [
  {
    name: 'drips its status line',
    respond(socket) {
      const text = `HTTP/1.1 200 ${kilobyte}`
      let sent = 0
      const timer = setInterval(() => socket.write(text[sent++] ?? ''), 20)
      socket.on('close', () => clearInterval(timer))
    },
    ends: late,
  },
  row('drips headers', drips('HTTP/1.1 200 OK\r\n', 'x-a: 1\r\n'), late),
  row('drips a header', drips('HTTP/1.1 200 OK\r\nx-a: ', 'a'), late),
  row('drips its body', drips(head('200 OK', 'content-length: 100000'), 'a'), delivered),
  row('drips chunks', drips(chunked, '1\r\na\r\n'), delivered),
  row('drips a chunk’s size', drips(`${chunked}2\r\nok\r\n`, '0'), { ...delivered, excerpt: 'ok' }),
  row('drips its trailer', drips(`${chunked}2\r\nok\r\n0\r\n`, 'x-a: 1\r\n'), {
    ...delivered,
    excerpt: 'ok',
  }),
  row('drips empty lines before its answer', drips('', '\r\n'), late),
  row('drips hints', drips('', head('103 Early Hints', 'link: </a>')), late),
]

const fast: readonly Behaviour[] = [
  row('has no end of a body', pours(head('200 OK'), kilobyte.repeat(64)), delivered),
  row('has no end of chunks', pours(chunked, '1\r\na\r\n'.repeat(4_096)), delivered),
  row('has no end of a chunk’s size', pours(chunked, '0'.repeat(65_536)), delivered),
  row('has no end of a chunk’s extension', pours(`${chunked}2;`, kilobyte.repeat(64)), delivered),
  row('has no end of a trailer', pours(`${chunked}0\r\n`, `x-a: ${kilobyte}\r\n`), delivered),
  row('has no end of headers', pours('HTTP/1.1 200 OK\r\n', `x-a: ${kilobyte}\r\n`.repeat(16)), tooLarge),
  row('has no end of a header', pours('HTTP/1.1 200 OK\r\nx-a: ', kilobyte.repeat(16)), tooLarge),
  row('has no end of a header’s name', pours('HTTP/1.1 200 OK\r\n', kilobyte.repeat(16)), tooLarge),
  row('has no end of empty headers', pours('HTTP/1.1 200 OK\r\n', 'a:\r\n'.repeat(4_096)), tooLarge),
  row('has no end of a reason', pours('HTTP/1.1 200 ', kilobyte.repeat(16)), tooLarge),
  row('has no end of empty lines before its answer', pours('', '\r\n'.repeat(8_192)), tooLarge),
  row(
    'has no end of blanks before a header’s value',
    pours('HTTP/1.1 200 OK\r\nx-a:', ' '.repeat(16_384)),
    tooLarge,
  ),
  row('processes for ever', pours('', head('102 Processing').repeat(512)), tooLarge),
  row('hints for ever', pours('', head('103 Early Hints', `link: <${kilobyte}>`).repeat(16)), tooLarge),
  row('says for ever that it goes on', pours('', head('100 Continue').repeat(512)), broken),
]

/** As much again and again as it takes to tell whether somebody inflates it. */
const bomb = (coding: string, piece: Uint8Array): Behaviour =>
  row(`inflates without end, as ${coding}`, pours(head('200 OK', `content-encoding: ${coding}`), piece), {
    ...delivered,
    excerpt: null,
  })

const tenMegabytes = Buffer.alloc(10_000_000, 'a')
const fastBrotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }
const large: readonly Behaviour[] = [
  bomb('gzip', gzipSync(tenMegabytes)),
  bomb('deflate', deflateRawSync(tenMegabytes, { finishFlush: constants.Z_FULL_FLUSH })),
  bomb('br', brotliCompressSync(tenMegabytes, fastBrotli)),
  bomb('gzip, gzip, gzip, gzip', gzipSync(gzipSync(tenMegabytes))),
  row('answers with 10 MB', says(answer(kilobyte.repeat(10_000))), {
    ...delivered,
    excerpt: 'a'.repeat(512),
  }),
  row('answers 500 with 10 MB', says(answer(kilobyte.repeat(10_000), '500 No')), {
    result: 500,
    judged: 'retryable',
    as: 'http_status (receiver)',
    excerpt: 'a'.repeat(512),
  }),
  row(
    'sends 17 KB of headers',
    says(answer('ok', '200 OK', ...Array<string>(17).fill(`x-a: ${kilobyte}`))),
    tooLarge,
  ),
  row(
    'sends 10,000 headers',
    says(answer('ok', '200 OK', ...Array<string>(10_000).fill('x-a: 1'))),
    tooLarge,
  ),
  row('sends 2,000 headers', says(answer('ok', '200 OK', ...Array<string>(2_000).fill('x-a: 1'))), {
    ...delivered,
    excerpt: 'ok',
  }),
  row('gives a reason of 64 KB', says(answer('ok', `200 ${kilobyte.repeat(64)}`)), {
    ...delivered,
    excerpt: 'ok',
  }),
]

export const floods: readonly Behaviour[] = [...slow.map(endless), ...fast, ...large]
