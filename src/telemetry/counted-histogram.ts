// A histogram of the client's whose observations are counted here, and handed over when it is scraped.
import { Histogram } from 'prom-client'
import type { HistogramConfiguration, MetricObjectWithValues, MetricValueWithName } from 'prom-client'
import { LabelledSeries } from './labelled-series.ts'
import type { Labels } from './labelled-series.ts'
import type { MetricEntry } from './metric-catalogue.ts'

interface Counts {
  readonly labels: Record<string, string>
  /** Of each bucket by itself, and last of what is above all. */
  readonly each: Float64Array
  sum: number
}

type Exposed = MetricObjectWithValues<MetricValueWithName<string>>

export class CountedHistogram extends Histogram {
  /** Its own properties, which the client’s types do not name. */
  readonly #about = this as unknown as Omit<Exposed, 'values'>
  readonly #bounds: readonly number[]
  readonly #series: LabelledSeries<Counts>

  /** `configuration.buckets`: the upper bounds, rising. */
  constructor(
    configuration: HistogramConfiguration<string> & { readonly buckets: number[] },
    allowed: MetricEntry['labels'],
  ) {
    super(configuration)
    const { buckets } = configuration
    this.#bounds = buckets
    this.#series = new LabelledSeries(allowed, (labels) => {
      return { labels, each: new Float64Array(buckets.length + 1), sum: 0 }
    })
    // Without labels it is shown before anything was observed.
    if (Object.keys(allowed).length === 0) this.#series.of({})
  }

  count(value: number, labels: Labels): void {
    const counts = this.#series.of(labels)
    let bucket = 0
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) bucket += 1
    counts.each[bucket] = (counts.each[bucket] ?? 0) + 1
    counts.sum += value
  }

  override get(): Promise<Exposed> {
    return this.getForPromString()
  }

  /** What the registry asks where there is one, and what the client's own `get` is made from. */
  async getForPromString(): Promise<Exposed> {
    const { name, help, type, aggregator, collect } = this.#about
    const values = this.#series.all().flatMap((counts) => this.#shown(counts))
    return { name, help, type, aggregator, collect, values }
  }

  #shown({ labels, each, sum }: Counts): MetricValueWithName<string>[] {
    const { name } = this.#about
    let count = 0
    const buckets = [...each].map((inBucket, index) => {
      count += inBucket
      const le = this.#bounds[index] ?? '+Inf'
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count }
    })
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  }
}
