// How the golden file shows a case: webhook and event as what differs, and the request byte for byte.
// Invariant: two requests that differ in one byte differ in their texts.
import { isUtf8 } from 'node:buffer'
import type { GoldenCase } from './golden-case.ts'

/** All that an eye could miss or an editor change, but for the ends of lines. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu
/** Wider than code: a request's lines are longer still. */
const width = 150

/** A line end is CRLF, unless it is marked as a line feed alone; after the last line there is none. */
export function wireText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Error('the request is no UTF-8')
  const text = bytes.toString('utf8')
  if (/[⟨⟩␊]/.test(text)) throw new Error('the request holds a mark of this file')
  const lines = text.split('\r\n').map((line) =>
    line
      .split('\n')
      .map((part) => part.replaceAll(unseen, (character) => `⟨${codePointName(character)}⟩`))
      .join('␊\n'),
  )
  // The empty line that ends the head says nothing where nothing follows it.
  return lines.join('\n').replace(/\n\n$/, '')
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

export function caseText({ title, note, webhook, event, sent }: GoldenCase, request: string): string {
  const { of, ...differences } = event
  const about = { webhook, [of]: differences, ...(sent !== undefined && { sent }) }
  return [
    `## ${title}`,
    ...(note === undefined ? [] : [note]),
    `\`\`\`json\n${jsonText(about)}\n\`\`\``,
    `\`\`\`http\n${request}\n\`\`\``,
  ].join('\n\n')
}

/** A member a line; of what stands within, as much in a line as it can hold. */
export function jsonText(value: unknown): string {
  return expanded(value, '')
}

function nested(value: unknown, indent: string): string {
  const flat = inOneLine(value)
  return indent.length + flat.length <= width ? flat : expanded(value, indent)
}

function expanded(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) return `[\n${filledLines(value.map(inOneLine), inner).join('\n')}\n${indent}]`
  if (typeof value !== 'object' || value === null) return inOneLine(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${nested(member, inner)}`,
  )
  const lines =
    indent === ''
      ? members.map((member) => inner + member).join(',\n')
      : filledLines(members, inner).join('\n')
  return `{\n${lines}\n${indent}}`
}

function filledLines(items: readonly string[], indent: string): readonly string[] {
  const lines: string[] = []
  items.forEach((item, index) => {
    const text = index === items.length - 1 ? item : `${item},`
    const last = lines.at(-1)
    const isSmall = !text.includes('\n')
    if (last !== undefined && isSmall && last.length + 1 + text.length <= width)
      lines[lines.length - 1] = `${last} ${text}`
    else lines.push(indent + text)
  })
  return lines
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${JSON.stringify(name)}: ${inOneLine(member)}`,
    )
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  return JSON.stringify(value).replaceAll(unseen, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => String.raw`\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
