// A file that a setting names, or the reason why it cannot be read: so that the fault can name the setting.
import { readFileSync } from 'node:fs'

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
