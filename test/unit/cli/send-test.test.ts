import { afterEach, describe, expect, it } from '@jest/globals'
import { startReceiver } from '../../../src/local/receiver.ts'
import type { Answer, Receiver } from '../../../src/local/receiver.ts'
import { loopback } from '../../harness/loopback.ts'
import { runCli } from '../../harness/run-cli.ts'

let receiver: Receiver | null = null
afterEach(async () => {
  await receiver?.stop()
  receiver = null
})

async function answering(answer: () => Answer): Promise<Receiver> {
  receiver = await startReceiver({ answer })
  return receiver
}

const formFor = (origin: string, fields: object = {}) => ({
  webhook_id: 'wh-1',
  account_id: '10427',
  address: origin,
  path: 'canary-path',
  method: 'POST',
  content_type: 'application/json',
  event_types: ['call_end'],
  parameters: [
    { name: 'call', parameter: 'call_id' },
    { name: 'event', parameter: 'event_id' },
    { name: 'key', literal: 'canary-literal' },
  ],
  headers: [{ name: 'x-key', value: 'canary-header' }],
  ...fields,
})

const sendTest = (form: object, ...words: readonly string[]) =>
  runCli(['send-test', '--webhook', '-', ...words], {
    input: JSON.stringify(form),
    environment: { HTTP_ALLOWED_ADDRESSES: loopback.join() },
  })

describe('send-test', () => {
  it('sends one marked request for each event type, and tells what was answered', async () => {
    const { origin, requests } = await answering(() => ({ status: 200, body: 'thanks' }))
    const { exitCode, out } = await sendTest(formFor(origin, { event_types: ['call_start', 'call_end'] }))
    expect(exitCode).toBe(0)
    expect(requests).toHaveLength(2)
    for (const { headers, body, deliveryId } of requests) {
      expect(headers).toMatchObject({ 'webhook-test': '1', 'webhook-attempt': '1', 'x-key': 'canary-header' })
      expect(deliveryId).toMatch(/^test-/)
      expect(JSON.parse(body)).toMatchObject({
        call: expect.stringMatching(/^test-/),
        event: expect.stringMatching(/^test-/),
      })
    }
    const calls = new Set(requests.map(({ body }) => (JSON.parse(body) as { call: string }).call))
    expect([calls.size, new Set(requests.map(({ deliveryId }) => deliveryId)).size]).toEqual([1, 2])
    expect(out.split('\n')).toEqual(
      ['call_start', 'call_end'].flatMap((type) => [
        `${type}: POST /*** HTTP/1.1, to ${origin}`,
        '  answers 200: delivered',
        expect.stringMatching(/^ {2}connected after \d+ ms, first byte after \d+ ms, ended after \d+ ms$/),
        '  answer: thanks',
      ]),
    )
  })

  it('shows no secret, not even one that the receiver repeats, unless the path is asked for', async () => {
    const { origin } = await answering(() => ({
      status: 200,
      body: 'Cannot POST /canary-path key=canary-literal canary-header',
    }))
    const { out, err } = await sendTest(formFor(origin))
    expect(out).toContain('answer: Cannot POST *** key=*** ***')
    expect(out + err).not.toContain('canary')
    const shown = await sendTest(formFor(origin), '--show-secrets')
    expect(shown.out).toContain('POST /canary-path HTTP/1.1')
  })

  it('shows no query either, which holds literals and values', async () => {
    const { origin } = await answering(() => ({ status: 200 }))
    const form = formFor(origin, { method: 'GET', content_type: null })
    const { out } = await sendTest(form)
    expect(out.split('\n')[0]).toBe(`call_end: GET /***?*** HTTP/1.1, to ${origin}`)
    expect((await sendTest(form, '--json')).out).not.toContain('canary')
    expect((await sendTest(form, '--show-secrets')).out).toMatch(
      /GET \/canary-path\?call=test-.*&key=canary-literal /,
    )
  })

  it('sends nothing where nothing may be sent, and says the same of each such address', async () => {
    const { port, requests } = await answering(() => ({ status: 200 }))
    const told = new Set<string>()
    for (const host of ['127.0.0.1', 'localhost', '10.0.0.1', '[::ffff:127.0.0.1]']) {
      const input = JSON.stringify(formFor(`http://${host}:${port}`))
      const { exitCode, out } = await runCli(['send-test', '--webhook', '-'], { input })
      expect(exitCode).toBe(1)
      told.add(out.split('\n')[1] ?? '')
    }
    expect([...told]).toEqual([
      '  no answer: nothing may be sent there (see http.allowedAddresses and http.deniedAddresses) (address_denied: ADDRESS_DENIED the address is not one that a webhook may lead to)',
    ])
    expect(requests).toEqual([])
  })

  it('keeps the answer of anything but a success to itself', async () => {
    const { origin } = await answering(() => ({ status: 404, body: 'private page' }))
    const { exitCode, out } = await sendTest(formFor(origin))
    expect(exitCode).toBe(1)
    expect(out).toContain('answers 404: not delivered, only 2xx is a success')
    expect(out).not.toContain('private')
  })

  it('names where a redirect leads, without its path, and does not follow it', async () => {
    const { origin, requests } = await answering(() => (response) => {
      response.writeHead(301, { location: 'https://new.example.com/canary' }).end()
    })
    const { exitCode, out } = await sendTest(formFor(origin))
    expect(exitCode).toBe(1)
    expect(out).toContain('answers 301 to https://new.example.com: change the address')
    expect(out).not.toContain('canary')
    expect(requests).toHaveLength(1)
  })

  it('says in words why no answer came', async () => {
    const { origin, stop } = await startReceiver()
    await stop()
    const { exitCode, out } = await sendTest(formFor(origin))
    expect(exitCode).toBe(1)
    expect(out).toMatch(/no answer: the connection is refused .*\(connect: ECONNREFUSED/)
  })

  it('fails if only one of two is not a success', async () => {
    let count = 0
    const { origin } = await answering(() => ({ status: (count += 1) === 1 ? 500 : 204 }))
    const { exitCode, out } = await sendTest(
      formFor(origin, { event_types: ['call_start', 'call_end'] }),
      '--json',
    )
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      requests: [
        { event_type: 'call_start', delivered: false, status_code: 500, failure: null },
        { event_type: 'call_end', delivered: true, status_code: 204, excerpt: null },
      ],
    })
  })

  it('gives up after the webhook’s own time', async () => {
    const { origin } = await answering(() => () => {})
    const { exitCode, out } = await sendTest(formFor(origin, { limits: { total_timeout_ms: 50 } }))
    expect(exitCode).toBe(1)
    expect(out).toContain('no answer: no answer came in time (total_timeout')
  })

  it('refuses an invalid webhook and sends nothing', async () => {
    const { origin, requests } = await answering(() => ({ status: 200 }))
    const { exitCode, err } = await sendTest(formFor(origin, { method: 'PUT' }))
    expect(exitCode).toBe(1)
    expect(err).toMatch(/^standard input: method /)
    expect(requests).toHaveLength(0)
  })
})
