// JSON that a command is given: a file or the standard input, holding one value, a list of values, or a value a line.
// Invariant: what was read can be gone through again and again, and of lines only the one at hand is held as a value,
// so that a large import costs its text and not a hundred thousand objects.
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Terminal } from './terminal.ts'

/** `place`: `forms.json`, `forms.json[3]` (from 0), `forms.jsonl:12` (from 1). */
export type InputEntry =
  | { readonly kind: 'value'; readonly place: string; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly place: string; readonly fault: string }

export type JsonInput =
  | { readonly kind: 'entries'; entries(): Iterable<InputEntry> }
  | Extract<InputEntry, { readonly kind: 'unreadable' }>

const lineFeed = 0x0a

/** `path`: `-` is the standard input. Names that end in .jsonl or .ndjson hold a value a line. Never rejects. */
export async function readJsonInput(path: string, terminal: Pick<Terminal, 'readInput'>): Promise<JsonInput> {
  const name = path === '-' ? 'standard input' : path
  let bytes: Uint8Array
  try {
    bytes = path === '-' ? await terminal.readInput() : await readFile(path)
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown }
    const why = typeof code === 'string' ? code : 'no reason given'
    return { kind: 'unreadable', place: name, fault: `cannot be read (${why})` }
  }
  const lines = { kind: 'entries', entries: () => entriesOfLines(name, bytes) } as const
  if (['.jsonl', '.ndjson'].includes(extname(path).toLowerCase())) return lines
  const whole = parse(bytes)
  if (whole.kind === 'value') return { kind: 'entries', entries: () => entriesOf(name, whole.value) }
  // A stream has no name that tells what it holds: where its first line is a value of its own, each line is one.
  if (path === '-' && firstLineIsValue(bytes)) return lines
  return { place: name, ...whole }
}

function entriesOf(name: string, value: unknown): readonly InputEntry[] {
  if (!Array.isArray(value)) return [{ place: name, kind: 'value', value }]
  return value.map((one: unknown, index) => ({ place: `${name}[${index}]`, kind: 'value', value: one }))
}

function* entriesOfLines(name: string, bytes: Uint8Array): Iterable<InputEntry> {
  let number = 0
  for (const line of linesOf(bytes)) {
    number += 1
    if (isBlank(line)) continue
    yield { place: `${name}:${number}`, ...parse(line) }
  }
}

function* linesOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(lineFeed, from)
    const end = found === -1 ? bytes.length : found
    yield bytes.subarray(from, end)
    from = end + 1
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

function firstLineIsValue(bytes: Uint8Array): boolean {
  for (const line of linesOf(bytes)) if (!isBlank(line)) return parse(line).kind === 'value'
  return false
}

type Parsed =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly fault: string }

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parse(bytes: Uint8Array): Parsed {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (error) {
    if (Object(error).code === 'ERR_STRING_TOO_LONG') {
      return { kind: 'unreadable', fault: 'is too long for one value; allowed: JSON lines (.jsonl)' }
    }
    return { kind: 'unreadable', fault: 'is not UTF-8 text; allowed: JSON in UTF-8' }
  }
  try {
    return { kind: 'value', value: JSON.parse(text) }
  } catch (error) {
    return { kind: 'unreadable', fault: `is not JSON${whereOf(error)}` }
  }
}

/** The parser quotes what it met, and that may be a part of a secret: only the place is taken from its words. */
function whereOf(error: unknown): string {
  const text = error instanceof Error ? error.message : ''
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(text) ?? []
  if (line !== undefined) return ` at line ${line}, column ${column}`
  return text.includes('end of JSON input') ? ': it ends too early' : ''
}
