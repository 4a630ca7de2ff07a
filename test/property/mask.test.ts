import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { maskExcerpt } from '../../src/render/mask.ts'
import { xmlEncoder } from '../../src/render/xml-encoder.ts'

// No asterisk: what is put in place of a text would count as the text.
const unit = fc.constantFrom(...Array.from('abcdЯя €😀+79 %&"\\/<u0041;'))
const anySensitive = fc.array(fc.string({ unit, minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 })

const ways: readonly ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => encodeURIComponent(text).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  (text) => new URLSearchParams([['', text]]).toString().slice(1),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => text.replaceAll(/[^a-z]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
  (text) =>
    xmlEncoder.write([{ lead: '', value: text }], '').text.slice('<call>'.length, -'</param></call>'.length),
  (text) => text.replaceAll(/[^a-z]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`),
]

/** An answer made of pieces: noise, and sensitive texts in one of the ways in which receivers write. */
const anyEcho = anySensitive.chain((sensitive) =>
  fc.record({
    sensitive: fc.constant(sensitive),
    pieces: fc.array(
      fc.oneof(
        fc.string({ unit, maxLength: 4 }),
        fc.tuple(fc.constantFrom(...sensitive), fc.constantFrom(...ways)).map(([text, way]) => way(text)),
      ),
      { maxLength: 8 },
    ),
  }),
)

it('no sensitive text of 4 characters or more survives, however it is written', () => {
  fc.assert(
    fc.property(anyEcho, ({ sensitive, pieces }) => {
      const masked = maskExcerpt(pieces.join('|'), sensitive) ?? ''
      for (const text of sensitive.filter(({ length }) => length >= 4)) {
        for (const way of ways) expect(masked).not.toContain(way(text))
      }
    }),
    { numRuns: 2_000 },
  )
})

it('nor does its beginning where the answer was cut, at any place', () => {
  const ordinary = fc.string({
    unit: fc.constantFrom(...Array.from('bcdeяюэ+&"/')),
    minLength: 4,
    maxLength: 12,
  })
  fc.assert(
    fc.property(ordinary, fc.constantFrom(...ways), fc.nat(200), (text, way, cut) => {
      const written = way(`A${text}`)
      const echo = `you sent ${written.slice(0, cut % (written.length + 1))}`
      const masked = maskExcerpt(echo, [`A${text}`]) ?? ''
      // One character more than is hidden: the last may be half an escape that looks like another character.
      for (const again of ways) expect(masked).not.toContain(again(`A${text.slice(0, 4)}`))
    }),
    { numRuns: 1_500 },
  )
})

it('what is not sensitive is shown as it came, to 512 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (answer) => {
      expect(maskExcerpt(answer, ['\u0000nowhere'])).toBe(answer.slice(0, 512).toWellFormed())
    }),
    { numRuns: 300 },
  )
})
