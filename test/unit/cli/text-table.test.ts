import { describe, expect, it } from '@jest/globals'
import { shownText } from '../../../src/cli/shown-text.ts'
import { textTable } from '../../../src/cli/text-table.ts'

describe('a table', () => {
  it('is as wide as its longest cells', () => {
    expect(
      textTable(
        ['ID', 'NAME'],
        [
          ['1', 'один'],
          ['long-id', ''],
        ],
      ),
    ).toEqual(['ID       NAME', '1        один', 'long-id'])
  })

  it('shows what would move the cursor or turn the line around', () => {
    expect(textTable(['ID'], [['a\u001b[2Jb\nc']])).toEqual(['ID', 'a\\u001b[2Jb\\u000ac'])
    expect(shownText('a\u202Eb\u{E0001}')).toBe('a\\u202eb\\u{e0001}')
    expect(shownText('a\ud800b')).toBe('a\uFFFDb')
  })
})
