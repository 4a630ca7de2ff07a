// The keyring from its file: read at start, looked into again for a key that is not known, and never told of.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { openKeyring } from '../../../src/settings/keyring.ts'
import { loadSettings } from '../../../src/settings/load.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyring-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'keyring.json')
const keyOf = (fill: number): string => Buffer.alloc(32, fill).toString('base64')

function keyringOf(content: unknown, keyringFile = path) {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  const settings = loadSettings({ files: [], environment: { SECRETS_KEYRING_FILE: keyringFile } })
  const troubles: string[] = []
  const keyring = openKeyring(settings, { troubled: (text) => void troubles.push(text) })
  return { keyring, troubles }
}

describe('a keyring', () => {
  it('holds nothing where no file is named', () => {
    const { keyring } = keyringOf({}, '')
    expect([keyring.current(), keyring.find('a')]).toEqual([null, null])
  })

  it('has a current key and others', () => {
    const { keyring } = keyringOf({ current: 'b', keys: { a: keyOf(1), b: keyOf(2) } })
    expect(keyring.current()).toEqual({ id: 'b', bytes: Buffer.alloc(32, 2) })
    expect(keyring.find('a')).toEqual({ id: 'a', bytes: Buffer.alloc(32, 1) })
    expect([keyring.find('c'), keyring.find('__proto__'), keyring.find('constructor')]).toEqual([
      null,
      null,
      null,
    ])
  })

  const secretKey = keyOf(99)
  it.each([
    ['{', 'is not JSON'],
    ['null', 'holds no keys'],
    ['[]', 'holds no keys'],
    [{ current: 'a', keys: {} }, 'holds no keys'],
    [{ current: 'a', keys: { a: 7 } }, 'does not hold 32 bytes in Base64 as key 1'],
    [
      { current: 'a', keys: { a: keyOf(1), b: secretKey.slice(4) } },
      'does not hold 32 bytes in Base64 as key 2',
    ],
    [{ current: 'a', keys: { a: `${secretKey}\n` } }, 'does not hold 32 bytes in Base64 as key 1'],
    [{ current: 'a', keys: { [secretKey]: 'a' } }, 'has an id that is none, of key 1'],
    [
      { current: 'a', keys: { [secretKey.replace('=', '')]: 'a' } },
      'does not hold 32 bytes in Base64 as key 1',
    ],
    [{ keys: { a: secretKey } }, 'names none of its keys as the current one'],
    [{ current: secretKey, keys: { a: secretKey } }, 'names none of its keys as the current one'],
    [`{"current": "a", "keys": {"a": "${secretKey}"`, 'is not JSON'],
  ])('is refused as %j, in words that hold nothing of it', (content, fault) => {
    let text = ''
    try {
      keyringOf(content)
    } catch (error) {
      text = Object(error).message
    }
    expect(text).toContain(
      `secrets.keyringFile (SECRETS_KEYRING_FILE): the file "${path}" ${fault}; allowed: {`,
    )
    expect(text).not.toContain(secretKey.slice(8, 30))
  })

  it('is refused where its file cannot be read', () => {
    expect(() => keyringOf({}, join(folder, 'none.json'))).toThrow(
      /SECRETS_KEYRING_FILE.*cannot be read \(ENOENT\)/,
    )
  })
})

describe('a key that is not known', () => {
  it('is looked for in a file that was written anew', () => {
    const { keyring } = keyringOf({ current: 'a', keys: { a: keyOf(1) } })
    expect(keyring.find('b')).toBeNull()
    writeFileSync(path, JSON.stringify({ current: 'b', keys: { a: keyOf(1), b: keyOf(2) } }))
    expect(keyring.current()).toMatchObject({ id: 'a' })
    expect(keyring.find('b')).toMatchObject({ id: 'b' })
    expect(keyring.current()).toMatchObject({ id: 'b' })
  })

  it('is looked for in a file that was put in the place of the other', () => {
    const { keyring } = keyringOf({ current: 'a', keys: { a: keyOf(1) } })
    writeFileSync(`${path}.new`, JSON.stringify({ current: 'b', keys: { b: keyOf(2) } }))
    renameSync(`${path}.new`, path)
    expect(keyring.find('b')).toMatchObject({ id: 'b' })
  })

  it('costs no key that is known where the file is broken by then, and that is told once', () => {
    const { keyring, troubles } = keyringOf({ current: 'a', keys: { a: keyOf(1) } })
    writeFileSync(path, '{')
    for (const id of ['b', 'c', 'd']) expect(keyring.find(id)).toBeNull()
    expect(keyring.find('a')).toMatchObject({ id: 'a' })
    expect(troubles).toEqual([expect.stringContaining('is not JSON')])
    rmSync(path)
    for (const id of ['b', 'c', 'd']) expect(keyring.find(id)).toBeNull()
    expect(troubles).toEqual([expect.anything(), expect.stringContaining('cannot be read (ENOENT)')])
  })
})
