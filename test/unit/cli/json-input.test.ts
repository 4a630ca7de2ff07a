import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { readJsonInput } from '../../../src/cli/json-input.ts'

const folder = mkdtempSync(join(tmpdir(), 'json-input-'))
afterAll(() => rmSync(folder, { recursive: true }))

const noInput = { readInput: () => Promise.reject(new Error('the standard input is not asked for')) }

/** The entries, with the folder left out of their places. */
async function readFile(name: string, content: string | Buffer) {
  const path = join(folder, name)
  writeFileSync(path, content)
  const input = await readJsonInput(path, noInput)
  const entries = input.kind === 'entries' ? [...input.entries()] : [input]
  return entries.map(({ place, ...rest }) => ({ place: place.replace(`${folder}/`, ''), ...rest }))
}

async function readStream(content: string) {
  const input = await readJsonInput('-', { readInput: () => Promise.resolve(Buffer.from(content)) })
  return input.kind === 'entries' ? [...input.entries()] : [input]
}

const value = (place: string, read: unknown) => ({ place, kind: 'value', value: read })
const unreadable = (place: string, fault: string) => ({ place, kind: 'unreadable', fault })

describe('JSON that a command is given', () => {
  it.each<[string, string, readonly object[]]>([
    ['one.json', '{"a": 1}', [value('one.json', { a: 1 })]],
    ['mark.json', '\uFEFF{"a": 1}', [value('mark.json', { a: 1 })]],
    ['list.json', '[1, {"a": 2}]', [value('list.json[0]', 1), value('list.json[1]', { a: 2 })]],
    ['none.json', '[]', []],
    ['lines.jsonl', '1\r\n\n \t\r\n{"a": 2}', [value('lines.jsonl:1', 1), value('lines.jsonl:4', { a: 2 })]],
    ['list.jsonl', '[1]\n[2]\n', [value('list.jsonl:1', [1]), value('list.jsonl:2', [2])]],
    ['none.ndjson', '', []],
    ['empty.json', '', [unreadable('empty.json', 'is not JSON: it ends too early')]],
    ['comma.json', '{\n  "a": 1,\n}', [unreadable('comma.json', 'is not JSON at line 3, column 1')]],
    ['two.json', '1\n2', [unreadable('two.json', 'is not JSON at line 2, column 1')]],
  ])('%s holding %j', async (name, content, entries) => {
    expect(await readFile(name, content)).toEqual(entries)
  })

  it('names the line that is wrong, and goes on', async () => {
    expect(await readFile('some.jsonl', '1\n{"a":\n3')).toEqual([
      value('some.jsonl:1', 1),
      unreadable('some.jsonl:2', 'is not JSON: it ends too early'),
      value('some.jsonl:3', 3),
    ])
  })

  it('repeats nothing of what it cannot read', async () => {
    const told = await readFile('secret.json', '{"token": canary-in-the-file}')
    expect(JSON.stringify(told)).not.toContain('canary')
  })

  it('says of a text that is longer than a text can be that it is too long', async () => {
    const input = await readJsonInput('-', { readInput: () => Promise.resolve(Buffer.alloc(2 ** 29, 0x20)) })
    expect(input).toEqual(
      unreadable('standard input', 'is too long for one value; allowed: JSON lines (.jsonl)'),
    )
  })

  it('refuses bytes that are not UTF-8', async () => {
    expect(await readFile('latin.json', Buffer.from('"caf\xe9"', 'latin1'))).toEqual([
      unreadable('latin.json', 'is not UTF-8 text; allowed: JSON in UTF-8'),
    ])
  })

  it('names a file that is not there', async () => {
    expect(await readJsonInput('no/such.json', noInput)).toEqual(
      unreadable('no/such.json', 'cannot be read (ENOENT)'),
    )
  })

  it.each<[string, readonly object[]]>([
    ['{"a": 1}', [value('standard input', { a: 1 })]],
    ['[1, 2]', [value('standard input[0]', 1), value('standard input[1]', 2)]],
    ['1\n2\n', [value('standard input:1', 1), value('standard input:2', 2)]],
    [
      '1\n{',
      [value('standard input:1', 1), unreadable('standard input:2', 'is not JSON at line 1, column 2')],
    ],
    ['{\n"a"', [unreadable('standard input', 'is not JSON at line 2, column 4')]],
  ])('reads %j from the standard input', async (content, entries) => {
    expect(await readStream(content)).toEqual(entries)
  })

  it('can be gone through twice', async () => {
    const input = await readJsonInput('-', { readInput: () => Promise.resolve(Buffer.from('1\n2')) })
    if (input.kind !== 'entries') throw new Error('the input is readable')
    expect([...input.entries()]).toEqual([...input.entries()])
  })
})
