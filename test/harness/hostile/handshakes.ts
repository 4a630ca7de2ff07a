// Receivers whose TLS nobody should trust, or whose handshake never comes to an end: nothing is sent to them.
// The second connection finds everything in order, so that what follows tells whether the first one left a trace.
import type { Behaviour, Ending } from './behaviour.ts'
import { answer, delivered, drips, noConnection, pours, reset, says, untrusted } from './behaviour.ts'
import type { Authority } from '../certificates.ts'
import { newAuthority, selfSigned } from '../certificates.ts'

type Tls = NonNullable<Behaviour['tls']>

/** Of the authority that the sender trusts. */
export const authorityName = 'receivers'

/** As it should be. */
export const soundTls = (authority: Authority): ReturnType<Tls> => authority.issue('receiver')

const shows = (name: string, tls: Tls, ends: Ending = untrusted): Behaviour => ({
  name: `shows ${name}`,
  tls,
  respond: says(answer('ok')),
  ends,
})
/** Versions that OpenSSL no longer speaks unless it is told to care for nothing. */
const old =
  (version: 'TLSv1' | 'TLSv1.1'): Tls =>
  (authority) => ({
    ...authority.issue('receiver'),
    minVersion: version,
    maxVersion: version,
    ciphers: 'DEFAULT@SECLEVEL=0',
  })

const wanting =
  (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Tls =>
  (authority) => ({
    ...authority.issue('receiver'),
    maxVersion,
    requestCert: true,
    rejectUnauthorized: true,
    ca: authority.cert,
  })

/** In the place of a handshake. */
const shakes = (name: string, accept: NonNullable<Behaviour['accept']>, ends: Ending): Behaviour => ({
  name,
  accept,
  tls: soundTls,
  // The time to connect is kept by a clock that ticks every half second.
  ...(ends === noConnection && { totalTimeoutMs: 8_000 }),
  ends,
})

export const handshakes: readonly Behaviour[] = [
  shows('a certificate of an authority that is trusted', soundTls, { ...delivered, excerpt: 'ok' }),
  shows('a certificate that has expired', (authority) =>
    authority.issue('receiver', { validFromDays: -9, validToDays: -1 }),
  ),
  shows('a certificate that is not valid yet', (authority) =>
    authority.issue('receiver', { validFromDays: 1, validToDays: 9 }),
  ),
  shows('a certificate for another name', (authority) =>
    authority.issue('receiver', { serverName: 'crm.example.com' }),
  ),
  shows('a certificate that it signed itself', () => selfSigned('receiver')),
  shows('a certificate of an authority that nobody knows', () => newAuthority('unknown').issue('receiver')),
  shows('a certificate of one that only says it is that authority', () =>
    newAuthority(authorityName).issue('receiver'),
  ),
  shows('a certificate signed by another receiver’s', (authority) => {
    const between = authority.issue('between')
    return { ...selfSigned('receiver'), ca: between.cert }
  }),
  shows('certificates of 150 KB', (authority) => authority.issue('receiver', { paddingBytes: 150_000 })),
  shows('no certificate', () => ({ ciphers: 'aNULL@SECLEVEL=0', maxVersion: 'TLSv1.2' })),
  shows('nothing newer than TLS 1.0', old('TLSv1')),
  shows('nothing newer than TLS 1.1', old('TLSv1.1')),
  shows('TLS 1.2', (authority) => ({ ...authority.issue('receiver'), maxVersion: 'TLSv1.2' }), {
    ...delivered,
    excerpt: 'ok',
  }),
  shows('that it wants a certificate too', wanting('TLSv1.3'), reset),
  shows('that it wants a certificate too, by TLS 1.2', wanting('TLSv1.2')),
  shakes('takes a connection, and never shakes hands', () => {}, noConnection),
  shakes('drips its handshake', drips('\x16\x03\x03\x40\x00', '\x02'), noConnection),
  shakes('answers a handshake with garbage', says(Buffer.alloc(512, 0xa5)), untrusted),
  shakes('pours garbage into a handshake', pours('', Buffer.alloc(65_536, 0xa5)), untrusted),
  shakes(
    'has no end of a handshake',
    pours('', Buffer.concat([Buffer.from('1603034000', 'hex'), Buffer.alloc(16_384, 2)])),
    untrusted,
  ),
  shakes(
    'answers a handshake in plain HTTP',
    (socket) => socket.once('data', () => socket.end(answer('no', '400 Bad Request'))),
    untrusted,
  ),
  shakes('greets as SSH does on a port for TLS', says('SSH-2.0-OpenSSH_9.6\r\n'), untrusted),
  shakes('resets a handshake', (socket) => socket.once('data', () => socket.resetAndDestroy()), reset),
  shakes('hangs up in a handshake', (socket) => socket.once('data', () => socket.end()), reset),
]
