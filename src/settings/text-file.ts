// A file that a setting names, or the reason why it cannot be read: so that the fault can name the setting.
import { readFileSync, statSync } from 'node:fs'

export type TextFile =
  | { readonly kind: 'text'; readonly text: string }
  /** `reason` is the system's code, such as ENOENT. */
  | { readonly kind: 'unreadable'; readonly reason: string }

export function readTextFile(path: string): TextFile {
  try {
    return { kind: 'text', text: readFileSync(path, 'utf8') }
  } catch (error) {
    const code: unknown = Object(error).code
    const reason = typeof code === 'string' ? code : 'unknown reason'
    return { kind: 'unreadable', reason }
  }
}

/** Another one when the file was replaced or written. A file that cannot be looked at has one too. */
export function fileMark(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? '' : `${stat.ino}/${stat.size}/${stat.mtimeNs}`
}
