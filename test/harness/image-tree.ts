// What the Dockerfile puts into the image, laid out in a folder, without an engine: its COPY lines over the packages that
// `npm ci --omit=dev` would install, which are those of the lockfile that are not for development, where they stand here,
// after all that the Dockerfile does to them.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface ImageTree {
  readonly folder: string
  /** What is run in it, with a command's words behind. */
  readonly entrypoint: readonly string[]
  /** By numbers. */
  readonly user: { readonly uid: string; readonly gid: string }
  remove(): Promise<void>
}

/** @throws where the Dockerfile copies what .dockerignore keeps away, or a step of it fails. */
export async function layOutImage(): Promise<ImageTree> {
  const folder = await mkdtemp(join(tmpdir(), 'image-'))
  const [, first = '', last = ''] = (await readFile(join(root, 'Dockerfile'), 'utf8')).split(/^FROM /m)
  await copyPackages(folder)
  for (const step of stepsOf(first)) execFileSync('/bin/sh', ['-ec', step], { cwd: folder })
  const sent = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n')
  for (const [, words = ''] of last.matchAll(/^COPY ([^-].*)$/gm)) {
    const names = words.split(' ')
    const to = names.pop() ?? ''
    for (const name of names) {
      if (!sent.includes(`!${name}`)) throw new Error(`${name} is not sent to the engine`)
      await cp(join(root, name), join(folder, to, to.endsWith('/') ? name : ''), { recursive: true })
    }
  }
  const [, uid = '', gid = ''] = /^USER (\d+):(\d+)$/m.exec(last) ?? []
  return {
    folder,
    entrypoint: JSON.parse(/^ENTRYPOINT (.*)$/m.exec(last)?.[1] ?? '[]') as readonly string[],
    user: { uid, gid },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** What is run once the packages are there. */
function stepsOf(stage: string): readonly string[] {
  const [, run = ''] = /^RUN ((?:.*\\\n)*.*)$/m.exec(stage) ?? []
  const [install, ...steps] = run.replaceAll('\\\n', '').split(' && ')
  if (install?.trim() !== 'npm ci --omit=dev --ignore-scripts')
    throw new Error(`${install} is another install`)
  return steps
}

async function copyPackages(folder: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>
  }
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    const from = join(root, path)
    // Those that are optional may be for other platforms.
    if (path === '' || dev || devOptional || !existsSync(from)) continue
    // 250 MB that a step removes again.
    if (path.includes('/node-linux-')) continue
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await cp(from, join(folder, path), {
      recursive: true,
      // What stands in another one is a line of the lockfile by itself.
      filter: (file) => !file.slice(from.length).startsWith('/node_modules'),
    })
  }
}
