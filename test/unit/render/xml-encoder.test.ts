import { expect, it } from '@jest/globals'
import { xmlEncoder } from '../../../src/render/xml-encoder.ts'
import { writtenBy } from './written-by.ts'

it('writes a parameter for each pair', () => {
  const written = writtenBy(xmlEncoder, [
    ['call', 'Анна & <b> "Ко" \'7\' ]]>'],
    ['a "b" <c> & d', true],
    ['call', null],
    ['tags', ['1', '&']],
  ])
  expect(written).toEqual({
    text:
      '<call><param name="call">Анна &amp; &lt;b&gt; &quot;Ко&quot; \'7\' ]]&gt;</param>' +
      '<param name="a &quot;b&quot; &lt;c&gt; &amp; d">1</param><param name="call"></param>' +
      '<param name="tags">1,&amp;</param></call>',
    typeParameters: '; charset=utf-8',
  })
})

it('is an empty call for no pairs', () => {
  expect(writtenBy(xmlEncoder, []).text).toBe('<call></call>')
})

it.each([
  ['a\t\r\n\u0000\u0085', 'a\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['\ufffe\uffff\ufffd\ufdd0', '\ufffd\ufffd\ufffd\ufdd0'],
  ['\u{1fffe}😀\ud83d', '\u{1fffe}😀\ufffd'],
])('replaces what XML cannot carry: %j is %j', (text, clean) => {
  expect(xmlEncoder.clean(text)).toBe(clean)
})
