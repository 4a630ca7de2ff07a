// What is generated and committed equals what its sources give now.
import { describe, expect, it } from '@jest/globals'

import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'
import { renderParameterTable } from './parameter-table.ts'
import { contentOf, readTarget, type Target } from './target.ts'
import { targets } from './targets.ts'

describe('generated texts', () => {
  it.each(targets.map((target) => [`${target.path} ${target.region ?? ''}`.trim(), target] as const))(
    '%s is what `npm run generate` would write',
    async (_name, target) => {
      const onDisk = await readTarget(target)
      expect(onDisk).toBe(await contentOf(target, onDisk))
    },
  )
})

describe('a region of a Markdown file', () => {
  const target: Target = { path: 'EXAMPLE.md', region: 'letters', render: () => '| a |\n|---|\n| b |' }

  it('is replaced, and the text around it stays', async () => {
    const before = '# Title\n\n<!-- generated:letters -->\n\nold\n\n<!-- /generated -->\n\nAfter.\n'
    const after = await contentOf(target, before)
    expect(after).toBe(
      '# Title\n\n<!-- generated:letters -->\n\n| a   |\n| --- |\n| b   |\n\n<!-- /generated -->\n\nAfter.\n',
    )
    expect(await contentOf(target, after)).toBe(after)
  })

  it.each([
    ['is missing', '# Title\n'],
    ['is not closed', '<!-- generated:letters -->\n'],
    [
      'is closed only by the next one',
      '<!-- generated:letters -->\n<!-- generated:x -->\n<!-- /generated -->\n',
    ],
    [
      'stands twice',
      '<!-- generated:letters -->\n<!-- /generated -->\n<!-- generated:letters -->\n<!-- /generated -->\n',
    ],
  ])('that %s is refused', async (_case, text) => {
    await expect(contentOf(target, text)).rejects.toThrow('generated:letters')
  })
})

describe('the parameter table', () => {
  it('has a line for each parameter', () => {
    const lines = renderParameterTable().split('\n').slice(2)
    expect(lines.map((line) => line.split('`')[1])).toEqual(parameterCatalogue.map(({ name }) => name))
  })
})
