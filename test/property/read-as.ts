// What parsers of others read in a request, by its content type: pairs in the order in which they stand.
// Bytes are read as a receiver reads them; each parser is as strict as it can be.
import { once } from 'node:events'
import busboy from 'busboy'
import { parse as parseCsv } from 'csv-parse/sync'
import { getNodeValue, parseTree } from 'jsonc-parser'
import type { ParseError } from 'jsonc-parser'
import { SaxesParser } from 'saxes'
import { URL as ParsedUrl, URLSearchParams as ParsedForm } from 'whatwg-url'
import type { HttpRequest } from '../../src/domain/attempt.ts'
import { headerOf } from '../fakes/header-of.ts'

export type ReadPair = readonly [name: string, value: unknown]

export interface WireContent {
  /** As it stood on the request line. */
  readonly target: string
  /** Null where there is none. */
  readonly contentType: string | null
  readonly body: Buffer
}

/** Rejects where the body is not well-formed. */
export async function readPairs(request: HttpRequest): Promise<readonly ReadPair[]> {
  const { target, body } = request
  const contentType = headerOf(request, 'content-type') ?? null
  return readWire({ target, contentType, body: Buffer.from(body ?? '') })
}

/** Rejects where the query or the body is not well-formed. */
export async function readWire({ target, contentType, body }: WireContent): Promise<readonly ReadPair[]> {
  // A receiver need not forgive: what is no UTF-8 throws.
  const text = (): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  switch (contentType?.replace(/;.*/, '')) {
    case undefined:
      if (body.length > 0) throw new Error('a body without a content type')
      return [...new ParsedUrl(`http://receiver.invalid${target}`).searchParams]
    case 'application/json':
      return readJson(text())
    case 'application/x-www-form-urlencoded':
      return [...new ParsedForm(text())]
    case 'multipart/form-data':
      return readMultipart(body, contentType ?? '')
    case 'application/xml':
    case 'text/xml':
      return readXml(text())
    case 'text/plain':
      return readLines(text())
    default:
      throw new Error(`no parser for ${contentType}`)
  }
}

/** By a parser that keeps names which an object would reorder or swallow. */
function readJson(body: string): readonly ReadPair[] {
  JSON.parse(body)
  const errors: ParseError[] = []
  const tree = parseTree(body, errors, { disallowComments: true, allowTrailingComma: false })
  if (tree?.type !== 'object' || errors.length > 0) throw new Error('no JSON object')
  return (tree.children ?? []).map(({ children: [name, value] = [] }) => {
    if (name === undefined || value === undefined) throw new Error('half a member')
    return [String(getNodeValue(name)), getNodeValue(value)]
  })
}

async function readMultipart(body: Buffer, contentType: string): Promise<readonly ReadPair[]> {
  const pairs: ReadPair[] = []
  const limits = { fieldNameSize: 10_000 }
  const parser = busboy({ headers: { 'content-type': contentType }, defParamCharset: 'utf8', limits })
  parser.on('field', (name, value, { nameTruncated, valueTruncated, mimeType, encoding }) => {
    const isWhole = !nameTruncated && !valueTruncated && mimeType === 'text/plain' && encoding === '7bit'
    pairs.push([name, isWhole ? value : new Error('a field of another kind')])
  })
  parser.on('file', (name) => pairs.push([name, new Error('a file')]))
  parser.end(body)
  // It is only now that it tells of an end that is missing.
  await once(parser, 'finish')
  return pairs
}

function readXml(body: string): readonly ReadPair[] {
  const pairs: [string, string][] = []
  const path: string[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name)
    if (path.join() === 'call,param') pairs.push([String(attributes['name']), ''])
    else if (path.join() !== 'call') throw new Error(`unexpected ${path.join()}`)
  })
  parser.on('closetag', () => path.pop())
  parser.on('text', (text) => {
    const last = pairs.at(-1)
    if (path.length !== 2 || last === undefined) throw new Error('text where none belongs')
    last[1] += text
  })
  parser.write(body).close()
  return pairs
}

/** No name holds an equals sign where this is asked. */
function readLines(body: string): readonly ReadPair[] {
  if (body !== '' && !body.endsWith('\n')) throw new Error('the last line has no end')
  if (/[\t\v\f\r\u0085\u2028\u2029]/.test(body)) throw new Error('a line or a column breaks within')
  const lines: string[][] = parseCsv(body, {
    delimiter: '=',
    recordDelimiter: '\n',
    quote: null,
    escape: null,
    relaxColumnCount: true,
  })
  return lines.map(([name = '', ...value]) => [name, value.join('=')])
}
