// The worker's own metrics as a Markdown table, for the README and those who write alerts.
import type { LabelValues, MetricEntry } from '../../src/telemetry/metric-catalogue.ts'
import { metricCatalogue } from '../../src/telemetry/metric-catalogue.ts'

/** Rows in the catalogue's order: name, kind, labels with their values, meaning. */
export function renderMetricsTable(): string {
  const lines = Object.values(metricCatalogue).map(({ name, type, labels, help }: MetricEntry) => {
    const shown = Object.entries(labels).map(([label, values]) => `\`${label}\` (${valuesOf(values)})`)
    return `| \`${name}\` | ${type} | ${shown.join('; ')} | ${help} |`
  })
  return ['| metric | kind | labels | meaning |', '|---|---|---|---|', ...lines].join('\n')
}

function valuesOf(values: LabelValues): string {
  if (!('atMost' in values)) return values.join(', ')
  return values.atMost === 1 ? 'one value' : `at most ${values.atMost} values`
}
