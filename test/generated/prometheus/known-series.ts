// Every series that Prometheus can know of a worker: the catalogue's, with a histogram's parts, Node.js's own as they are
// really served, and what Prometheus adds itself.
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import type { LabelValues, MetricEntry } from '../../../src/telemetry/metric-catalogue.ts'
import { metricCatalogue } from '../../../src/telemetry/metric-catalogue.ts'

/** `anything`: values that no list names. */
export type KnownValues = readonly string[] | 'anything'

export interface KnownSeries {
  /** Whether it only rises, but for restarts: `rate` and `increase` make sense of nothing else. */
  readonly rises: boolean
  readonly labels: Readonly<Record<string, KnownValues>>
}

/** Of every scraped series. */
const scraped = { job: 'anything', instance: 'anything' } as const

export async function knownSeries(): Promise<ReadonlyMap<string, KnownSeries>> {
  const known = new Map<string, KnownSeries>([
    ['up', { rises: false, labels: scraped }],
    [
      'ALERTS',
      {
        rises: false,
        labels: {
          ...scraped,
          alertname: 'anything',
          alertstate: ['pending', 'firing'],
          severity: 'anything',
        },
      },
    ],
  ])
  for (const [name, type] of await served()) {
    for (const each of partsOf(name, type)) known.set(each.name, { rises: each.rises, labels: each.labels })
  }
  // Some of Node.js's have labels of their own, which no expression of ours names.
  for (const { name, type, labels } of Object.values(metricCatalogue) as MetricEntry[]) {
    const own = Object.fromEntries(Object.entries(labels).map(([label, values]) => [label, valuesOf(values)]))
    for (const each of partsOf(name, type))
      known.set(each.name, { rises: each.rises, labels: { ...own, ...each.labels } })
  }
  return known
}

interface Part extends KnownSeries {
  readonly name: string
}

function partsOf(name: string, type: string): readonly Part[] {
  if (type !== 'histogram') return [{ name, rises: type === 'counter', labels: scraped }]
  return [
    { name: `${name}_bucket`, rises: true, labels: { ...scraped, le: 'anything' } },
    { name: `${name}_sum`, rises: true, labels: scraped },
    { name: `${name}_count`, rises: true, labels: scraped },
  ]
}

function valuesOf(values: LabelValues): KnownValues {
  return 'atMost' in values ? 'anything' : values
}

/** Name and kind, as a worker's `/metrics` says. */
async function served(): Promise<readonly (readonly [string, string])[]> {
  const lag = { records: 0, ageMs: 0 }
  const counts = { webhooks: 0, invalid: 0, unverified: 0, lookups: { ready: 0, made: 0 } }
  const metrics = createMetrics({
    version: '0',
    standing: () => ({
      closedBecause: null,
      table: { state: 'ready', hydration: 1, ageMs: 0, lag, ...counts },
      pauses: { inForce: [], lag },
      suspensions: { watched: 0, suspended: 0, judge: 'aside' },
      work: null,
    }),
  })
  const text = await metrics.text()
  return [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type] as const)
}
