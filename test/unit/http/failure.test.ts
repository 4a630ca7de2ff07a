import { describe, expect, it } from '@jest/globals'
import { detailOf, failureOf } from '../../../src/http/failure.ts'

const withCode = (code: string, text = 'x'): Error => Object.assign(new Error(text), { code })

describe('why no answer came', () => {
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ENODATA', 'dns'],
    ['ESERVFAIL', 'dns'],
    ['EREFUSED', 'dns'],
    ['ETIMEOUT', 'dns'],
    ['DNS_TIMEOUT', 'dns'],
    ['DNS_NO_SUCH_NAME', 'dns'],
    ['ECONNREFUSED', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['ETIMEDOUT', 'connect_timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['UND_ERR_HEADERS_OVERFLOW', 'response_too_large'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['HPE_INVALID_CONSTANT', 'protocol_error'],
    ['ADDRESS_DENIED', 'address_denied'],
    ['PROXY_REFUSED', 'proxy'],
    ['SOMETHING_NEW', 'protocol_error'],
  ])('%s means %s', (code, failure) => {
    expect(failureOf(withCode(code))).toBe(failure)
    expect(failureOf(new AggregateError([withCode(code), withCode('EINVAL')]))).toBe(failure)
    // As an error of another realm looks: the same fields under another class.
    expect(failureOf({ code, message: 'x' })).toBe(failure)
  })

  it('takes an answer that the client cannot accept for a broken protocol, not for a reset', () => {
    expect(failureOf(withCode('UND_ERR_SOCKET', 'bad upgrade'))).toBe('protocol_error')
    expect(failureOf(withCode('UND_ERR_SOCKET', 'other side closed'))).toBe('reset')
  })

  it.each([null, undefined, 'text', 7, {}, new AggregateError([])])('survives %p', (odd) => {
    expect(failureOf(odd)).toBe('protocol_error')
    expect(typeof detailOf(odd)).toBe('string')
  })

  it('is told by code and message, cut', () => {
    expect(detailOf(withCode('ECONNREFUSED', 'connect 127.0.0.1:1'))).toBe('ECONNREFUSED connect 127.0.0.1:1')
    expect(detailOf(withCode('X', 'a'.repeat(1_000)))).toHaveLength(256)
  })
})
