// A generated text: a whole file, or a region of a Markdown file between two comments.
// Invariant: the result is formatted with the repository's own settings, so the same sources give the same bytes,
// and a region that is missing is an error, never an appended text.
import { readFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'

import { repositoryRoot } from './schema-files.ts'

export interface Target {
  /** From the repository's root. */
  readonly path: string
  /** Name of the region `<!-- generated:NAME -->` … `<!-- /generated -->`; left out: the whole file. */
  readonly region?: string
  /** The text, formatted or not. */
  readonly render: () => string
  /** `none`: it stays as it was rendered, because it is of a kind that is not formatted here. */
  readonly format?: 'none'
}

/** What the target's file should hold, of which `onDisk` is what it holds now. Throws where a region is missing. */
export async function contentOf(target: Target, onDisk: string): Promise<string> {
  const filepath = `${repositoryRoot}${target.path}`
  const whole =
    target.region === undefined
      ? target.render()
      : withRegion(onDisk, { path: target.path, region: target.region, text: target.render() })
  if (target.format === 'none') return whole
  return format(whole, { ...(await resolveConfig(filepath)), filepath })
}

/** The file as it stands; empty where there is none yet, so that a whole file can be written for the first time. */
export async function readTarget(target: Target): Promise<string> {
  try {
    return await readFile(`${repositoryRoot}${target.path}`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

function withRegion(onDisk: string, region: { path: string; region: string; text: string }): string {
  const opening = `<!-- generated:${region.region} -->`
  const closing = '<!-- /generated -->'
  const begin = onDisk.indexOf(opening)
  const end = begin === -1 ? -1 : onDisk.indexOf(closing, begin)
  if (end === -1) {
    throw new Error(`${region.path} lacks the region between "${opening}" and "${closing}"`)
  }
  if (onDisk.includes(opening, begin + 1)) throw new Error(`${region.path} has "${opening}" twice`)
  const inside = onDisk.slice(begin + opening.length, end)
  if (inside.includes('<!-- generated:')) throw new Error(`${region.path}: "${opening}" is not closed`)
  return `${onDisk.slice(0, begin)}${opening}\n\n${region.text}\n\n${onDisk.slice(end)}`
}
