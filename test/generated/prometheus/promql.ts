// Names of metrics and small pieces of PromQL, for alert rules and dashboards.
// Invariant: every name of ours comes from the catalogue by its key, so that a metric that is renamed is renamed here, and
// one that is gone does not compile.
import { metricCatalogue } from '../../../src/telemetry/metric-catalogue.ts'

type Key = keyof typeof metricCatalogue

export const metric = Object.fromEntries(
  Object.entries(metricCatalogue).map(([key, { name }]) => [key, name]),
) as Readonly<Record<Key, string>>

/** The job that workers are scraped as; a second installation's may have a suffix. */
export const workerJob = 'webhook-worker'

/**
 * Whether a counter grew within the window (`15m`). `increase` alone does not see the first: a series with labels begins
 * at 1, and so does one without where it happened before a new process was first scraped.
 */
export function grew(selector: string, by: string, window: string): string {
  return [
    `sum by (${by}) (increase(${selector}[${window}])) > 0`,
    `or sum by (${by}) (${selector} unless max_over_time(${selector}[${window}] offset ${window})) > 0`,
  ].join('\n')
}
