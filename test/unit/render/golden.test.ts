// Requests as they stand on the wire, held against a file that people read: test/unit/render/golden/requests.md.
// After a change that is meant, `UPDATE_GOLDEN=1 npm test -- --selectProjects unit -- golden` writes the file anew; then
// its difference is what there is to review.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readCallEventForm } from '../../../src/domain/call-event-form.ts'
import { parameterCatalogue } from '../../../src/domain/parameter-catalogue.ts'
import { faultText } from '../../../src/domain/webhook-fault.ts'
import { readWebhookForm } from '../../../src/domain/webhook-form.ts'
import { contentTypes } from '../../../src/domain/webhook.ts'
import { deliveryIdOf } from '../../../src/join/delivery-id.ts'
import { render } from '../../../src/render/render.ts'
import { readExample } from '../schemas/schema-types.ts'
import { casesOfCalls } from './golden/cases-of-calls.ts'
import { casesOfRequests } from './golden/cases-of-requests.ts'
import { casesOfValues } from './golden/cases-of-values.ts'
import type { GoldenCase } from './golden/golden-case.ts'
import { caseText, jsonText, wireText } from './golden/golden-text.ts'
import { startRawReceiver } from './golden/raw-receiver.ts'
import type { RawReceiver } from './golden/raw-receiver.ts'

const cases: readonly GoldenCase[] = [...casesOfCalls, ...casesOfValues, ...casesOfRequests]
const file = new URL('golden/requests.md', import.meta.url)
const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
if (isUpdate && process.env['CI'] !== undefined)
  throw new Error('a golden file is reviewed before it is used')

const baseWebhook = {
  webhook_id: 'webhook-1',
  account_id: '10427',
  address: '127.0.0.1:{port}',
  path: '/calls',
  parameters: [],
  method: 'GET',
  event_types: ['call_start', 'call_end'],
}

/** The fields that are known, times as people read them. */
const baseEventOf = (example: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(readExample('call-event', example))
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        typeof value === 'number' && /^(time_|occurred_at)/.test(name)
          ? new Date(value).toISOString().replace('.000', '')
          : value,
      ]),
  )
const baseEvents = {
  call_start: baseEventOf('call-start'),
  call_end: baseEventOf('call-end-answered'),
} as const

const preamble = `# Requests, byte for byte

Written by \`golden.test.ts\`, which says how to write it anew. Each case shows what its webhook and its event differ in
from the ordinary ones, and the request that came over TCP.

- Lines end with CRLF. \`␊\` marks a line feed alone. After the last line there is no end; an empty one shows that the
  request ends with an end of line.
- \`⟨U+0000⟩\` stands for a character that cannot be seen. All else is UTF-8, as it was sent.
- \`{port}\` stands for the receiver's port.
- The clock stands at 2026-03-14T09:17:47Z. What is signed is signed then.

The ordinary webhook:

\`\`\`json
${jsonText(baseWebhook)}
\`\`\`

The ordinary events, start and end of one call:

\`\`\`json
${jsonText(baseEvents)}
\`\`\``

let receiver: RawReceiver
const sections = new Map<string, string>()
beforeAll(async () => {
  receiver = await startRawReceiver()
})
afterAll(async () => {
  await receiver.stop()
  const all = cases.map(({ title }) => sections.get(title))
  if (isUpdate && !all.includes(undefined)) writeFileSync(file, `${[preamble, ...all].join('\n\n')}\n`)
})

async function requestFor({ webhook, event, sent = {} }: GoldenCase): Promise<string> {
  const form = { ...baseWebhook, ...webhook }
  const address = form.address.replace('{port}', String(receiver.port))
  const reading = readWebhookForm({ ...form, address })
  if (reading.kind === 'invalid') throw new Error(reading.faults.map(faultText).join('; '))
  const { of, ...differences } = event
  const eventReading = readCallEventForm({ ...baseEvents[of], ...differences })
  if (eventReading.kind === 'invalid') throw new Error(eventReading.faults.map(faultText).join('; '))
  const rendering = render(reading.webhook, eventReading.event, {
    deliveryId: deliveryIdOf(eventReading.event.event_id, reading.webhook.webhookId),
    attempt: 1,
    userAgent: 'call-webhook-worker/1.0.0',
    maxTargetBytes: 8_000,
    maxBodyBytes: 262_144,
    nowMs: Date.UTC(2026, 2, 14, 9, 17, 47),
    purpose: 'delivery',
    ...sent,
  })
  if (rendering.kind !== 'request') return `no request: ${rendering.kind}, ${rendering.bytes} bytes`
  const bytes = await receiver.bytesOf(rendering.request)
  const text = wireText(bytes).replace(`\nhost: 127.0.0.1:${receiver.port}\n`, '\nhost: 127.0.0.1:{port}\n')
  return rendering.cutValues.length === 0 ? text : `# cut: ${rendering.cutValues.join(', ')}\n${text}`
}

/** By title; the text before the first case stands under the empty one. */
function goldenSections(): ReadonlyMap<string, string> {
  const parts = readFileSync(file, 'utf8')
    .trimEnd()
    .split(/\n\n(?=## )/)
  return new Map(parts.map((part) => [/^## (.*)/.exec(part)?.[1] ?? '', part]))
}

describe('a request on the wire is what the golden file shows', () => {
  const golden = isUpdate ? null : goldenSections()

  it.each(cases.map((one) => [one.title, one] as const))('%s', async (title, one) => {
    const section = caseText(one, await requestFor(one))
    sections.set(title, section)
    if (golden !== null) expect(section).toBe(golden.get(title))
  })

  it('and the file shows nothing else', () => {
    if (golden === null) return
    expect([...golden.keys()]).toEqual(['', ...cases.map(({ title }) => title)])
    expect(golden.get('')).toBe(preamble)
  })
})

describe('the golden cases', () => {
  it('are told apart by their titles', () => {
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length)
  })

  it('are at least 60 requests', () => {
    expect(readFileSync(file, 'utf8').match(/ HTTP\/1\.1\nhost: /g)?.length).toBeGreaterThanOrEqual(60)
  })

  it.each(['call_start', 'call_end'] as const)('show every call parameter at %s', (of) => {
    const shown = cases
      .filter(({ event }) => event.of === of)
      .flatMap(({ webhook }) => (webhook.parameters ?? []).map(({ parameter }) => parameter))
    expect(parameterCatalogue.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([])
  })

  it.each(['call_start', 'call_end'] as const)('show a GET and every content type at %s', (of) => {
    const shown = cases.filter(({ event }) => event.of === of).map(({ webhook }) => webhook.content_type)
    expect([...contentTypes, undefined].filter((type) => !shown.includes(type))).toEqual([])
  })
})
