// What a load needs, computed from the figures of a whole run. SCALING.md says each formula in words.
import type { Figures, ScenarioFigures } from './figures.ts'
import { plain } from './scenario.ts'

export interface Load {
  readonly callsPerSecond: number
  /** A start and an end. */
  readonly eventsPerCall: number
  /** Webhooks that an event matches. */
  readonly fanOut: number
}

/** What no figure says and somebody has to choose. */
export const assumed = {
  /** Of a core, so that a peak and the loss of a few processes find room. */
  use: 0.7,
  partitionsPerWorker: 2,
  /** Partitions are a multiple of it. */
  partitionStep: 12,
  replicas: 3,
  /** Bytes per second that one broker takes, copies for others included: 100 MB. */
  brokerBytesPerSecond: 100_000_000,
  /** Of the topic of outcomes: days. */
  retentionDays: 30,
  /** Readers of the whole topic of outcomes: the console's counts. */
  outcomeReaders: 1,
  /** Members that one consumer group is kept below. */
  mostMembers: 100,
}

export interface Needs {
  readonly eventsPerSecond: number
  readonly deliveriesPerSecond: number
  /** Microseconds of one worker's CPU. */
  readonly cpuPerDeliveryUs: number
  /** Deliveries per second of one process at the use that is assumed. */
  readonly perWorker: number
  readonly workers: number
  readonly partitions: number
  /** Bytes per second that producers send, and that brokers send to consumers; without copies. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** Bytes per second written by all brokers, copies included. */
  readonly bytesWritten: number
  readonly brokers: number
  /** Bytes, without copies. */
  readonly outcomesPerDay: number
  /** Bytes, with copies, at the retention that is assumed. */
  readonly outcomesKept: number
  /** Groups that the workers have to be in, so that none has too many members. */
  readonly groups: number
  readonly firstLimit: 'the consumer group' | 'the CPU of the workers' | 'the brokers'
}

export function needsOf(
  { callsPerSecond, eventsPerCall, fanOut }: Load,
  { speed }: Pick<Figures, 'speed'>,
): Needs {
  const { cpuPer100k, eventBytes, outcomeBytes } = scenarioOf(speed.scenarios, 'signed')
  const eventsPerSecond = callsPerSecond * eventsPerCall
  const deliveriesPerSecond = eventsPerSecond * fanOut
  const cpuPerDeliveryUs = cpuPer100k.median * 10
  const perWorker = (assumed.use * 1_000_000) / cpuPerDeliveryUs
  const workers = Math.ceil(deliveriesPerSecond / perWorker)
  const eventsBytes = eventsPerSecond * eventBytes.median
  const outcomesBytes = deliveriesPerSecond * outcomeBytes.median
  const bytesIn = eventsBytes + outcomesBytes
  const bytesWritten = bytesIn * assumed.replicas
  const brokers = Math.max(assumed.replicas, Math.ceil(bytesWritten / assumed.brokerBytesPerSecond))
  const outcomesPerDay = outcomesBytes * 86_400
  const groups = Math.ceil(workers / assumed.mostMembers)
  return {
    eventsPerSecond,
    deliveriesPerSecond,
    cpuPerDeliveryUs,
    perWorker,
    workers,
    partitions: roundedUp(workers * assumed.partitionsPerWorker, assumed.partitionStep),
    bytesIn,
    bytesOut: eventsBytes + outcomesBytes * assumed.outcomeReaders,
    bytesWritten,
    brokers,
    outcomesPerDay,
    outcomesKept: outcomesPerDay * assumed.retentionDays * assumed.replicas,
    groups,
    firstLimit:
      groups > 1 ? 'the consumer group' : workers >= brokers ? 'the CPU of the workers' : 'the brokers',
  }
}

export interface TableNeeds {
  /** Bytes of a worker's memory. */
  readonly perWebhookBytes: number
  /** Where each process holds all of them: MiB and seconds. */
  readonly wholeRssMb: number
  readonly wholeReadyS: number
  /** Read from the brokers by all workers together when all of them start: bytes. */
  readonly wholeReadBytes: number
  /** The same where each holds the part that belongs to its partitions. */
  readonly partRssMb: number
  readonly partReadyS: number
  readonly partReadBytes: number
}

const bytesPerMb = 1_048_576

/** In proportion to the webhooks, from what a thousand and a million of them need. */
export function tableNeedsOf(
  webhooks: number,
  workers: number,
  { table }: Pick<Figures, 'table'>,
): TableNeeds {
  const more = table.webhooks - table.fewWebhooks
  const mbEach = (table.rssMbWhenReady.median - table.rssMbWithFew.median) / more
  const secondsEach = (table.readyAfterS.median - table.readyAfterSWithFew.median) / more
  const rssMb = (count: number): number => table.rssMbWithFew.median + count * mbEach
  const readyS = (count: number): number => table.readyAfterSWithFew.median + count * secondsEach
  const part = webhooks / workers
  return {
    perWebhookBytes: mbEach * bytesPerMb,
    wholeRssMb: rssMb(webhooks),
    wholeReadyS: readyS(webhooks),
    wholeReadBytes: webhooks * table.webhookBytes * workers,
    partRssMb: rssMb(part),
    partReadyS: readyS(part),
    partReadBytes: webhooks * table.webhookBytes,
  }
}

/** One, two and four workers, as far as they were measured. */
export function byWorkers({ speed }: Pick<Figures, 'speed'>): readonly ScenarioFigures[] {
  return [plain.name, 'two workers', 'four workers'].map((name) => scenarioOf(speed.scenarios, name))
}

function scenarioOf(scenarios: readonly ScenarioFigures[], name: string): ScenarioFigures {
  const found = scenarios.find(({ scenario }) => scenario === name)
  if (found === undefined) throw new Error(`the figures lack "${name}"`)
  return found
}

function roundedUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
