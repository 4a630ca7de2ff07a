// A folder outside the project, with what a reader of a page would have put there: the page's programs, the packages
// and, for producers, the schemas.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = new URL('../../', import.meta.url).pathname

export interface ExampleFolder {
  readonly path: string
  remove(): Promise<void>
}

/** `files`: contents by name. */
export async function exampleFolder(files: ReadonlyMap<string, string>): Promise<ExampleFolder> {
  const path = await mkdtemp(join(tmpdir(), 'call-webhook-example-'))
  await Promise.all([
    ...[...files].map(([name, content]) => writeFile(join(path, name), content)),
    ...['node_modules', 'schemas'].map((name) => symlink(join(root, name), join(path, name))),
  ])
  return { path, remove: () => rm(path, { recursive: true }) }
}

/** Whether the program is on the path and answers this with exit code 0. */
export async function answers(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args, { timeout: 15_000 })
    return true
  } catch {
    return false
  }
}
