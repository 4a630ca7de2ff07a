// An error of the HTTP client or of the system below it → why no answer came. One table, so that a code that
// nobody foresaw has one place to be added; until then it counts as the receiver's broken conversation.
import type { TransportFailure } from '../domain/attempt.ts'

/** Codes of Node, OpenSSL and undici, by what they mean to a delivery. */
const byCode: Readonly<Record<string, TransportFailure>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ENODATA: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  EACCES: 'connect',
  EPERM: 'connect',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'response_too_large',
  HPE_HEADER_OVERFLOW: 'response_too_large',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  HOSTNAME_MISMATCH: 'tls',
}

const tlsPrefixes = ['ERR_TLS_', 'ERR_SSL_', 'CERT_', 'UNABLE_TO_', 'CRL_']

export function failureOf(error: unknown): TransportFailure {
  const code = codeOf(error)
  const known = byCode[code]
  if (known !== undefined) return known
  return tlsPrefixes.some((prefix) => code.startsWith(prefix)) ? 'tls' : 'protocol_error'
}

/** Code and message, cut. Messages of these layers name addresses and ports, never a path or a header. */
export function detailOf(error: unknown): string {
  const first = firstOf(error)
  return `${codeOf(first)} ${first instanceof Error ? first.message : String(first)}`.trim().slice(0, 256)
}

function codeOf(error: unknown): string {
  const first = firstOf(error)
  return first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : ''
}

/** A host with several addresses fails with one error per address; the first says it as well as any. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
}
