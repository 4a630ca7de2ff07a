// From a client's form and a call event to the bytes that a server gets, through everything between: form, validation,
// rendering and the HTTP client. Judged by parsers of others.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { Webhook as Verifier } from 'standardwebhooks'
import type { CallEvent } from '../../src/domain/call-event.ts'
import { faultText } from '../../src/domain/webhook-fault.ts'
import { readWebhookForm } from '../../src/domain/webhook-form.ts'
import type { ContentType } from '../../src/domain/webhook.ts'
import { createHttpSender } from '../../src/http/http-sender.ts'
import { render } from '../../src/render/render.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { anyCallEvent, anyValidForm } from './arbitraries.ts'
import type { AddressedForm } from './arbitraries.ts'
import { expectedHeaders, expectedPairs } from './expected-request.ts'
import { readWire } from './read-as.ts'
import { loopback } from '../harness/loopback.ts'

interface Arrived {
  readonly method: string
  readonly target: string
  /** Name, value, name, value … as they stood. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

const maxConnections = 16
/** Of each encoder. */
const minCases = 2_000
let connections = 0
const arrived = new Map<string, Arrived[]>()
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method = '', url: target = '', rawHeaders: headers } = request
    const id = String(request.headers['webhook-id'])
    arrived.set(id, [...(arrived.get(id) ?? []), { method, target, headers, body: Buffer.concat(chunks) }])
    response.writeHead(204).end()
  })
})
server.on('connection', () => (connections += 1))

const sender = createHttpSender(
  {
    connectTimeoutMs: 5_000,
    maxResponseBytes: 1_024,
    connectionsPerOrigin: maxConnections,
    keepAliveMs: 30_000,
    allowedAddresses: loopback,
  },
  systemClock,
)
let host = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await sender.stop()
  server.close()
})

interface Case extends AddressedForm {
  readonly event: CallEvent
  readonly attempt: number
  readonly purpose: 'delivery' | 'test'
}

let sent = 0

/** Sends it and holds what arrived against what was expected. */
async function prove({ form, path, event, attempt, purpose }: Case): Promise<void> {
  const reading = readWebhookForm(form)
  if (reading.kind === 'invalid') throw new Error(reading.faults.map(faultText).join('; '))
  sent += 1
  const deliveryId = `${purpose}-${sent}`
  const sentWith = { host, userAgent: 'worker/1.0', deliveryId, attempt, nowMs: Date.now(), purpose }
  const rendering = render(reading.webhook, event, {
    ...sentWith,
    maxTargetBytes: 8_000,
    maxBodyBytes: 262_144,
  })
  if (rendering.kind !== 'request') throw new Error(rendering.kind)
  const limits = { connectTimeoutMs: 5_000, totalTimeoutMs: 10_000 }
  const result = await sender.send(rendering.request, limits, new AbortController().signal)
  expect(result).toMatchObject({ kind: 'answered', statusCode: 204 })

  const requests = arrived.get(deliveryId) ?? []
  arrived.delete(deliveryId)
  expect(requests).toHaveLength(1)
  const { method, target, headers, body } = requests[0] as Arrived
  expect(method).toBe(form.method)
  const expected = expectedHeaders(form, sentWith, body)
  expect(headers).toEqual(
    expected.map((text) => (text instanceof RegExp ? expect.stringMatching(text) : text)),
  )
  const pairs = expectedPairs(form, event)
  const query = method === 'GET' && pairs.length > 0 ? '?' : ''
  expect(target).toMatch(/^\/[!-~]*$/)
  expect(target.slice(0, path.length + query.length)).toBe(path + query)
  if (query === '') expect(target).toBe(path)
  // A plus is a space to some parsers and a plus to others; none may stand in a query.
  else expect(target.slice(path.length)).not.toMatch(/[+#]/)
  const contentType = headerIn(headers, 'content-type')
  expect(await readWire({ target, contentType, body })).toEqual(pairs)

  const payload = method === 'GET' ? `GET.${target}` : body.toString('utf8')
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  const signed = Object.fromEntries(names.map((name) => [name, headerIn(headers, name) ?? '']))
  for (const secret of form.signing_secrets ?? []) {
    new Verifier(secret).verify(payload, signed, { jsonParse: false })
  }
}

function headerIn(headers: readonly string[], name: string): string | null {
  return headers.find((_, index) => index % 2 === 1 && headers[index - 1] === name) ?? null
}

it.each<[string, readonly (ContentType | null)[]]>([
  ['a query', [null]],
  ['a JSON body', ['application/json']],
  ['a form', ['application/x-www-form-urlencoded']],
  ['a multipart form', ['multipart/form-data']],
  ['XML', ['application/xml', 'text/xml']],
  ['plain text', ['text/plain']],
])('what a receiver reads in %s is what was configured', async (_, contentTypes) => {
  const seen = { cases: 0, pairs: 0, signed: 0, basic: 0, bearer: 0, headers: 0, omitted: 0 }
  const anyCase: fc.Arbitrary<Case> = fc
    .record({
      addressed: fc.oneof(...contentTypes.map((contentType) => anyValidForm(`http://${host}`, contentType))),
      event: anyCallEvent,
      attempt: fc.integer({ min: 1, max: 9 }),
      purpose: fc.constantFrom('delivery' as const, 'test' as const),
    })
    .map(({ addressed, ...rest }) => ({ ...addressed, ...rest }))
  const atOnce = fc.array(anyCase, { minLength: 1, maxLength: 100, size: 'max' })
  // A run sends 1 to 100 at once, so how many runs it takes is not known.
  while (seen.cases < minCases)
    await fc.assert(
      fc.asyncProperty(atOnce, async (cases) => {
        await Promise.all(cases.map(prove))
        for (const { form } of cases) {
          seen.cases += 1
          seen.pairs += form.parameters.length
          seen.signed += form.signing_secrets?.length === 0 ? 0 : 1
          seen.headers += form.headers?.length ?? 0
          seen.omitted += form.missing_values === 'omit' ? 1 : 0
          if (form.authentication?.type === 'basic') seen.basic += 1
          if (form.authentication?.type === 'bearer') seen.bearer += 1
        }
      }),
      { numRuns: 20 },
    )
  const { cases, ...parts } = seen
  expect(cases).toBeGreaterThanOrEqual(minCases)
  expect(Math.min(...Object.values(parts))).toBeGreaterThan(200)
  expect(arrived.size).toBe(0)
  expect(connections).toBeLessThanOrEqual(maxConnections)
})
