// The known name that a mistyped one was most likely meant to be.

/** The name fewest single-character changes away, or null when even that one differs in half its characters. */
export function nearestName(given: string, known: readonly string[]): string | null {
  let best: { readonly name: string; readonly changes: number } | null = null
  for (const name of known) {
    const changes = changesBetween(given.toLowerCase(), name.toLowerCase())
    if (best === null || changes < best.changes) best = { name, changes }
  }
  return best !== null && best.changes <= best.name.length / 2 ? best.name : null
}

// Levenshtein's distance, one row of the matrix at a time.
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line++) {
    const next = [line]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
