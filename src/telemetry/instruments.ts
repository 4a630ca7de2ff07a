// The catalogue's metrics as counters, gauges and histograms of one registry of our own.
// What is counted is added up here and handed to the client when it is scraped: it finds a series by a text that it puts
// together from all labels each time, which for a delivery's eight counts was a twentieth of all that a worker does.
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import { CountedHistogram } from './counted-histogram.ts'
import { LabelledSeries } from './labelled-series.ts'
import type { Labels } from './labelled-series.ts'
import type { MetricEntry } from './metric-catalogue.ts'

/** What can be done to a metric of one kind. */
interface Instruments {
  readonly counter: {
    add(count?: number, labels?: Labels): void
    /** Of what is counted elsewhere, from the start of the process. */
    set(total: number, labels?: Labels): void
  }
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
  const { name, help, labels: allowed, buckets = [] } = entry
  const options = { name, help, labelNames: Object.keys(allowed), registers: [] }
  switch (entry.type) {
    case 'counter': {
      const series = new LabelledSeries(allowed, (labels) => ({ labels, count: 0 }))
      const collect = (): void => {
        counter.reset()
        for (const { labels, count } of series.all()) counter.inc(labels, count)
      }
      const counter = new Counter({ ...options, collect })
      registry.registerMetric(counter)
      return {
        add: (count = 1, labels = {}) => {
          series.of(labels).count += count
        },
        set: (total, labels = {}) => {
          series.of(labels).count = total
        },
      }
    }
    case 'gauge': {
      const gauge = new Gauge(options)
      registry.registerMetric(gauge)
      const series = new LabelledSeries(allowed, (labels) => labels)
      return {
        set: (value, labels = {}) => gauge.set(series.of(labels), value),
        clear: () => gauge.reset(),
      }
    }
    case 'histogram': {
      const histogram = new CountedHistogram({ ...options, buckets: [...buckets] }, allowed)
      registry.registerMetric(histogram)
      return { observe: (value, labels = {}) => histogram.count(value, labels) }
    }
  }
}
