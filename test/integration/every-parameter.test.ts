// Every call parameter in every way of sending, from a record in Kafka through the real worker to a receiver that reads
// with parsers of others and checks the signature with the public library.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import type { CallEventRecord, WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { faultText } from '../../src/domain/webhook-fault.ts'
import { readWebhookForm } from '../../src/domain/webhook-form.ts'
import { contentTypes } from '../../src/domain/webhook.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { ReceivedRequest, Receiver } from '../../src/local/receiver.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { readWire } from '../property/read-as.ts'
import { readExample } from '../unit/schemas/schema-types.ts'

const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`

/** The names of the service whose webhooks are followed, and their texts at the end of the examples' call. */
const followed = {
  record_url: 'https://records.example.com/r/0198f1c2',
  ip: '203.0.113.7',
  device: 'mobile',
  host: 'okna.example.ru',
  city: 'Москва',
  region: 'Москва',
  country: 'RU',
  source_type: 'cpc',
  utm_source: 'yandex',
  utm_medium: 'cpc',
  utm_campaign: 'okna_msk',
  utm_term: 'окна',
  utm_content: 'ad_12',
  client_number: '+79161234567',
  calltracking_number: '+74951234567',
  manager_number: '+74957654321',
  time_start: '2026-03-14T09:15:14Z',
  duration: '152',
  dtmf_pressed: '1',
  call_status: 'answered',
  call_type: 'dynamic',
  company_name: 'Окна Москва',
  office_name: 'Офис на Тверской',
  user_id: 'every',
  ga_clid: '345345353.1700000000',
}

/** Those of the end alone, and one that this call's start does not know. */
const notAtStart: ReadonlySet<string> = new Set(
  (
    'time_end duration total_duration hold_duration call_status hangup_cause hangup_code transfer_count ' +
    'record_url record_status is_target parent_call_id'
  ).split(' '),
)

const everything = parameterCatalogue.map(({ name }) => ({ name, parameter: name }))
const ways = [null, ...contentTypes].map((content_type, index) => ({
  webhook_id: `way-${index}`,
  account_id: 'every',
  path: `signed/${index}`,
  method: content_type === null ? 'GET' : 'POST',
  content_type,
  parameters: everything,
  signing_secrets: [secretOf(1), secretOf(2)],
}))

const long = ['call_id', 'utm_term', 'landing_page'].map((name) => ({ name, parameter: name }))
const large = {
  account_id: 'long',
  path: 'signed/long',
  event_types: ['call_end'],
  signing_secrets: [secretOf(2)],
}
const largeWays = [
  { ...large, webhook_id: 'long-get', method: 'GET', parameters: long },
  { ...large, webhook_id: 'long-post', method: 'POST', parameters: long },
  { ...large, webhook_id: 'too-large', method: 'POST', parameters: [{ name: 'all', parameter: 'custom_1' }] },
]

describe('every call parameter', () => {
  let rig: WorkerRig
  let receiver: Receiver

  beforeAll(async () => {
    receiver = await startReceiver({
      // Each webhook signs with the secret that is going and the one that comes; this receiver knows only the latter.
      signingSecrets: (path) => (path.startsWith('/signed/') ? [secretOf(2)] : []),
    })
    rig = await startWorkerRig()
    // Before the worker starts: then it knows them all before its first event.
    for (const form of [...ways, ...largeWays]) await publish(form)
    await rig.startWorker()
  })

  afterAll(async () => {
    await rig.stop()
    await receiver.stop()
  })

  const publish = async (form: object): Promise<void> => {
    const address = `127.0.0.1:${receiver.port}`
    const reading = readWebhookForm({ event_types: ['call_start', 'call_end'], address, ...form })
    if (reading.kind === 'invalid') throw new Error(reading.faults.map(faultText).join('; '))
    await rig.publisher.webhook(reading.record)
  }

  const publishCall = async (account_id: string, fields: Partial<CallEventRecord>): Promise<void> => {
    const ids = { account_id, occurred_at: Date.now(), ...fields }
    for (const [example, end] of [
      ['call-start', 'start'],
      ['call-end-answered', 'end'],
    ] as const) {
      const event = readExample('call-event', example)
      await rig.publisher.callEvent({ ...event, ...ids, event_id: `${account_id}-${end}` })
    }
  }

  const outcomesOf = (webhookId: string): readonly WebhookOutcomeRecord[] =>
    [...rig.finals().values()].filter(({ webhook_id }) => webhook_id === webhookId)

  const pairsOf = async ({
    target,
    headers,
    bodyBytes: body,
  }: ReceivedRequest): Promise<Map<string, unknown>> => {
    const pairs = await readWire({ target, contentType: headers['content-type'] ?? null, body })
    expect(pairs.map(([name]) => name)).toEqual(parameterCatalogue.map(({ name }) => name))
    return new Map(pairs)
  }

  it('arrives in a GET and in a POST of each content type, signed, at the start and at the end', async () => {
    await publishCall('every', {})
    await rig.untilFinals(2 * ways.length)

    for (const { webhook_id, path, method, content_type } of ways) {
      const requests = receiver.requests.filter(({ target }) => target.split('?', 1)[0] === `/${path}`)
      expect(requests.map((request) => [request.method, request.signature])).toEqual([
        [method, 'valid'],
        [method, 'valid'],
      ])
      const read = await Promise.all(requests.map(pairsOf))
      const atEnd = read.find((pairs) => pairs.get('event_type') === 'call_end')
      const atStart = read.find((pairs) => pairs.get('event_type') === 'call_start')
      const isJson = content_type === 'application/json'
      for (const { name, example } of parameterCatalogue) {
        const own = { event_id: 'every-end', account_id: 'every', user_id: 'every' } as Record<string, string>
        const known = own[name] ?? example
        const value = isJson ? known : asText(known)
        const early = name === 'event_id' ? 'every-start' : name === 'event_type' ? 'call_start' : value
        expect([name, atEnd?.get(name)]).toEqual([name, value])
        expect([name, atStart?.get(name)]).toEqual([
          name,
          notAtStart.has(name) ? (isJson ? null : '') : early,
        ])
      }
      for (const [name, text] of Object.entries(followed)) {
        expect([name, String(atEnd?.get(name))]).toEqual([name, text])
      }
      expect(
        outcomesOf(webhook_id).map(({ result, reason, cut_values }) => [result, reason, cut_values]),
      ).toEqual([
        ['delivered', 'ok', []],
        ['delivered', 'ok', []],
      ])
    }
  })

  it('that makes a GET too long is cut and named; a body is never cut, but may be too large', async () => {
    const utm_term = 'окна '.repeat(400)
    const before = rig.finals().size
    await publishCall('long', { utm_term, custom_1: 'x'.repeat(262_144) })
    await rig.untilFinals(before + 3)
    const told = (webhookId: string): unknown =>
      outcomesOf(webhookId).map(({ result, reason, cut_values, attempt }) => [
        result,
        reason,
        cut_values,
        attempt,
      ])

    const [get] = receiver.requests.filter(({ target }) => target.startsWith(`/${large.path}?`))
    const [post] = receiver.requests.filter(({ target }) => target === `/${large.path}`)
    expect([get?.signature, post?.signature]).toEqual(['valid', 'valid'])
    const { searchParams } = new URL(`http://receiver.invalid${get?.target}`)
    // Not one letter more would fit: a Cyrillic one takes six bytes.
    expect(get?.target.length).toBeGreaterThan(8_000 - 6)
    expect(get?.target.length).toBeLessThanOrEqual(8_000)
    expect(utm_term.startsWith(searchParams.get('utm_term') ?? '-')).toBe(true)
    expect(searchParams.get('landing_page')).toBe('https://okna.example.ru/katalog')
    expect(JSON.parse(post?.body ?? '')).toMatchObject({ utm_term })
    expect(told('long-get')).toEqual([['delivered', 'ok', ['utm_term'], 1]])
    expect(told('long-post')).toEqual([['delivered', 'ok', [], 1]])
    expect(told('too-large')).toEqual([['rejected', 'body_too_large', [], 0]])
  })
})

function asText(value: string | number | boolean | readonly string[]): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return String(value)
}
