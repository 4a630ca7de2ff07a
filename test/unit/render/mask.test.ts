import { describe, expect, it } from '@jest/globals'
import type { AttemptResult } from '../../../src/domain/attempt.ts'
import { maskExcerpt, withMaskedRedirect } from '../../../src/render/mask.ts'
import { computingMs } from '../../harness/computing-time.ts'

const number = '+79161234567'

describe('an excerpt', () => {
  it('looks for tens of thousands of texts in no time', () => {
    const texts = Array.from({ length: 35_000 }, (_, index) => index.toString(36).padStart(4, 'a'))
    const tookMs = computingMs(() => {
      expect(maskExcerpt('nothing of that, '.repeat(110), texts)).toHaveLength(512)
      expect(maskExcerpt('not aa0z', texts)).toBe('not ***')
    })
    // Measured 25 ms; one after the other they took 300 ms.
    expect(tookMs).toBeLessThan(200)
  })

  it('is none where there was no answer to show', () => {
    expect(maskExcerpt(null, [number])).toBeNull()
  })

  it('is shown as it is where it repeats nothing', () => {
    expect(maskExcerpt('', [number])).toBe('')
    expect(maskExcerpt('ok', [])).toBe('ok')
    expect(maskExcerpt('100% \\u0041 &amp; %41 +1', [number, ''])).toBe('100% \\u0041 &amp; %41 +1')
  })

  it('hides every occurrence of every text', () => {
    expect(maskExcerpt(`${number} called Anna, Anna was out (${number})`, [number, 'Anna'])).toBe(
      '*** called ***, *** was out (***)',
    )
  })

  it('shows texts of less than 4 characters, however they are written', () => {
    expect(maskExcerpt('RU 1 я %D1%8F a%20b', ['RU', '1', 'я', 'a b', ''])).toBe('RU 1 я %D1%8F a%20b')
    expect(maskExcerpt('1234', ['1234'])).toBe('***')
  })

  it('takes a text for a text, not for a pattern', () => {
    expect(maskExcerpt('a.*b $& axxb', ['a.*b', '$&$&'])).toBe('*** $& axxb')
  })
})

describe('a text is hidden as receivers write it back', () => {
  const name = 'Анна "A" <a&b>/7 +1'
  const form = new URLSearchParams({ name }).toString().slice('name='.length)
  it.each([
    ['as it stands', name],
    ['percent-encoded', encodeURIComponent(name)],
    [
      'percent-encoded in small letters',
      encodeURIComponent(name).replaceAll(/%../g, (escape) => escape.toLowerCase()),
    ],
    ['as a form', form],
    ['as a form that was read once', name.replaceAll('+', ' ')],
    ['in JSON', JSON.stringify(name).slice(1, -1)],
    ['in JSON that escapes slashes', JSON.stringify(name).slice(1, -1).replaceAll('/', '\\/')],
    [
      'in JSON of ASCII only',
      JSON.stringify(name)
        .slice(1, -1)
        .replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(name)).slice(3, -3)],
    [
      'in HTML',
      name.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    ],
    [
      'in HTML by numbers',
      Array.from(name)
        .map((character) => `&#${character.codePointAt(0)};`)
        .join(''),
    ],
    [
      'in HTML by hexadecimal numbers',
      Array.from(name)
        .map((character) => `&#x${character.codePointAt(0)?.toString(16)};`)
        .join(''),
    ],
    [
      'in JSON within HTML',
      JSON.stringify(name).slice(1, -1).replaceAll('"', '&quot;').replaceAll('&b', '&amp;b'),
    ],
    ['percent-encoded in JSON within JSON', JSON.stringify(encodeURIComponent(name)).slice(1, -1)],
  ])('%s', (_how, written) => {
    expect(maskExcerpt(`got [${written}].`, [name])).toBe('got [***].')
  })

  it('in JSON with its tabs as letters', () => {
    const header = 'key\tof\tmine'
    expect(maskExcerpt(JSON.stringify({ header, path: 'C:\\new' }), [header])).toBe(
      '{"header":"***","path":"C:\\\\new"}',
    )
  })

  it('where its neighbours are escaped too', () => {
    expect(maskExcerpt('{"q":"a=%D0%90%2B79161234567%D0%B1\\u0031"}', [number])).toBe(
      '{"q":"a=%D0%90***%D0%B1\\u0031"}',
    )
  })

  it('where it looks like an escape itself', () => {
    const text = '100%41\\u0042&lt;'
    expect(maskExcerpt(`a ${text} b ${encodeURIComponent(text)} c ${JSON.stringify(text)}`, [text])).toBe(
      'a *** b *** c "***"',
    )
  })

  it('among escapes that mean nothing', () => {
    const noise = '%C0%80%ED%A0%80%FF%G1 \\x &#1114112; &#x110000; &nothing; '
    expect(maskExcerpt(`${noise}${number}`, [number])).toBe(`${noise}***`)
  })
})

describe('texts that touch or overlap', () => {
  it('are hidden whole, the longer with the shorter inside', () => {
    expect(maskExcerpt('abcdefghij', ['cdef', 'abcdefgh'])).toBe('***ij')
  })

  it('leave nothing of each other', () => {
    expect(maskExcerpt('x1234567890x', ['123456', '4567890'])).toBe('x***x')
    expect(maskExcerpt('abababa', ['abab'])).toBe('***a')
  })

  it('build no other by being replaced', () => {
    expect(maskExcerpt('ab1234cd', ['1234', 'ab***cd'])).toBe('ab***cd')
  })
})

describe('the end of an excerpt', () => {
  it('is at 512 characters', () => {
    expect(maskExcerpt('x'.repeat(600), [])).toBe('x'.repeat(512))
    expect(maskExcerpt(`${'x'.repeat(510)}${number}`, [number])).toBe(`${'x'.repeat(510)}**`)
  })

  it.each([
    ['+7916', 'a ***'],
    ['+791612345', 'a ***'],
    ['+79', 'a +79'],
    ['%2B7916', 'a ***'],
    ['%2b791612345', 'a ***'],
  ])('does not show the beginning of a text that it cuts: %s', (cut, shown) => {
    expect(maskExcerpt(`a ${cut}`, [number])).toBe(shown)
  })

  it.each([
    ...[1, 2, 3, 4, 5].map((missing) => encodeURIComponent('Аннаб').slice(0, -missing)),
    ...[0, 1, 2, 3, 4, 5].map((missing) =>
      '\\u0410\\u043d\\u043d\\u0430\\u0431'.slice(0, -missing || undefined),
    ),
    ...[1, 2, 3, 4, 5, 6].map((missing) => '&#1040;&#1085;&#1085;&#1072;&#1073;'.slice(0, -missing)),
  ])('does not show it where it cuts an escape: %s', (cut) => {
    expect(maskExcerpt(`a ${cut}`, ['Аннабелла'])).toBe('a ***')
  })

  it('comes soon also where the answer is long and made of escapes', () => {
    const masked = maskExcerpt('%41'.repeat(500_000) + number, [number, 'AAAAA'])
    expect(masked).toBe('***')
  })

  it('is no half of a character', () => {
    expect(maskExcerpt(`${'x'.repeat(511)}😀`, [])).toBe(`${'x'.repeat(511)}\ufffd`)
  })

  it('may look like a beginning by accident only where 4 characters agree', () => {
    expect(maskExcerpt('saved the call', ['call_end'])).toBe('saved the ***')
    expect(maskExcerpt('saved the cal', ['call_end'])).toBe('saved the cal')
  })
})

describe('where a redirect leads', () => {
  const answered = (redirectOrigin: string | null): AttemptResult => ({
    kind: 'answered',
    statusCode: 301,
    redirectOrigin,
    retryAfter: null,
    excerpt: null,
    timings: { connectMs: 1, firstByteMs: 1, totalMs: 1 },
  })
  const shown = (to: string | null, ...sensitive: readonly string[]): unknown =>
    Object(withMaskedRedirect(answered(to), { origin: 'http://crm.example.com' }, () => sensitive))
      .redirectOrigin

  it.each([
    ['a host’s name that repeats a secret', 'https://token-7f3a.evil.test', ['token-7f3a'], 'https://***'],
    ['whatever the case of the secret', 'https://token-7f3a.evil.test:8443', ['Token-7F3A'], 'https://***'],
    [
      'the same host by https',
      'https://crm.example.com',
      ['crm.example.com', '/crm/', 'crm'],
      'https://crm.example.com',
    ],
    [
      'another name of the same',
      'https://www.crm.example.com',
      ['example', 'call_end'],
      'https://www.crm.example.com',
    ],
    [
      'a value that is too short to tell anything',
      'https://ru.example.org',
      ['ru', '1'],
      'https://ru.example.org',
    ],
    ['nowhere', null, ['token-7f3a'], null],
  ])('%s', (_, to, sensitive, expected) => {
    expect(shown(to, ...sensitive)).toBe(expected)
  })
})
