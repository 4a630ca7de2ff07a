// What a whole run has found, as it stands in figures.json: the pictures and the tables of the documents are made from it.
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import type { Spread } from './spread.ts'

export interface ScenarioFigures {
  readonly scenario: string
  readonly concurrency: number
  readonly workers: number
  /** Of each run. */
  readonly deliveries: number
  readonly pairs: number
  readonly rateOfBare: Spread
  /** CPU per delivery as a multiple of the bare loop's. */
  readonly cpuOfBare: Spread
  /** Against another load of one worker; null where there is none. */
  readonly rateOfReference: Spread | null
  readonly cpuOfReference: Spread | null
  readonly perSecond: Spread
  readonly barePerSecond: Spread
  /** CPU seconds of all workers per 100,000 deliveries. */
  readonly cpuPer100k: Spread
  readonly bareCpuPer100k: Spread
  /** Of one core. */
  readonly receiverCpuPercent: Spread
  /** MiB, the most of one worker. */
  readonly rssMb: Spread
  /** To the receivers, of all workers together. */
  readonly sockets: Spread
  /** Of a record, before any compression. */
  readonly eventBytes: Spread
  readonly outcomeBytes: Spread
}

export interface DelayFigures {
  readonly perSecond: number
  readonly deliveries: number
  /** Milliseconds from the acknowledgement of the event to the request's arrival. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** The same from when the event was given to the producer. */
  readonly sinceGivenP50Ms: number
  readonly sinceGivenP99Ms: number
}

export interface MemoryFigures {
  /** Deliveries at the two marks. */
  readonly early: number
  readonly late: number
  /** MiB at each mark: heap and external memory after a forced collection. */
  readonly earlyHeapMb: number
  readonly lateHeapMb: number
  /** Before that collection, and after it. */
  readonly earlyRssMb: number
  readonly lateRssMb: number
  readonly earlyCollectedRssMb: number
  readonly lateCollectedRssMb: number
}

export interface SpeedFigures {
  readonly node: string
  readonly cores: number
  readonly scenarios: readonly ScenarioFigures[]
  readonly delay: DelayFigures
  readonly memory: MemoryFigures
}

/** What a run has measured that was not a whole one. */
export type SpeedParts = Omit<SpeedFigures, 'delay' | 'memory'> &
  Partial<Pick<SpeedFigures, 'delay' | 'memory'>>

/** Each part in its place; what was not measured stays as it was. */
export function withParts(kept: SpeedFigures, parts: SpeedParts): SpeedFigures {
  const measured = new Map(parts.scenarios.map((figures) => [figures.scenario, figures]))
  return {
    ...kept,
    ...parts,
    scenarios: kept.scenarios.map((figures) => measured.get(figures.scenario) ?? figures),
  }
}

export interface TableFigures {
  readonly node: string
  readonly cores: number
  readonly webhooks: number
  readonly pairs: number
  readonly deliveries: number
  /** Of a webhook’s record, key and Avro value. */
  readonly webhookBytes: number
  readonly readyAfterS: Spread
  readonly rssMbWhenReady: Spread
  /** The same with few webhooks. */
  readonly fewWebhooks: number
  readonly readyAfterSWithFew: Spread
  readonly rssMbWithFew: Spread
  /** Deliveries a second as a part of those with few webhooks. */
  readonly rateOfFew: Spread
  readonly perSecond: Spread
  /** Microseconds for an event's webhooks and one of them, kept ready, and not. */
  readonly lookupReadyUs: number
  readonly lookupUnreadyUs: number
  /** Milliseconds from a changed webhook's acknowledgement to the first request made from it. */
  readonly changeUsedP50Ms: number
  readonly changeUsedP99Ms: number
}

export interface Figures {
  readonly speed: SpeedFigures
  readonly table: TableFigures
}

const file = new URL('figures.json', import.meta.url).pathname

export function readFigures(): Figures {
  return JSON.parse(readFileSync(file, 'utf8')) as Figures
}

/** Replaces a part; the other stays what it was. */
export async function writeFigures(part: Partial<Figures>): Promise<void> {
  const text = JSON.stringify({ ...readFigures(), ...part })
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }))
}
