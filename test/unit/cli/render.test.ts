import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { runCli } from '../../harness/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'render-'))
afterAll(() => rmSync(folder, { recursive: true }))

const eventFile = join(folder, 'event.json')
const event = {
  event_id: 'e-1',
  event_type: 'call_end',
  call_id: 'c-1',
  account_id: '10427',
  occurred_at: '2026-03-14T09:15:02Z',
  city: 'Казань',
}
writeFileSync(eventFile, JSON.stringify(event))

const get = {
  webhook_id: 'wh-1',
  account_id: '10427',
  address: 'https://crm.example.com',
  path: 'in/token',
  method: 'GET',
  event_types: ['call_end'],
  parameters: [{ name: 'город', parameter: 'city' }],
}
const post = {
  ...get,
  method: 'POST',
  content_type: 'application/json',
  event_types: ['call_start', 'call_end'],
  authentication: { type: 'bearer', token: 'canary-token' },
}

const environment = { HTTP_USER_AGENT: 'tests/1' }
const render = (form: object, ...words: readonly string[]) =>
  runCli(['render', '--webhook', '-', ...words], { environment, input: JSON.stringify(form) })

describe('render', () => {
  it('shows the request of an event as it would go out', async () => {
    expect(await render(get, '--event', eventFile, '--show-secrets')).toEqual({
      exitCode: 0,
      err: '',
      out: [
        '# call_end',
        `GET /in/token?${encodeURIComponent('город')}=${encodeURIComponent('Казань')} HTTP/1.1`,
        'host: crm.example.com',
        'connection: keep-alive',
        'user-agent: tests/1',
        'accept: */*',
        'accept-encoding: identity',
        `webhook-id: ${deliveryIdOf('e-1', 'wh-1')}`,
        'webhook-attempt: 1',
        '',
        '',
      ].join('\n'),
    })
  })

  it('masks what may be secret unless it is asked', async () => {
    const { out } = await render(post, '--event', eventFile)
    expect(out).toContain('POST /*** HTTP/1.1')
    expect(out).toContain('authorization: Bearer ***')
    expect(out).not.toMatch(/canary|token/)
    const shown = await render(post, '--event', eventFile, '--show-secrets')
    expect(shown.out).toContain('POST /in/token HTTP/1.1')
    expect(shown.out).toContain('authorization: Bearer canary-token')
  })

  it('takes one of webhook and event from the standard input, not both', async () => {
    expect(await render(get, '--event', '-')).toEqual({
      exitCode: 1,
      out: '',
      err: 'the standard input holds the webhook or the event; name a file for the other',
    })
  })

  it('makes up a call for each event type of the webhook when it is given none', async () => {
    const { exitCode, out } = await render(post, '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      webhook_id: 'wh-1',
      origin: 'https://crm.example.com',
      requests: [
        { event_type: 'call_start', request_line: 'POST /*** HTTP/1.1', body: '{"город":"Москва"}' },
        { event_type: 'call_end', request_line: 'POST /*** HTTP/1.1', body: '{"город":"Москва"}' },
      ],
    })
  })

  it('signs as of now', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
    const { out } = await render({ ...post, signing_secrets: [secret] }, '--event', eventFile)
    const timestamp = Number(/webhook-timestamp: (\d+)/.exec(out)?.[1])
    expect(Math.abs(timestamp * 1_000 - Date.now())).toBeLessThan(60_000)
    expect(out).toMatch(/webhook-signature: v1,[A-Za-z0-9+/]{43}=/)
  })

  it.each<[string, object, object, string]>([
    [
      'an event type that it does not take',
      { event_types: ['call_start'] },
      {},
      'does not take this event type',
    ],
    ['another account’s event', { account_id: '2' }, {}, 'the event is of account 10427, the webhook of 2'],
    ['a webhook that is disabled', { enabled: false }, {}, 'the webhook is disabled'],
    ['a long query', {}, { city: 'x'.repeat(2_000) }, 'the query has 20'],
    [
      'values that are cut',
      {},
      { manager_name: 'y'.repeat(9_000) },
      'were cut to fit the address: manager_name',
    ],
    [
      'a value that no start has',
      { event_types: ['call_start', 'call_end'] },
      {},
      'duration, which is known',
    ],
    ['plain http', { address: 'crm.example.com' }, {}, 'address is http'],
  ])('warns of %s', async (_, ofWebhook, ofEvent, warning) => {
    const parameters = ['city', 'manager_name', 'duration'].map((name) => ({ name, parameter: name }))
    const path = join(folder, 'warned.json')
    writeFileSync(path, JSON.stringify({ ...event, ...ofEvent }))
    const { exitCode, err } = await render({ ...get, parameters, ...ofWebhook }, '--event', path)
    expect(exitCode).toBe(0)
    expect(err).toContain(warning)
    for (const line of err.split('\n')) expect(line).toMatch(/^warning: /)
  })

  it('says why there can be no request', async () => {
    const path = join(folder, 'long.json')
    writeFileSync(path, JSON.stringify({ ...event, session_id: 'z'.repeat(9_000) }))
    const parameters = [{ name: 's', parameter: 'session_id' }]
    const { exitCode, out, err } = await render({ ...get, parameters }, '--event', path)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toMatch(/no request: the address has 90\d\d bytes .*url_too_long/)
  })

  it.each<[string, readonly string[], object, RegExp]>([
    ['no webhook', ['render'], get, /^name a webhook with --webhook or --webhook-id$/],
    ['both ways to name one', ['render', '--webhook', '-', '--webhook-id', 'x'], get, /cannot be used with/],
    ['two webhooks', ['render', '--webhook', '-'], [get, { ...get, webhook_id: 'wh-2' }], /holds 2 webhooks/],
    [
      'an invalid webhook',
      ['render', '--webhook', '-'],
      { ...get, method: 'PUT' },
      /^standard input: method /,
    ],
    [
      'an event that is not there',
      ['render', '--webhook', '-', '--event', 'no.json'],
      get,
      /^no\.json: cannot/,
    ],
    ['a place that is none', ['render', '--webhook', '-', '--event-at', '3'], get, /such as 3\/1042/],
    [
      'two ways to name an event',
      ['render', '--webhook', '-', '--event', 'e.json', '--latest-event'],
      get,
      /cannot be used with/,
    ],
  ])('refuses %s in a line', async (_, words, form, told) => {
    const { exitCode, out, err } = await runCli(words, { environment, input: JSON.stringify(form) })
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toMatch(told)
  })

  it('names the fields of a faulty event', async () => {
    const path = join(folder, 'faulty.json')
    writeFileSync(path, JSON.stringify({ ...event, hold_duration: '3', colour: 'red' }))
    const { exitCode, err } = await render(get, '--event', path)
    expect(exitCode).toBe(1)
    expect(err.split('\n').map((line) => line.replace(`${folder}/`, ''))).toEqual([
      'faulty.json: colour is no field of a call event; allowed: occurred_at and the stored call parameters',
      'faulty.json: hold_duration is text; allowed: a whole number up to 2147483647, or null',
    ])
  })
})
