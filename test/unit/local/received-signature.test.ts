// Signatures are made by the public library here, over a request that then may arrive changed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Webhook as Signer } from 'standardwebhooks'
import { startReceiver } from '../../../src/local/receiver.ts'
import type { Receiver } from '../../../src/local/receiver.ts'

const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`
const [known, replacing, foreign] = [secretOf(1), secretOf(2), secretOf(3)] as const

interface Sent {
  readonly method: 'GET' | 'POST'
  readonly target: string
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly id: string
  readonly ageSeconds: number
  readonly secrets: readonly string[]
}

const post: Sent = {
  method: 'POST',
  target: '/signed',
  body: '{"city":"Москва\uFFFD"}',
  id: 'd-1',
  ageSeconds: 0,
  secrets: [known],
}
const get: Sent = {
  method: 'GET',
  target: '/signed?city=%D0%9C&plus=%2B',
  id: 'd-2',
  ageSeconds: 0,
  secrets: [known],
}

function signedHeaders({ method, target, body, id, ageSeconds, secrets }: Sent): Record<string, string> {
  const signedAt = new Date(Date.now() - ageSeconds * 1_000)
  const payload = method === 'GET' ? `GET.${target}` : String(body)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, signedAt, payload)).join(' '),
  }
}

describe('the receiver judges a signature', () => {
  let receiver: Receiver
  beforeAll(async () => {
    receiver = await startReceiver({
      signingSecrets: (path) => (path === '/signed' ? [known, replacing] : []),
    })
  })
  afterAll(() => receiver.stop())

  const judged = async (sent: Sent, headers: Record<string, string>): Promise<string | undefined> => {
    const { method, target, body = null } = sent
    await fetch(receiver.origin + target, { method, headers, body })
    return receiver.requests.at(-1)?.signature
  }

  it.each<[string, Sent]>([
    ['a POST', post],
    ['a GET', get],
    ['a POST of nothing', { ...post, body: '' }],
    ['a POST whose target says something too', { ...post, target: '/signed?a=%20' }],
    ['the secret that is to replace the known one', { ...post, secrets: [replacing] }],
    ['two secrets, of which one is known', { ...post, secrets: [foreign, known] }],
    ['the same for a GET', { ...get, secrets: [foreign, replacing] }],
    ['a clock that is four minutes behind', { ...post, ageSeconds: 240 }],
  ])('valid: %s', async (_, sent) => {
    expect(await judged(sent, signedHeaders(sent))).toBe('valid')
  })

  it.each<[string, Sent, Partial<Sent>]>([
    ['another body', post, { body: '{"city":"Минск\uFFFD"}' }],
    ['a body with one byte more', post, { body: `${String(post.body)}\n` }],
    [
      'a body that is no UTF-8, but reads the same',
      post,
      { body: Uint8Array.of(...Buffer.from('{"city":"Москва'), 0xff, ...Buffer.from('"}')) },
    ],
    ['no body', post, { body: '' }],
    ['another target', get, { target: '/signed?city=%D0%9C&plus=%20' }],
    ['a target that means the same', get, { target: '/signed?city=%d0%9c&plus=%2B' }],
    ['a path whose secrets are others', get, { target: '/elsewhere' }],
  ])('invalid: %s arrives', async (_, signed, tampered) => {
    expect(await judged({ ...signed, ...tampered }, signedHeaders(signed))).toBe('invalid')
  })

  it.each<[string, Sent]>([
    ['a secret that is not known', { ...post, secrets: [foreign] }],
    ['the same for a GET', { ...get, secrets: [foreign] }],
    ['a timestamp of six minutes ago', { ...post, ageSeconds: 360 }],
    ['a timestamp in six minutes', { ...get, ageSeconds: -360 }],
  ])('invalid: %s', async (_, sent) => {
    expect(await judged(sent, signedHeaders(sent))).toBe('invalid')
  })

  it.each<[string, Record<string, string>]>([
    ['another id', { 'webhook-id': 'd-3' }],
    ['another time', { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) + 9) }],
    ['no time', { 'webhook-timestamp': '' }],
    ['a signature of another version', { 'webhook-signature': 'v2,AAAA' }],
    ['a signature of nothing', { 'webhook-signature': '' }],
    ['a signature that is no text of the form', { 'webhook-signature': 'v1 , ,,' }],
  ])('invalid: %s in the headers', async (_, headers) => {
    expect(await judged(post, { ...signedHeaders(post), ...headers })).toBe('invalid')
  })

  it('unsigned: a request without a signature, whatever else it carries', async () => {
    const { 'webhook-signature': _, ...rest } = signedHeaders(post)
    expect(await judged(post, rest)).toBe('unsigned')
    expect(await judged({ ...get, target: '/elsewhere' }, {})).toBe('unsigned')
  })

  it('keeps the bytes of a body that is no text', async () => {
    const body = Uint8Array.of(0xff, 0x00, 0x0d, 0x0a)
    await judged({ ...post, body }, {})
    expect([...(receiver.requests.at(-1)?.bodyBytes ?? [])]).toEqual([...body])
  })
})
