// RECEIVING.md and its Russian twin: the requests that they show are what is sent, and their programs, run as they
// stand, tell real requests from forged ones.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { HttpRequest } from '../../src/domain/attempt.ts'
import type { CallEvent } from '../../src/domain/call-event.ts'
import type { AccountId, EventId, WebhookId } from '../../src/domain/ids.ts'
import { findParameter, parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import { sampleEvent } from '../../src/domain/sample-event.ts'
import type { ContentType, Webhook } from '../../src/domain/webhook.ts'
import { createHttpSender } from '../../src/http/http-sender.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { render } from '../../src/render/render.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { answers, exampleFolder } from '../harness/example-folder.ts'
import type { ExampleFolder } from '../harness/example-folder.ts'
import { startExampleServer } from '../harness/example-server.ts'
import type { ExampleServer } from '../harness/example-server.ts'
import { blockNamed, pageBlocks, pageText } from '../harness/page-blocks.ts'
import { loopback } from '../harness/loopback.ts'

const english = await pageBlocks('RECEIVING.md')

const event: CallEvent = {
  ...sampleEvent('call_end', '10427'),
  event_id: '0198f1c4-e8d0-7e51-b0c2-1a2b3c4d5e6f' as EventId,
}

/** The webhook of the page: its names are in the block `names`. */
const parameters = [...blockNamed(english, 'names').matchAll(/^(\S+) = (\S+)$/gm)].map(
  ([, name = '', source = '']) => {
    const parameter = findParameter(source)
    if (parameter === undefined) throw new Error(`${source} is no call parameter`)
    return { name, source: { kind: 'parameter', parameter: parameter.name } as const }
  },
)

interface Asked {
  readonly origin?: string
  /** Null: a GET. */
  readonly contentType: ContentType | null
  readonly signingSecrets?: readonly string[]
  readonly attempt?: number
  readonly nowMs?: number
}

function requestFor({ contentType, signingSecrets = [], attempt = 1, ...asked }: Asked): HttpRequest {
  const webhook: Webhook = {
    webhookId: 'wh-1001' as WebhookId,
    accountId: '10427' as AccountId,
    enabled: true,
    origin: asked.origin ?? 'https://crm.example.com',
    tlsVerification: 'on',
    path: '/hooks/calls',
    method: contentType === null ? 'GET' : 'POST',
    contentType,
    eventTypes: ['call_end'],
    parameters,
    missingValues: 'empty',
    timeZone: null,
    headers: [],
    authentication: null,
    signingSecrets,
    totalTimeoutMs: null,
    concurrency: null,
    ratePerSecond: null,
    retryHorizonMs: null,
  }
  const rendering = render(webhook, event, {
    deliveryId: deliveryIdOf(event.event_id, webhook.webhookId),
    attempt,
    userAgent: 'call-webhook-worker/0.1.0',
    maxTargetBytes: 8_000,
    maxBodyBytes: 262_144,
    nowMs: asked.nowMs ?? Date.now(),
    purpose: 'delivery',
  })
  if (rendering.kind !== 'request') throw new Error(rendering.kind)
  return rendering.request
}

const shownTypes = [
  null,
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/xml',
  'text/plain',
] as const

describe.each(['RECEIVING.md', 'RECEIVING.ru.md'])('%s', (page) => {
  it.each(shownTypes)('shows a request as it is sent (content type %s)', async (contentType) => {
    const { method, target, headers, body } = requestFor({ contentType })
    const fields = new Map<string, string>(body === null ? [['host', 'crm.example.com']] : [])
    for (let at = 0; at < headers.length; at += 2) {
      const [name = '', value = ''] = headers.slice(at, at + 2)
      if (body === null || name === 'content-type') fields.set(name, value)
    }
    const lines = [`${method} ${target} HTTP/1.1`, ...[...fields].map((field) => field.join(': '))]
    const sent = [...lines, ...(body === null ? [] : ['', body.trimEnd()]), '']
      .join('\n')
      .replaceAll('\r', '')
    expect(blockNamed(await pageBlocks(page), contentType ?? 'GET')).toBe(sent)
  })

  it('names the parameters that are not known before the end of a call', async () => {
    const listed = /`time_end`,[^.]*/.exec(await pageText(page))?.[0] ?? ''
    const endOnly = parameterCatalogue.filter(({ atStart }) => atStart === 'never')
    expect(new Set([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name))).toEqual(
      new Set<string>(endOnly.map(({ name }) => name)),
    )
  })
})

it('both pages have the same blocks', async () => {
  expect(await pageBlocks('RECEIVING.ru.md')).toEqual(english)
})

const secretOf = (fill: number): string => `whsec_${Buffer.alloc(32, fill).toString('base64')}`
const [current, next, foreign] = [secretOf(1), secretOf(2), secretOf(3)]

const json = 'application/json'
const minutes = 60_000

interface Case {
  readonly title: string
  readonly asked: (nowMs: number) => Asked
  readonly changed?: (request: HttpRequest) => HttpRequest
  readonly status: 204 | 401
}

const genuine: readonly Case[] = [
  ...shownTypes.map((contentType) => ({
    title: contentType === null ? 'a GET' : `a POST of ${contentType}`,
    asked: () => ({ contentType, signingSecrets: [current] }),
    status: 204 as const,
  })),
  ...[
    { title: 'a later attempt', more: { attempt: 3 } },
    { title: 'one signed by its other secret alone', more: { signingSecrets: [next] } },
    {
      title: 'one signed by two secrets of which it knows the second',
      more: { signingSecrets: [foreign, next] },
    },
  ].map(({ title, more }) => ({
    title,
    asked: () => ({ contentType: json, signingSecrets: [current], ...more }) as const,
    status: 204 as const,
  })),
  {
    title: 'a GET that took 4 minutes',
    asked: (nowMs) => ({ contentType: null, signingSecrets: [current], nowMs: nowMs - 4 * minutes }),
    status: 204,
  },
]

const forged: readonly Case[] = [
  {
    title: 'a body with another number',
    asked: () => ({ contentType: json, signingSecrets: [current] }),
    changed: (request) => ({ ...request, body: request.body?.replace('152', '153') ?? null }),
    status: 401,
  },
  {
    title: 'a query with another number',
    asked: () => ({ contentType: null, signingSecrets: [current] }),
    changed: (request) => ({ ...request, target: request.target.replace('152', '153') }),
    status: 401,
  },
  {
    title: 'another path',
    asked: () => ({ contentType: null, signingSecrets: [current] }),
    changed: (request) => ({ ...request, target: request.target.replace('/hooks', '/others') }),
    status: 401,
  },
  {
    title: 'another id',
    asked: () => ({ contentType: json, signingSecrets: [current] }),
    changed: (request) => withHeader(request, 'webhook-id', 'another'),
    status: 401,
  },
  {
    title: 'a signature of another version',
    asked: () => ({ contentType: json, signingSecrets: [current] }),
    changed: (request) =>
      withHeader(request, 'webhook-signature', headerOf(request, 'webhook-signature').replace('v1,', 'v2,')),
    status: 401,
  },
  {
    title: 'nonsense instead of time and signature',
    asked: () => ({ contentType: json, signingSecrets: [current] }),
    changed: (request) =>
      withHeader(withHeader(request, 'webhook-timestamp', 'now'), 'webhook-signature', ', ,'),
    status: 401,
  },
  {
    title: 'a signature that is none',
    asked: () => ({ contentType: json, signingSecrets: [current] }),
    changed: (request) => withHeader(request, 'webhook-signature', 'v1 v1,? v1,a,b'),
    status: 401,
  },
  { title: 'no signature', asked: () => ({ contentType: json }), status: 401 },
  {
    title: 'a secret that it does not know',
    asked: () => ({ contentType: json, signingSecrets: [foreign] }),
    status: 401,
  },
  ...[-6, 6].map((late) => ({
    title: `a time ${late} minutes off`,
    asked: (nowMs: number) =>
      ({
        contentType: json,
        signingSecrets: [current],
        nowMs: nowMs + late * minutes,
      }) as const,
    status: 401 as const,
  })),
]

function headerOf({ headers }: HttpRequest, name: string): string {
  return headers[headers.indexOf(name) + 1] ?? ''
}

function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  const headers = [...request.headers]
  headers[headers.indexOf(name) + 1] = value
  return { ...request, headers }
}

const python = await answers('python3', '-c', 'import sys; assert sys.version_info >= (3, 9)')
const withPackage = await answers(
  'python3',
  '-c',
  'import standardwebhooks; standardwebhooks.Webhook.verify.__kwdefaults__["json_parse"]',
)
const php = await answers('php', '-v')

interface Program {
  readonly title: string
  /** Block by the file's name. */
  readonly files: Readonly<Record<string, string>>
  readonly command: (port: number) => readonly string[]
  /** Null where this machine has all that it needs. */
  readonly lacking: string | null
  readonly cannotRead?: ContentType
}

const programs: readonly Program[] = [
  {
    title: 'Node.js',
    files: { 'receiver.mjs': 'receiver.mjs' },
    command: () => [process.execPath, 'receiver.mjs'],
    lacking: null,
  },
  {
    title: 'Python',
    files: { 'receiver.py': 'receiver.py', 'genuine.py': 'genuine.py' },
    command: () => ['python3', 'receiver.py'],
    lacking: python ? null : 'Python 3.9',
  },
  {
    title: 'Python with standardwebhooks',
    files: { 'receiver.py': 'receiver.py', 'genuine.py': 'genuine.py with standardwebhooks' },
    command: () => ['python3', 'receiver.py'],
    lacking: withPackage ? null : 'Python’s standardwebhooks 1.1',
  },
  {
    title: 'PHP',
    files: { 'receiver.php': 'receiver.php' },
    command: (port) => ['php', '-S', `127.0.0.1:${port}`, 'receiver.php'],
    lacking: php ? null : 'PHP',
    // As the page says.
    cannotRead: 'multipart/form-data',
  },
]

for (const { title, files, command, lacking, cannotRead } of programs) {
  if (lacking !== null) {
    it.skip(`the ${title} program is not run: this machine lacks ${lacking}`, () => {})
    continue
  }
  describe(`the ${title} program`, () => {
    const sender = createHttpSender(
      {
        connectTimeoutMs: 5_000,
        maxResponseBytes: 65_536,
        connectionsPerOrigin: 4,
        keepAliveMs: 1_000,
        allowedAddresses: loopback,
      },
      systemClock,
    )
    let folder: ExampleFolder
    let server: ExampleServer

    beforeAll(async () => {
      const blocks = Object.entries(files).map(([file, block]): [string, string] => [
        file,
        blockNamed(english, block),
      ])
      folder = await exampleFolder(new Map(blocks))
      server = await startExampleServer({
        command,
        folder: folder.path,
        environment: { WEBHOOK_SECRETS: `${current} ${next}` },
      })
    })

    afterAll(async () => {
      await sender.stop()
      await server.stop()
      await folder.remove()
    })

    async function answerTo({ asked, changed = (request) => request }: Case): Promise<number | string> {
      const request = changed(requestFor({ ...asked(Date.now()), origin: server.origin }))
      const limits = { connectTimeoutMs: 5_000, totalTimeoutMs: 10_000 }
      const result = await sender.send(request, limits, new AbortController().signal)
      return result.kind === 'answered' ? result.statusCode : `${result.failure}: ${result.detail}`
    }

    const readable = genuine.filter(
      ({ asked }) => cannotRead === undefined || asked(0).contentType !== cannotRead,
    )
    it.each(readable)('takes $title', async (one) => {
      expect(await answerTo(one)).toBe(one.status)
    })

    it.each(forged)('refuses $title', async (one) => {
      expect(await answerTo(one)).toBe(one.status)
    })
  })
}
