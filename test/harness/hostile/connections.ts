// Receivers that answer too early, twice or in another language, and connections that break at every stage.
// The next request on a kept connection must never get what it did not ask for.
import type { Socket } from 'node:net'
import type { Behaviour, Ending } from './behaviour.ts'
import {
  answer,
  broken,
  delivered,
  head,
  refused,
  reset,
  says,
  saysAndEnds,
  saysAndResets,
} from './behaviour.ts'

const ok: Ending = { ...delivered, excerpt: 'ok' }
const forged = answer('forged')
const row = (name: string, respond: NonNullable<Behaviour['respond']>, ends: Ending): Behaviour => ({
  name,
  respond,
  ends,
})
/** Its connection carries no other request. */
const last = (...given: Parameters<typeof row>): Behaviour => ({ ...row(...given), closes: true })
/** The answer, and once the sender has read that, the rest. */
const later = (text: string) => (socket: Socket) => {
  socket.write(answer('ok'))
  setTimeout(() => socket.write(text), 20)
}

const early: readonly Behaviour[] = [
  {
    name: 'answers when it is called, before it was asked',
    accept(socket, serve) {
      socket.write(answer('early'))
      serve(socket)
    },
    ends: { ...delivered, excerpt: 'early' },
  },
  {
    name: 'answers when it is called, and hangs up',
    accept(socket, serve) {
      serve(socket)
      socket.end(answer('early'))
    },
    closes: true,
    ends: { ...delivered, excerpt: 'early' },
  },
  {
    name: 'answers 400 before it has read the body, and reads it then',
    bodyBytes: 262_144,
    accept(socket, serve) {
      socket.once('readable', () => {
        socket.write(answer('no', '400 Bad Request'))
        serve(socket)
      })
    },
    ends: { ...refused, excerpt: 'no' },
  },
  {
    name: 'answers 400 before it has read the body, and hangs up',
    bodyBytes: 262_144,
    accept: (socket) =>
      socket.once('readable', () => socket.end(answer('no', '400 Bad Request', 'connection: close'))),
    ends: { ...refused, excerpt: 'no' },
  },
]

const second: readonly Behaviour[] = [
  last('answers twice at once', says(answer('ok') + forged), ok),
  last('answers twice, later', later(forged), ok),
  last('begins a second answer', later('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n'), ok),
  last('hints when it has answered', later(head('103 Early Hints')), ok),
  last(
    'times out aloud when it has answered',
    later(answer('', '408 Request Timeout', 'connection: close')),
    ok,
  ),
  row('sends an empty line when it has answered', later('\r\n'), ok),
  last('goes on to a protocol of its own when it has answered', later('220 ready\r\n'), ok),
  last('answers twice, first without a body', says(head('204 No Content') + forged), {
    ...delivered,
    result: 204,
  }),
  last(
    'answers 205 with the next answer as its body',
    says(head('205 Reset Content', 'content-length: 0') + forged),
    {
      ...delivered,
      result: 205,
    },
  ),
]

const breaks: readonly Behaviour[] = [
  { name: 'resets when it is called', accept: (socket) => socket.resetAndDestroy(), ends: reset },
  { name: 'hangs up when it is called', accept: (socket) => socket.end(), ends: reset },
  {
    name: 'resets within the request',
    bodyBytes: 262_144,
    accept: (socket) => socket.once('readable', () => socket.resetAndDestroy()),
    ends: reset,
  },
  row('resets after the request', (socket) => socket.resetAndDestroy(), reset),
  row('hangs up after the request', (socket) => socket.end(), reset),
  row('resets within the status line', saysAndResets('HTTP/1.1 2'), reset),
  row('hangs up within the status line', saysAndEnds('HTTP/1.1 2'), reset),
  row('resets within the headers', saysAndResets('HTTP/1.1 200 OK\r\nx-a: 1\r\nx-'), reset),
  row('hangs up within the headers', saysAndEnds('HTTP/1.1 200 OK\r\nx-a: 1\r\nx-'), reset),
  row('resets after the headers', saysAndResets(head('200 OK', 'content-length: 9')), {
    ...delivered,
    excerpt: null,
  }),
  row('resets within the body', saysAndResets(`${head('200 OK', 'content-length: 9')}ok`), ok),
  row('resets after a hint', saysAndResets(head('103 Early Hints')), reset),
  last('answers and hangs up at once', saysAndEnds(answer('ok')), ok),
  last(
    'says that the connection stays, and hangs up',
    saysAndEnds(answer('ok', '200 OK', 'connection: keep-alive')),
    ok,
  ),
  row(
    'answers, says that it hangs up, and resets',
    saysAndResets(answer('ok', '200 OK', 'connection: close')),
    ok,
  ),
]

const languages: readonly Behaviour[] = [
  row('hints before it answers', says(head('103 Early Hints', 'link: </a>') + answer('ok')), ok),
  row('processes before it answers', says(head('102 Processing') + answer('ok')), ok),
  row('says unasked that it goes on', says(head('100 Continue') + answer('ok')), broken),
  row(
    'upgrades to a websocket',
    says(head('101 Switching Protocols', 'connection: upgrade', 'upgrade: websocket')),
    broken,
  ),
  row(
    'upgrades to h2c',
    says(head('101 Switching Protocols', 'connection: upgrade', 'upgrade: h2c') + forged),
    broken,
  ),
  row('switches protocols, and names none', says(head('101 Switching Protocols') + answer('ok')), broken),
  row('offers an upgrade', says(answer('ok', '200 OK', 'connection: upgrade', 'upgrade: h2c')), ok),
  row('speaks HTTP/2', says(Buffer.from('000000040000000000', 'hex')), broken),
  row('greets as HTTP/2 does', says('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), broken),
  row('speaks HTTP/0.9', saysAndEnds('<html>ok</html>\r\n'), broken),
  row('speaks HTTP/1.0', saysAndEnds('HTTP/1.0 200 OK\r\n\r\nok'), ok),
  row(
    'speaks HTTP/1.0, and keeps the connection',
    says(answer('ok', '200 OK', 'connection: keep-alive').replace('1.1', '1.0')),
    ok,
  ),
  row('greets as SSH does', says('SSH-2.0-OpenSSH_9.6\r\n'), broken),
  row('greets as SMTP does', says('220 mail.example.com ESMTP\r\n'), broken),
  row('answers as Redis does', says("-ERR unknown command 'POST'\r\n"), broken),
  row('alerts as TLS does', says(Buffer.from('15030100020246', 'hex')), broken),
  row('asks back', says('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'), broken),
]

export const connections: readonly Behaviour[] = [...early, ...second, ...breaks, ...languages]
