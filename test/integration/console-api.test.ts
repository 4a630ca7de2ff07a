// Every route of the OpenAPI document, also one that is added tomorrow: no account sees or changes another's webhooks,
// and no input is answered with a fault of the server's.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { draftForm, startConsoleRig } from '../harness/console-rig.ts'
import type { Answer, ConsoleClient, ConsoleRig } from '../harness/console-rig.ts'

interface Operation {
  readonly method: string
  readonly path: string
  readonly hasBody: boolean
  readonly answers: Readonly<Record<string, { content?: { 'application/json'?: { schema: object } } }>>
}

let rig: ConsoleRig
let client: ConsoleClient
let operations: readonly Operation[]
let conforms: (operation: Operation, answer: Answer) => string | null

beforeAll(async () => {
  rig = await startConsoleRig()
  client = await rig.startConsole()
  const { body: document } = await client.ask('a', 'GET', '/api/openapi.json')
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { requestBody?: object; responses: Operation['answers'] }>).map(
      ([method, { requestBody, responses }]) => ({
        method: method.toUpperCase(),
        path,
        hasBody: requestBody !== undefined,
        answers: responses,
      }),
    ),
  )
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'api', components: document.components })
  conforms = ({ answers }, { status, body }) => {
    const described = answers[status]
    if (described === undefined) return `status ${status} is not described`
    const schema = described.content?.['application/json']?.schema
    if (schema === undefined) return null
    const resolved = JSON.parse(
      JSON.stringify(schema).replaceAll('"#/components', '"api#/components'),
    ) as object
    const check = ajv.compile(resolved)
    return check(body) ? null : ajv.errorsText(check.errors)
  }
})
afterAll(() => rig.stop())

const addressOf = ({ path }: Operation, id: string): string =>
  path.replace(/\{(?:webhook|call|replay)_id\}/, encodeURIComponent(id))

describe('the document', () => {
  it('names every route of the API', () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /api/replays/{replay_id}',
      'DELETE /api/webhooks/{webhook_id}',
      'GET /api/calls/{call_id}/deliveries',
      'GET /api/events',
      'GET /api/replays/{replay_id}',
      'GET /api/session',
      'GET /api/webhooks',
      'GET /api/webhooks/{webhook_id}',
      'GET /api/webhooks/{webhook_id}/deliveries',
      'GET /api/webhooks/{webhook_id}/health',
      'POST /api/preview',
      'POST /api/replays/{replay_id}/send',
      'POST /api/test',
      'POST /api/webhooks',
      'POST /api/webhooks/{webhook_id}/lift',
      'POST /api/webhooks/{webhook_id}/replays',
      'PUT /api/webhooks/{webhook_id}',
    ])
  })
})

describe('account b', () => {
  it('sees and changes nothing of account a by any route, and cannot tell its webhooks from none', async () => {
    const canary = 'canary-of-a'
    const made = await client.ask('a', 'POST', '/api/webhooks', {
      body: draftForm({ path: canary, headers: [{ name: 'X-Key', value: canary }] }),
    })
    const { webhook, etag } = made.body
    const id: string = webhook.webhook_id
    for (const operation of operations) {
      const bodies = operation.hasBody
        ? [
            { webhook: draftForm({ headers: [{ name: 'X-Key', value: '***' }] }), webhook_id: id },
            { ...draftForm(), webhook_id: id },
            { ...draftForm(), account_id: 'a' },
            { ...draftForm(), webhook_id: id, account_id: 'a' },
          ]
        : [undefined]
      for (const body of bodies) {
        for (const query of ['', `?search=${canary}`, '?account_id=a', `?webhook_id=${id}`]) {
          const headers = { 'if-match': etag, 'x-account': 'a' }
          const ask = (one: string) =>
            client.ask('b', operation.method, addressOf(operation, one) + query, {
              headers,
              ...(body === undefined
                ? {}
                : { body: JSON.parse(JSON.stringify(body).replaceAll(id, one)) as unknown }),
            })
          const answer = await ask(id)
          expect(JSON.stringify(answer.body)).not.toContain(canary)
          const unknown = await ask('00000000-0000-4000-8000-000000000000')
          expect([answer.status, answer.body?.error]).toEqual([unknown.status, unknown.body?.error])
          if (operation.path.includes('{webhook_id}')) expect(answer.status).toBe(404)
        }
      }
    }
    expect((await client.ask('a', 'GET', `/api/webhooks/${id}`)).body).toMatchObject({ webhook, etag })
    expect((await client.ask('a', 'GET', '/api/webhooks')).body.total).toBe(1)
    for (const { webhook: theirs } of (await client.ask('b', 'GET', '/api/webhooks')).body.webhooks) {
      expect(theirs).toMatchObject({ account_id: 'b' })
    }
  })
})

describe('any input', () => {
  it('is answered as the document says, and never with a 5xx', async () => {
    const made = await client.ask('fuzz', 'POST', '/api/webhooks', { body: draftForm() })
    const id: string = made.body.webhook.webhook_id
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        '',
        '***',
        null,
        [],
        {},
        -1,
        1e308,
        '\u0000',
        '\ud800',
        'a'.repeat(3_000),
        '__proto__',
        '<script>',
      ),
      fc.string({ unit: 'binary' }),
    )
    const fields = Object.keys(draftForm()).concat(
      [
        'headers',
        'authentication',
        'signing_secrets',
        'tls_verification',
        'missing_values',
        'time_zone',
        'limits',
        'enabled',
      ],
      ['webhook_id', 'account_id', 'created_at', 'updated_at', 'constructor', 'toString'],
    )
    const nested = fc.oneof(
      odd,
      fc.array(fc.dictionary(fc.constantFrom('name', 'value', 'parameter', 'literal', 'type'), odd), {
        maxLength: 4,
      }),
      fc.dictionary(
        fc.constantFrom('type', 'username', 'password', 'token', 'total_timeout_ms', 'concurrency'),
        odd,
      ),
    )
    const form = fc
      .dictionary(fc.constantFrom(...fields), nested, { maxKeys: 4 })
      .map((changed) => ({ ...draftForm({ address: '127.0.0.1:65534' }), ...changed }))
    const body = fc.oneof(
      { weight: 5, arbitrary: form },
      { weight: 3, arbitrary: form.map((webhook) => ({ webhook, webhook_id: id, event_type: 'call_end' })) },
      { weight: 1, arbitrary: fc.record({ webhook: odd, webhook_id: odd, event_type: odd }) },
      { weight: 2, arbitrary: odd },
    )
    const idText = fc.oneof(fc.constant(id), fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }))
    const query = fc.oneof(
      fc.constant(''),
      fc
        .dictionary(
          fc.constantFrom('limit', 'after', 'search', 'only', 'since', 'until', 'x'),
          fc.string({ unit: 'binary', maxLength: 300 }),
        )
        .map((given) => `?${new URLSearchParams(given).toString()}`),
    )
    const ifMatch = fc.oneof(
      fc.constant('*'),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map((offset) => `"${offset}"`),
      fc.stringMatching(/^[!-~]{0,40}$/),
    )
    const request = fc.record({ operation: fc.constantFrom(...operations), body, idText, query, ifMatch })
    await fc.assert(
      fc.asyncProperty(
        request,
        async ({ operation, body: given, idText: named, query: asked, ifMatch: tag }) => {
          const answer = await client.ask(
            'fuzz',
            operation.method,
            addressOf(operation, named.toWellFormed()) + asked,
            {
              headers: { 'if-match': tag },
              ...(operation.hasBody ? { body: JSON.stringify(given) ?? 'null' } : {}),
            },
          )
          expect(answer.status).toBeLessThan(500)
          expect(conforms(operation, answer)).toBeNull()
        },
      ),
      { numRuns: 1_500, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false, endOnFailure: true },
    )
    const found = await client.ask('fuzz', 'GET', '/api/webhooks?limit=500')
    expect(found.status).toBe(200)
  }, 40_000)
})
