// The named blocks of a page: what stands behind "```ts publish.ts" up to the closing fence.
// A test that takes them from the page itself keeps the page true: nobody can change the one without the other.
import { readFile } from 'node:fs/promises'

/** By name; blocks with a language alone have none and are left out. */
export type PageBlocks = ReadonlyMap<string, string>

const fenced = /^```[^\s`]+ ([^\n`]+)\n(.*?)^```$/gms

/**
 * `page`: its file name at the project's top level.
 * @throws where two blocks bear one name
 */
export async function pageBlocks(page: string): Promise<PageBlocks> {
  const blocks = new Map<string, string>()
  for (const [, name = '', content = ''] of (await pageText(page)).matchAll(fenced)) {
    if (blocks.has(name)) throw new Error(`${page} has two blocks that are named ${name}`)
    blocks.set(name, content)
  }
  return blocks
}

/** All of a page at the project's top level. */
export function pageText(page: string): Promise<string> {
  return readFile(new URL(`../../${page}`, import.meta.url), 'utf8')
}

/** @throws where the page has no such block, naming those that it has */
export function blockNamed(blocks: PageBlocks, name: string): string {
  const block = blocks.get(name)
  if (block === undefined)
    throw new Error(`no block is named ${name}; there are ${[...blocks.keys()].join(', ')}`)
  return block
}
