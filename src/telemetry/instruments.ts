// The catalogue's metrics as counters, gauges and histograms of one registry of our own.
// Invariant: a label value that the catalogue does not allow is counted as `other`, never as a new series.
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { LabelValues, MetricEntry } from './metric-catalogue.ts'

type Labels = Readonly<Record<string, string>>

/** What can be done to a metric of one kind. */
interface Instruments {
  readonly counter: { add(count?: number, labels?: Labels): void }
  readonly gauge: {
    set(value: number, labels?: Labels): void
    /** Nothing is shown of it until it is set; without labels it shows 0. */
    clear(): void
  }
  readonly histogram: { observe(value: number, labels?: Labels): void }
}

export type InstrumentsOf<Catalogue extends Readonly<Record<string, MetricEntry>>> = {
  readonly [Key in keyof Catalogue]: Instruments[Catalogue[Key]['type']]
}

/** Registers every metric of the catalogue; those without labels show 0 from the start. */
export function createInstruments<Catalogue extends Readonly<Record<string, MetricEntry>>>(
  catalogue: Catalogue,
  registry: Registry,
): InstrumentsOf<Catalogue> {
  const made = Object.entries(catalogue).map(
    ([key, entry]) => [key, createInstrument(entry, registry)] as const,
  )
  return Object.fromEntries(made) as InstrumentsOf<Catalogue>
}

function createInstrument(entry: MetricEntry, registry: Registry): Instruments[MetricEntry['type']] {
  const { name, help } = entry
  const options = { name, help, labelNames: Object.keys(entry.labels), registers: [registry] }
  const bounded = boundLabels(entry.labels)
  switch (entry.type) {
    case 'counter': {
      const counter = new Counter(options)
      return { add: (count = 1, labels = {}) => counter.inc(bounded(labels), count) }
    }
    case 'gauge': {
      const gauge = new Gauge(options)
      return {
        set: (value, labels = {}) => gauge.set(bounded(labels), value),
        clear: () => gauge.reset(),
      }
    }
    case 'histogram': {
      const histogram = new Histogram({ ...options, buckets: [...(entry.buckets ?? [])] })
      return { observe: (value, labels = {}) => histogram.observe(bounded(labels), value) }
    }
  }
}

function boundLabels(allowed: MetricEntry['labels']): (labels: Labels) => Record<string, string> {
  const readers = Object.entries(allowed).map(([name, values]) => [name, boundValues(values)] as const)
  return (labels) => Object.fromEntries(readers.map(([name, read]) => [name, read(labels[name] ?? 'other')]))
}

function boundValues(values: LabelValues): (value: string) => string {
  const seen = new Set('atMost' in values ? [] : values)
  const room = 'atMost' in values ? values.atMost : seen.size
  return (value) => {
    if (seen.has(value)) return value
    if (seen.size >= room) return 'other'
    seen.add(value)
    return value
  }
}
