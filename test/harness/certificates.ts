// Certificates for tests, made in this process: an authority of the test's own and what it signs. Node can sign but
// builds no certificate, so the few fields that TLS asks for are written here as X.509 (RFC 5280) wants them.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface Certificate {
  /** PEM. */
  readonly cert: string
  /** PEM, PKCS #8. */
  readonly key: string
}

export interface Authority extends Certificate {
  /** For a server on 127.0.0.1, or a client of that name. */
  issue(name: string, oddity?: Oddity): Certificate
}

/** What is not as it should be. */
export interface Oddity {
  /** From now; default -1. */
  readonly validFromDays?: number
  /** From now; default 1. */
  readonly validToDays?: number
  /** In the place of localhost and 127.0.0.1. */
  readonly serverName?: string
  /** Of an extension that says nothing. */
  readonly paddingBytes?: number
}

const dayMs = 86_400_000

/** One element: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content])
  // In as few bytes as it takes: Java checks a signature over what it would have written itself.
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, content])
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, bytes(hex))
const bits = (content: Uint8Array): Buffer => der(0x03, bytes('00'), content)
const octets = (content: Uint8Array): Buffer => der(0x04, content)

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))
/** Two digits of the year, then month to second. */
const utcTime = (atMs: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(atMs).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`))

const isAuthority = sequence(oid('551d13'), bytes('0101ff'), octets(sequence(bytes('0101ff'))))
const dnsName = (name: string): Buffer => der(0x82, Buffer.from(name))
const isFor = (...names: readonly Buffer[]): Buffer => sequence(oid('551d11'), octets(sequence(...names)))
const isLocal = isFor(dnsName('localhost'), der(0x87, Buffer.from([127, 0, 0, 1])))

interface Signer {
  readonly name: string
  readonly privateKey: KeyObject
}

function certificate(
  subject: string,
  publicKey: KeyObject,
  signer: Signer,
  extension: Buffer,
  { validFromDays = -1, validToDays = 1, paddingBytes = 0 }: Oddity = {},
): string {
  const nowMs = Date.now()
  const padding = paddingBytes === 0 ? [] : [sequence(oid('2a0304'), octets(Buffer.alloc(paddingBytes)))]
  const content = sequence(
    der(0xa0, bytes('020102')),
    der(0x02, bytes('01'), randomBytes(8)),
    ecdsaWithSha256,
    commonName(signer.name),
    sequence(utcTime(nowMs + validFromDays * dayMs), utcTime(nowMs + validToDays * dayMs)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension, ...padding)),
  )
  const signed = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, signer.privateKey)))
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject; pem: string } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...keys, pem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

export function newAuthority(name: string): Authority {
  const own = newKeys()
  const signer = { name, privateKey: own.privateKey }
  return {
    cert: certificate(name, own.publicKey, signer, isAuthority),
    key: own.pem,
    issue(subject, oddity = {}) {
      const keys = newKeys()
      const names = oddity.serverName === undefined ? isLocal : isFor(dnsName(oddity.serverName))
      return { cert: certificate(subject, keys.publicKey, signer, names, oddity), key: keys.pem }
    },
  }
}

/** Its own authority. */
export function selfSigned(name: string): Certificate {
  const { publicKey, privateKey, pem } = newKeys()
  return { cert: certificate(name, publicKey, { name, privateKey }, isLocal), key: pem }
}
