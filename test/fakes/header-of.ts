// A request's header by its name in lower case.
import type { HttpRequest } from '../../src/domain/attempt.ts'

export function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === name) return headers[at + 1]
  }
  return undefined
}
