// An error of the HTTP client or of the system below it → why no answer came. One table, so that a code that
// nobody foresaw has one place to be added; until then it counts as the receiver's broken conversation.
import type { TransportFailure } from '../domain/attempt.ts'
import { answerBoundCode } from './answer-bound.ts'

/** Codes of Node, c-ares, OpenSSL and undici, by what they mean to a delivery. */
const byCode: Readonly<Record<string, TransportFailure>> = {
  ADDRESS_DENIED: 'address_denied',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  EREFUSED: 'dns',
  ETIMEOUT: 'dns',
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
  [answerBoundCode]: 'response_too_large',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  HOSTNAME_MISMATCH: 'tls',
}

/** How our own codes for names without an address begin. */
const dnsPrefix = 'DNS_'
/** And those for a proxy that does not lead on. */
const proxyPrefix = 'PROXY_'
const tlsPrefixes = ['ERR_TLS_', 'ERR_SSL_', 'CERT_', 'UNABLE_TO_', 'CRL_']

/** undici's words for an answer that it cannot accept: an unasked 100 or 101, or one that nobody waits for. */
const unacceptableAnswer = /^bad (?:response|upgrade)$/

export function failureOf(error: unknown): TransportFailure {
  const { code, text } = factsOf(error)
  if (code === 'UND_ERR_SOCKET' && unacceptableAnswer.test(text)) return 'protocol_error'
  const known = byCode[code]
  if (known !== undefined) return known
  if (code.startsWith(dnsPrefix)) return 'dns'
  if (code.startsWith(proxyPrefix)) return 'proxy'
  return tlsPrefixes.some((prefix) => code.startsWith(prefix)) ? 'tls' : 'protocol_error'
}

/** Code and message, cut. Messages of these layers name addresses and ports, never a path or a header. */
export function detailOf(error: unknown): string {
  const { code, text } = factsOf(error)
  return `${code} ${text}`.trim().slice(0, 256)
}

/** By shape, not by class: errors also come from other realms (a worker's, a test's), where the class differs. */
function factsOf(error: unknown): { readonly code: string; readonly text: string } {
  const { errors } = Object(error) as { readonly errors?: unknown }
  // A host with several addresses fails with one error per address; the first says it as well as any.
  const first: unknown = Array.isArray(errors) && errors.length > 0 ? errors[0] : error
  const { code, message } = Object(first) as { readonly code?: unknown; readonly message?: unknown }
  return {
    code: typeof code === 'string' ? code : '',
    text: typeof message === 'string' ? message : String(first),
  }
}
