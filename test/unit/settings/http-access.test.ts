import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import type { HttpAccess } from '../../../src/settings/http-access.ts'
import { readHttpAccess } from '../../../src/settings/http-access.ts'
import { loadSettings } from '../../../src/settings/load.ts'
import { ownServicesOf } from '../../../src/settings/own-services.ts'
import { newAuthority } from '../../harness/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'authorities-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'authorities.pem')

function accessWith(bundle: string): HttpAccess {
  writeFileSync(path, bundle)
  return readHttpAccess(loadSettings({ files: [], environment: { HTTP_CA_FILE: path } }))
}

const [one, other] = [newAuthority('one'), newAuthority('other')]

describe('the authorities that receivers may prove themselves by', () => {
  it('are none beside those of Node.js by default, and the other settings are as they were', () => {
    const settings = loadSettings({ files: [], environment: {} })
    expect(readHttpAccess(settings)).toEqual({
      ...settings.http,
      trustedAuthorities: [],
      ownServices: ownServicesOf(settings),
    })
  })

  it('are all certificates of the file, whatever stands between them', () => {
    const { trustedAuthorities } = accessWith(`# One\n${one.cert}\r\n\r\nOther:\n${other.cert}`)
    expect(trustedAuthorities).toEqual([one.cert.trim(), other.cert.trim()])
  })

  it.each<[string, string, string]>([
    ['nothing', '', 'holds no certificate'],
    ['something else than PEM', 'not a certificate', 'holds no certificate'],
    ['a private key', one.cert + one.key, 'holds a PRIVATE KEY'],
    [
      'what only looks like a certificate',
      `${one.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      'holds as number 2 what is no certificate',
    ],
    ['half a certificate', one.cert + other.cert.slice(0, 200), 'holds a block that does not end'],
    [
      'half a certificate before a whole one',
      other.cert.slice(0, 200) + one.cert,
      'holds a block that does not end',
    ],
  ])('refuse the start where the file holds %s', (_what, bundle, fault) => {
    expect(() => accessWith(bundle)).toThrow(
      `http.caFile (HTTP_CA_FILE): the file "${path}" ${fault}; allowed: certificates of authorities in PEM, one or more, and nothing else`,
    )
  })

  it('refuse the start where there is no file', () => {
    const environment = { HTTP_CA_FILE: join(folder, 'gone') }
    expect(() => readHttpAccess(loadSettings({ files: [], environment }))).toThrow(
      `the file "${join(folder, 'gone')}" cannot be read (ENOENT)`,
    )
  })
})
