// The version of this worker, as its package says: one source for the user agent, the metrics and `--version`.
import { readFileSync } from 'node:fs'

/** For example `0.1.0`. */
export const version: string = readVersion(
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
)

function readVersion(packageFile: unknown): string {
  const found: unknown = Object(packageFile).version
  if (typeof found !== 'string') throw new Error('package.json names no version')
  return found
}
