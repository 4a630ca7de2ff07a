// The series of one metric, found by the values of its labels.
// Invariant: a label value that the catalogue does not allow belongs to the series `other`, never to a new one.
import type { LabelValues, MetricEntry } from './metric-catalogue.ts'

export type Labels = Readonly<Record<string, string>>

/** By the value of one label after the other; after the last, the series. */
type Branch<Series> = Map<string, Branch<Series> | Series>

export class LabelledSeries<Series extends object> {
  readonly #readers: readonly (readonly [name: string, read: (value: string) => string])[]
  readonly #create: (labels: Record<string, string>) => Series
  readonly #root: Branch<Series> = new Map()
  readonly #all: Series[] = []
  /** Of a metric without labels. */
  #only: Series | null = null

  constructor(allowed: MetricEntry['labels'], create: (labels: Record<string, string>) => Series) {
    this.#readers = Object.entries(allowed).map(([name, values]) => [name, boundValues(values)] as const)
    this.#create = create
  }

  all(): readonly Series[] {
    return this.#all
  }

  of(labels: Labels): Series {
    if (this.#readers.length === 0) return (this.#only ??= this.#add({}))
    let found: Branch<Series> | Series | undefined = this.#root
    for (const [name, read] of this.#readers) {
      if (!(found instanceof Map)) break
      found = found.get(read(labels[name] ?? 'other'))
    }
    return found === undefined || found instanceof Map ? this.#plant(labels) : found
  }

  #plant(labels: Labels): Series {
    const values = this.#readers.map(([name, read]) => [name, read(labels[name] ?? 'other')] as const)
    const series = this.#add(Object.fromEntries(values))
    let branch = this.#root
    for (const [index, [, value]] of values.entries()) {
      if (index === values.length - 1) branch.set(value, series)
      else {
        const next: Branch<Series> | Series = branch.get(value) ?? new Map<string, Branch<Series> | Series>()
        branch.set(value, next)
        if (next instanceof Map) branch = next
      }
    }
    return series
  }

  #add(labels: Record<string, string>): Series {
    const series = this.#create(labels)
    this.#all.push(series)
    return series
  }
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
