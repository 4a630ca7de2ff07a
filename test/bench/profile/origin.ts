// Whose code a frame is.
import type { Frame } from './cpu-profile.ts'

export const origins = [
  'src',
  'undici',
  'kafkajs',
  'avsc',
  'other packages',
  'node',
  'garbage collector',
] as const
export type Origin = (typeof origins)[number]

export function originOf({ functionName, url }: Frame): Origin {
  if (functionName === '(garbage collector)') return 'garbage collector'
  const inPackage = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (inPackage === 'undici' || inPackage === 'kafkajs' || inPackage === 'avsc') return inPackage
  if (inPackage !== undefined) return 'other packages'
  return url.startsWith('file:') ? 'src' : 'node'
}

/** From the repository's root, or the package's name on. */
export function placeOf({ url, lineNumber }: Frame): string {
  const file = url.replace(/^file:\/\/.*?\/(?=node_modules\/|src\/)/, '').replace('node_modules/', '')
  return lineNumber < 0 || file === '' ? file : `${file}:${lineNumber + 1}`
}
