// What the Java example of PUBLISHING.md stands on, brought by Maven once per version of its pom and then kept beside
// the local stack's jars. Invariant: an entry is complete or absent, for it is made beside its place and moved there.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defaultCacheDir } from '../../src/local/stack-jars.ts'

const run = promisify(execFile)
const pom = fileURLToPath(new URL('../../config/publishing-example/pom.xml', import.meta.url))

/** A class path. @throws with Maven's words where it cannot bring the jars */
export async function exampleJars(): Promise<string> {
  const cache = defaultCacheDir()
  const version = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 16)
  const folder = join(cache, `publishing-example-${version}`)
  if (!(await isThere(folder))) {
    await mkdir(cache, { recursive: true })
    const partial = await mkdtemp(`${folder}.partial-`)
    try {
      const goal = [
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(partial, 'jars')}`,
      ]
      await run('mvn', ['-q', '-B', '-f', pom, `-Dexample.home=${partial}`, ...goal])
      await rename(partial, folder)
    } catch (error) {
      await rm(partial, { recursive: true, force: true })
      // Another run may have finished first; its entry is as good.
      if (!(await isThere(folder))) throw error
    }
  }
  return join(folder, 'jars', '*')
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
