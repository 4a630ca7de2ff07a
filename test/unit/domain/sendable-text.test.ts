import { expect, it } from '@jest/globals'
import { sendable } from '../../../src/domain/sendable-text.ts'

it.each([
  ['', ''],
  ['Анна & "Ко" 100% +7\u00a0😀\u2028', 'Анна & "Ко" 100% +7\u00a0😀\u2028'],
  ['a\r\nb\tc', 'a\ufffd\ufffdb\ufffdc'],
  ['\u0000\u001f\u007f\u0080\u009f', '\ufffd'.repeat(5)],
  ['\ud83d', '\ufffd'],
  ['\ude00\ud83d', '\ufffd\ufffd'],
  ['\ud83d\ude00\ud83d', '😀\ufffd'],
])('%j is sent as %j', (text, sent) => {
  expect(sendable(text)).toBe(sent)
})
