import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { once } from 'node:events'
import avro from 'avsc'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Observation } from '../../../src/domain/observation.ts'
import { askRegistry } from '../../../src/kafka/registry-api.ts'
import { WriterSchemas } from '../../../src/kafka/writer-schemas.ts'
import { until } from '../../harness/until.ts'

interface Reply {
  readonly status: number
  readonly body: object | string
}

const servers: Server[] = []
const opened: WriterSchemas[] = []
afterEach(() => {
  for (const schemas of opened.splice(0)) schemas.stop()
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const unknown: Reply = { status: 404, body: { error_code: 40_403, message: 'Schema not found' } }
const schemaOf = (schema: string, schemaType?: string): Reply => ({
  status: 200,
  body: { schema, ...(schemaType === undefined ? {} : { schemaType }) },
})
const text = schemaOf('"string"')

/** The port of a registry that replies so. */
async function replying(replyTo: (request: IncomingMessage) => Reply): Promise<number> {
  const server = createServer((request, response) => {
    const { status, body } = replyTo(request)
    const json = typeof body !== 'string'
    response.writeHead(status, { 'content-type': json ? 'application/json' : 'text/html' })
    response.end(json ? JSON.stringify(body) : body)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the registry has no port')
  return address.port
}

/** A registry that gives its replies in order, the last one for ever. */
const registry = async (...replies: Reply[]) => {
  const asked: string[] = []
  const port = await replying(({ url = '' }) => {
    asked.push(url)
    return replies.length > 1 ? (replies.shift() ?? text) : (replies[0] ?? text)
  })
  const troubles: Observation[] = []
  let nowMs = 0
  const schemas = new WriterSchemas(
    { url: `http://127.0.0.1:${port}`, username: '', password: '' },
    { observe: (observation) => void troubles.push(observation) },
    () => nowMs,
  )
  opened.push(schemas)
  const find = (schemaId = 7) => schemas.find(schemaId, new AbortController().signal)
  return { schemas, asked, troubles, find, pass: (ms: number) => void (nowMs += ms) }
}

describe('a registry that throws back the login', () => {
  it.each([
    ['in a message', (login: string) => ({ status: 500, body: { message: `who is ${login}?` } })],
    ['in an error page', (login: string) => ({ status: 502, body: `<p>${login}</p>` })],
  ])('%s is told without it', async (_, replyTo) => {
    const password = 'p4ss "word'
    const { port } = await echoingLogin(replyTo)
    const troubles: Observation[] = []
    const access = { url: `http://127.0.0.1:${port}`, username: 'worker', password }
    const schemas = new WriterSchemas(access, { observe: (one) => void troubles.push(one) })
    opened.push(schemas)
    const stopping = new AbortController()
    const asking = schemas.find(7, stopping.signal).catch(() => {})
    await until(() => troubles.length > 0, 'a trouble')
    const text = JSON.stringify(troubles)
    expect(text).toContain('***')
    for (const form of [password, JSON.stringify(password).slice(1, -1), btoa(`worker:${password}`)]) {
      expect(text).not.toContain(form)
    }
    await expect(askRegistry(access, 'GET', '/subjects')).rejects.toThrow(/answers 50[02]/)
    await askRegistry(access, 'GET', '/subjects').catch((error: Error) => {
      expect(error.message).not.toContain(password)
      expect(error.message).not.toContain(btoa(`worker:${password}`))
    })
    stopping.abort()
    await asking
  })
})

/** Replies with what it makes of the header and of the password in it. */
async function echoingLogin(replyTo: (login: string) => Reply) {
  const port = await replying(({ headers: { authorization = '' } }) => {
    const plain = Buffer.from(authorization.slice('Basic '.length), 'base64').toString()
    return replyTo(`${authorization} ${plain}`)
  })
  return { port }
}

describe("the schema of a record's writer", () => {
  it('is asked for once, however many records wait for it, and then known', async () => {
    const { schemas, find, asked } = await registry(text)
    expect(schemas.known(7)).toBeUndefined()
    const found = await Promise.all([find(), find(), find()])
    for (const each of found) expect(each).toMatchObject({ kind: 'avro', type: expect.any(avro.Type) })
    expect(asked).toEqual(['/schemas/ids/7'])
    expect(schemas.known(7)).toBe(found[0])
  })

  it('may be of another kind', async () => {
    const json = schemaOf('{"type":"object"}', 'JSON')
    expect(await (await registry(json)).find()).toEqual({ kind: 'unsupported_schema_type' })
    const protobuf = schemaOf('syntax = "proto3"; message A { string a = 1; }', 'PROTOBUF')
    expect(await (await registry(protobuf)).find()).toEqual({ kind: 'unsupported_schema_type' })
    expect(await (await registry(schemaOf('x', 'XSD'))).find()).toEqual({ kind: 'unsupported_schema_type' })
  })

  it('that the registry took but that is no Avro does not hold its partition for ever', async () => {
    const wrongDefault = { type: 'record', name: 'A', fields: [{ name: 'a', type: 'int', default: 'x' }] }
    const { find, troubles } = await registry(schemaOf(JSON.stringify(wrongDefault)))
    expect(await find()).toMatchObject({ kind: 'undecodable', detail: expect.stringMatching(/\w/) })
    expect(troubles).toEqual([])
  })

  it('is unknown where the registry says so, and asked for anew half a minute later', async () => {
    const { schemas, find, pass } = await registry(unknown, unknown, text)
    expect(await find()).toEqual({ kind: 'unknown_schema_id' })
    expect(schemas.known(7)).toEqual({ kind: 'unknown_schema_id' })
    pass(30_000)
    expect(schemas.known(7)).toBeUndefined()
    expect(await find()).toMatchObject({ kind: 'avro' })
    pass(1_000_000)
    expect(schemas.known(7)).toMatchObject({ kind: 'avro' })
  })

  it('that is unknown is forgotten for the sake of newer ones, since anybody can make up ids', async () => {
    const { schemas, find } = await registry(unknown)
    for (let first = 0; first < 1_100; first += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => find(first + index)))
    }
    const isKnown = (id: number): boolean => schemas.known(id) !== undefined
    expect([0, 99, 100, 1_099].map(isKnown)).toEqual([false, false, true, true])
  })

  it.each<[string, Reply]>([
    ["a proxy's 404", { status: 404, body: '<h1>404 page not found</h1>' }],
    ["a 404 in JSON that is not the registry's", { status: 404, body: { message: 'no route' } }],
    ['a 503', { status: 503, body: { message: 'starting' } }],
    ['a 401', { status: 401, body: { error_code: 40_101, message: 'who are you' } }],
    ['a page with status 200', { status: 200, body: '<h1>welcome</h1>' }],
    ['an answer without a schema', { status: 200, body: {} }],
  ])('is waited for through %s', async (_what, outage) => {
    const { find, troubles } = await registry(outage, outage, text)
    expect(await find()).toMatchObject({ kind: 'avro' })
    expect(troubles.length).toBeGreaterThan(0)
  })

  it('is no longer waited for when the record is given up, and no listener stays behind', async () => {
    const { schemas } = await registry({ status: 503, body: {} })
    const givenUp = new AbortController()
    const waiting = schemas.find(7, givenUp.signal)
    givenUp.abort()
    await expect(waiting).rejects.toThrow('stopped waiting')
    await expect(schemas.find(7, givenUp.signal)).rejects.toThrow('stopped waiting')
  })

  it('is no longer asked for after stop', async () => {
    const { schemas, find } = await registry({ status: 503, body: {} })
    const waiting = find()
    schemas.stop()
    await expect(waiting).rejects.toThrow()
  })
})
