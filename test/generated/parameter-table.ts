// The parameter catalogue as a Markdown table, for people who fill in a webhook.
// It exists so that the documentation lists exactly what the worker accepts.
import { parameterCatalogue } from '../../src/domain/parameter-catalogue.ts'

const availability = { always: 'always', when_known: 'when known', never: 'no' } as const

/** Rows in the catalogue's order: name, meaning, type and form, at the start, at the end, example. */
export function renderParameterTable(): string {
  const lines = parameterCatalogue.map((parameter) => {
    const { name, meaning, type, unit, format, atStart, atEnd, example } = parameter
    const form = [type, ...(unit === undefined ? [] : [unit]), ...(format === undefined ? [] : [format])]
    const shown = typeof example === 'object' ? example.join(',') : String(example)
    const cells = [`\`${name}\``, meaning, form.join(', '), availability[atStart], availability[atEnd]]
    return `| ${[...cells, `\`${shown}\``].map(escapeCell).join(' | ')} |`
  })
  return [
    '| name | meaning | type | at the start | at the end | example |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

/** A bar would end the cell; a backslash before it would undo the escape. */
function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|')
}
