// Whom the sender believes, with real handshakes: the authorities of Node.js, those that it was given, and nobody else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import type { Certificate } from '../../harness/certificates.ts'
import { newAuthority } from '../../harness/certificates.ts'
import { answer, delivered, says } from '../../harness/hostile/behaviour.ts'
import { startHostileReceiver } from '../../harness/hostile/receiver.ts'
import type { HostileReceiver } from '../../harness/hostile/receiver.ts'
import { startSenderProcess } from '../../harness/hostile/sender-process.ts'

const [known, given, stranger] = [newAuthority('known'), newAuthority('given'), newAuthority('stranger')]
const folder = mkdtempSync(join(tmpdir(), 'trust-'))
const bundle = join(folder, 'known.pem')
const receivers: HostileReceiver[] = []

writeFileSync(bundle, known.cert)
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  for (const receiver of receivers.splice(0)) receiver.stop()
})

/** What comes of a request to a receiver with each of the certificates: its status, or why there is none. */
async function resultsWith(
  trustedAuthorities: readonly string[],
  certificates: readonly Certificate[],
): Promise<readonly (number | string)[]> {
  const setting = { connectTimeoutMs: 5_000, totalTimeoutMs: 10_000, connectionsPerOrigin: 1 }
  // What Node.js trusts: no other of its authorities signs for a test.
  const environment = { NODE_EXTRA_CA_CERTS: bundle }
  const sender = await startSenderProcess({ ...setting, trustedAuthorities }, { environment })
  const results: (number | string)[] = []
  for (const certificate of certificates) {
    const behaviour = {
      name: 'answers',
      tls: () => certificate,
      respond: says(answer('ok')),
      ends: delivered,
    }
    const receiver = await startHostileReceiver(behaviour, stranger)
    receivers.push(receiver)
    const { result } = await sender.send(receiver.origin, '/')
    results.push(result.kind === 'answered' ? result.statusCode : result.failure)
  }
  expect(await sender.stop()).toBe(0)
  return results
}

describe('a receiver is believed', () => {
  const shown = [known.issue('a'), given.issue('b'), stranger.issue('c')]

  it('by the authorities that Node.js trusts', async () => {
    expect(await resultsWith([], shown)).toEqual([200, 'tls', 'tls'])
  })

  it('by those beside them that the sender was given', async () => {
    expect(await resultsWith([given.cert], shown)).toEqual([200, 200, 'tls'])
    expect(await resultsWith([stranger.cert, given.cert], shown)).toEqual([200, 200, 200])
  })

  it('by a certificate of its own that was given, which nobody else signed', async () => {
    const own = stranger.issue('own')
    expect(await resultsWith([own.cert], [own, stranger.issue('other')])).toEqual([200, 'tls'])
  })
})
