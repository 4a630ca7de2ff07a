import { describe, expect, it } from '@jest/globals'
import { heading, showRequest, showWebhook } from '../../../src/local/demo-screen.ts'
import { demoWebhooks } from '../../../src/local/demo-webhooks.ts'
import type { ReceivedRequest } from '../../../src/local/receiver.ts'

const request = (fields: Partial<ReceivedRequest>): ReceivedRequest => ({
  method: 'GET',
  target: '/',
  headers: {},
  bodyBytes: Buffer.alloc(0),
  body: '',
  signature: 'unsigned',
  deliveryId: '',
  attempt: 1,
  atMs: 0,
  ...fields,
})

describe("the demo's screen", () => {
  it('shows a webhook as its owner filled it in', () => {
    const [first] = demoWebhooks(8080)
    if (first === undefined) throw new Error('the demo has a webhook')
    const text = showWebhook(first)
    expect(text).toContain('http://127.0.0.1:8080/crm/incoming.php')
    expect(text).toContain('город=city')
  })

  it('shows a request as it stood, and what its target means', () => {
    const text = showRequest(
      'it',
      request({ target: '/a?x=%D0%B0', headers: { 'webhook-id': 'd', cookie: 'c' }, body: '{}' }),
    )
    expect(text).toContain('GET /a?x=%D0%B0 HTTP/1.1')
    expect(text).toContain('(decoded: /a?x=а)')
    expect(text).toContain('webhook-id: d')
    expect(text).toContain('{}')
    expect(text).not.toContain('cookie')
  })

  it('shows what a form means, and that its signature was checked', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'webhook-signature': 'v1,s' }
    const body = 'a+b=%2B7+%D0%B0'
    const text = showRequest('it', request({ method: 'POST', headers, body, signature: 'valid' }))
    expect(text).toContain(body)
    expect(text).toContain('(decoded: a b=+7 а)')
    expect(text).toContain('webhook-signature: v1,s')
    expect(text).toContain('(signature checked with the secret: valid)')
    expect(showRequest('it', request({}))).not.toContain('signature')
  })

  it.each(['/a?x=%', '/a?x=%ff', '/%zz'])('shows a target that cannot be decoded: %s', (target) => {
    expect(showRequest('it', request({ target }))).toContain(`GET ${target} HTTP/1.1`)
  })

  it('has headings of one width', () => {
    expect(heading('a')).toHaveLength(heading('somewhat longer').length)
  })
})
