// What a receiver's TLS has to be, made once: a context per connection would read all authorities anew.
// Invariant: TLS 1.2 or newer, and certificates verified unless a webhook asks for the contrary, whatever the environment
// says: NODE_TLS_REJECT_UNAUTHORIZED and --tls-min-v1.0 are for programs that leave the choice to it.
import { createSecureContext, getCACertificates } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { TlsVerification } from '../domain/webhook-rules.ts'

export interface ReceiverTrust {
  readonly secureContext: SecureContext
  readonly rejectUnauthorized: boolean
}

/** For those whose certificates are verified, and for the others. */
export type ReceiverTrusts = Readonly<Record<TlsVerification, ReceiverTrust>>

/**
 * `moreAuthorities`: PEM certificates that are trusted beside those that Node.js trusts by itself, its
 * NODE_EXTRA_CA_CERTS included; each of them is, whether it signed itself or not.
 */
export function receiverTrusts(moreAuthorities: readonly string[]): ReceiverTrusts {
  const secureContext = createSecureContext({
    minVersion: 'TLSv1.2',
    // Those of Node.js are shared by all contexts as long as none is named.
    ...(moreAuthorities.length > 0 && {
      ca: [...getCACertificates('default'), ...moreAuthorities],
      allowPartialTrustChain: true,
    }),
  })
  return {
    on: { secureContext, rejectUnauthorized: true },
    off: { secureContext, rejectUnauthorized: false },
  }
}
