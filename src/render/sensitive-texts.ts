// What of a request an answer's excerpt must not repeat: the values, and the path, which may hold a token.
// Receivers name the path in their error pages ("Cannot POST /hooks/…"), or only the part that they looked up.
import { plainText } from './plain-text.ts'
import type { RenderedPair } from './rendered-pair.ts'

/** `path`: percent-encoded, as it stands on the request line. */
export function sensitiveTexts(path: string, pairs: readonly RenderedPair[]): readonly string[] {
  return [...pairs.flatMap(textsOfValue), ...textsOfPath(path)]
}

/** A list is joined in a query, but each of its items stands alone in JSON. */
function textsOfValue({ value }: RenderedPair): readonly string[] {
  return Array.isArray(value)
    ? [plainText(value), ...value.map((item) => plainText(item))]
    : [plainText(value)]
}

function textsOfPath(path: string): readonly string[] {
  const parts = [path, ...path.split('/')]
  return [...parts, ...parts.map(decoded)]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A percent sign that encodes nothing: it stands for itself.
    return part
  }
}
