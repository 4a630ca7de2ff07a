// The rooms of `src` and who imports whom, as a picture drawn from the import lines themselves.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { repositoryRoot } from './schema-files.ts'

const source = `${repositoryRoot}src`

/** A Mermaid flowchart: an arrow from each room to the rooms that it imports. */
export function renderRoomGraph(): string {
  const arrows = new Set<string>()
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(isCode)) {
    const path = resolve(source, file)
    for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const [from, to] = [roomOf(path), roomOf(resolve(dirname(path), target))]
      if (from !== to) arrows.add(`  ${from} --> ${to}`)
    }
  }
  return ['```mermaid', 'flowchart LR', ...[...arrows].sort(), '```'].join('\n')
}

const isCode = (file: string): boolean => file.endsWith('.ts')

/** The folder under `src`, or the name of a file that stands there alone. */
function roomOf(path: string): string {
  const [first = ''] = relative(source, path).split('/')
  return first.replace(/\.ts$/, '')
}
