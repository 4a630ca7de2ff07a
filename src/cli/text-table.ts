// Rows as a table for a person's eye: columns as wide as their longest cell, two spaces between them.
import { shownText } from './shown-text.ts'

/** A line each, the headings first; the last column is not padded. */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const shown = [headings, ...rows.map((row) => row.map(shownText))]
  const widths = headings.map((_, column) =>
    shown.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  )
  return shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
