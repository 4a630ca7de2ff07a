// Receivers that a webhook lets show any certificate: they get what is theirs, and what they were trusted with is no
// reason to trust them in a request that asks for proof.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import type { TlsVerification } from '../../../src/domain/webhook-rules.ts'
import type { CountedHttpSender } from '../../../src/http/http-sender.ts'
import { newAuthority, selfSigned } from '../../harness/certificates.ts'
import { answer, closeHostileServers, post, sendOne, testSender, tlsServer } from './hostile-server.ts'

afterEach(closeHostileServers)

const authority = newAuthority('receivers')

function send(
  sender: CountedHttpSender,
  port: number,
  tlsVerification: TlsVerification,
): Promise<AttemptResult> {
  const origin = `https://127.0.0.1:${port}`
  return sendOne(sender, post(port, { origin, tlsVerification }), { totalTimeoutMs: 10_000 })
}

const patientSender = (): CountedHttpSender =>
  testSender({ connectTimeoutMs: 5_000, trustedAuthorities: [authority.cert] })

const answered = { kind: 'answered', statusCode: 200 }
const untrusted = { kind: 'unanswered', failure: 'tls' }

describe('where the certificate is not verified', () => {
  it.each([
    ['signed itself', selfSigned('receiver')],
    ['has expired', authority.issue('receiver', { validFromDays: -9, validToDays: -1 })],
    ['is for another name', authority.issue('receiver', { serverName: 'crm.example.com' })],
    ['is of an authority that nobody knows', newAuthority('unknown').issue('receiver')],
  ])('one that %s will do, for that request alone', async (_what, certificate) => {
    const server = await tlsServer(certificate, (socket) => socket.write(answer()))
    const sender = patientSender()
    for (let round = 0; round < 2; round += 1) {
      expect(await send(sender, server.port, 'off')).toMatchObject(answered)
      // The connection that nobody verified is idle now, and stays for its like.
      expect(await send(sender, server.port, 'on')).toMatchObject(untrusted)
    }
    expect(server.requests).toHaveLength(2)
  })

  it('a connection to the same origin that was verified is not touched either', async () => {
    const server = await tlsServer(authority.issue('receiver'), (socket) => socket.write(answer()))
    const sender = patientSender()
    for (const verification of ['on', 'off'] as const) {
      expect(await send(sender, server.port, verification)).toMatchObject(answered)
    }
    expect(server.connections()).toBe(2)
    expect(sender.counts()).toMatchObject({ sockets: 2, origins: 2 })
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a session that was begun so is not resumed as proof, by %s',
    async (maxVersion) => {
      // Of a resumed session nobody looks at the name again.
      const certificate = authority.issue('receiver', { serverName: 'crm.example.com' })
      const server = await tlsServer({ ...certificate, maxVersion }, (socket) =>
        socket.end(answer('ok', '200 OK', 'connection: close\r\n')),
      )
      const sender = patientSender()
      for (let round = 0; round < 3; round += 1) {
        expect(await send(sender, server.port, 'off')).toMatchObject(answered)
        expect(await send(sender, server.port, 'on')).toMatchObject(untrusted)
      }
    },
  )

  it('TLS 1.2 is still the least', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const server = await tlsServer({ ...authority.issue('receiver'), ...old }, (socket) =>
      socket.write(answer()),
    )
    expect(await send(patientSender(), server.port, 'off')).toMatchObject(untrusted)
  })
})
