// How to reach receivers: the settings with the file of trusted authorities read in, and where they are not to be.
// Invariant: a file that would be trusted in part, or for something that it does not hold, refuses the start: what is
// missing from it would show as failed deliveries of some webhooks, days later.
import { X509Certificate } from 'node:crypto'
import { InvalidSettings } from './invalid-settings.ts'
import { ownServicesOf } from './own-services.ts'
import type { Settings } from './schema.ts'
import { environmentNameOf } from './setting.ts'
import { readTextFile } from './text-file.ts'

export type HttpAccess = Settings['http'] & {
  /** PEM certificates, one each; trusted beside those that Node.js trusts. */
  readonly trustedAuthorities: readonly string[]
  readonly ownServices: ReturnType<typeof ownServicesOf>
}

/** @throws InvalidSettings when the file cannot be read or holds anything else than certificates. */
export function readHttpAccess(settings: Settings): HttpAccess {
  const { http } = settings
  return {
    ...http,
    trustedAuthorities: http.caFile === '' ? [] : readAuthorities(http.caFile),
    ownServices: ownServicesOf(settings),
  }
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[^]*?-----END \1-----/g

function readAuthorities(path: string): readonly string[] {
  const file = readTextFile(path)
  if (file.kind === 'unreadable') throw invalid(path, `cannot be read (${file.reason})`)
  const blocks = [...file.text.matchAll(block)]
  if (blocks.length === 0) throw invalid(path, 'holds no certificate')
  // Of a block that was cut off, only its first line is left.
  const begun = file.text.match(/-----BEGIN /g)?.length ?? 0
  if (begun !== blocks.length) throw invalid(path, 'holds a block that does not end')
  return blocks.map(([pem, kind], index) => {
    if (kind !== 'CERTIFICATE') throw invalid(path, `holds a ${kind}`)
    if (!isCertificate(pem)) throw invalid(path, `holds as number ${index + 1} what is no certificate`)
    return pem
  })
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

function invalid(path: string, fault: string): InvalidSettings {
  const name = `http.caFile (${environmentNameOf('http.caFile')})`
  return new InvalidSettings([
    `${name}: the file "${path}" ${fault}; allowed: certificates of authorities in PEM, one or more, and nothing else`,
  ])
}
