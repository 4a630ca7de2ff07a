// What large loads need, by the figures of the last whole run, for SCALING.md.
import { readFigures } from '../bench/figures.ts'
import { numberText } from '../bench/goal-lines.ts'
import { assumed, byWorkers, needsOf, tableNeedsOf } from '../bench/scaling.ts'

const load = { callsPerSecond: 100_000, eventsPerCall: 2, fanOut: 3 }
const manyWebhooks = 10_000_000

export function renderWorkersTable(): string {
  const rows = byWorkers(readFigures()).map(
    ({ workers, perSecond, cpuPer100k, cpuOfReference, rssMb }) =>
      `| ${workers} | ${numberText(perSecond.median)} | ${numberText(cpuPer100k.median * 10)} µs | ` +
      `${numberText(cpuOfReference?.median ?? 1)} | ${numberText(rssMb.median)} MB |`,
  )
  return [
    '| workers | deliveries/s | CPU per delivery | ÷ one worker’s | RSS of the largest |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

export function renderScalingTable(): string {
  const needs = needsOf(load, readFigures())
  const rows: readonly (readonly [what: string, figure: string])[] = [
    ['events/s', numberText(needs.eventsPerSecond)],
    ['deliveries/s', numberText(needs.deliveriesPerSecond)],
    ['CPU per delivery, signed', `${numberText(needs.cpuPerDeliveryUs)} µs`],
    [`deliveries/s of one worker at ${assumed.use * 100} % of a core`, numberText(needs.perWorker)],
    ['workers, each with a core', numberText(needs.workers)],
    ['partitions of the events topic', numberText(needs.partitions)],
    ['from producers to brokers', `${bytes(needs.bytesIn)}/s`],
    ['from brokers to consumers', `${bytes(needs.bytesOut)}/s`],
    [`written by all brokers, ${assumed.replicas} copies`, `${bytes(needs.bytesWritten)}/s`],
    [`brokers, at ${bytes(assumed.brokerBytesPerSecond)}/s each`, numberText(needs.brokers)],
    ['outcomes a day, one copy', bytes(needs.outcomesPerDay)],
    [`outcomes kept ${assumed.retentionDays} days, ${assumed.replicas} copies`, bytes(needs.outcomesKept)],
    [`groups of at most ${assumed.mostMembers} workers`, numberText(needs.groups)],
    ['the first limit', needs.firstLimit],
  ]
  return ['| needed | figure |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')
}

export function renderManyWebhooks(): string {
  const figures = readFigures()
  const { workers } = needsOf(load, figures)
  const needs = tableNeedsOf(manyWebhooks, workers, figures)
  const rows = [
    ['memory of a worker', gigabytes(needs.wholeRssMb), `${numberText(needs.partRssMb)} MB`],
    ['ready after its start', `${numberText(needs.wholeReadyS)} s`, `${numberText(needs.partReadyS)} s`],
    ['read from brokers when all start', bytes(needs.wholeReadBytes), bytes(needs.partReadBytes)],
  ]
  return [
    `${numberText(manyWebhooks)} webhooks, ${numberText(workers)} workers, ${numberText(needs.perWebhookBytes)} bytes of memory for each webhook:`,
    [
      '| | each worker holds all | each worker holds its partitions’ part |',
      '|---|---|---|',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
    ].join('\n'),
  ].join('\n\n')
}

function gigabytes(mb: number): string {
  return `${numberText(mb / 1_024)} GB`
}

/** Decimal units, three digits. */
function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(count) / 3)))
  return `${numberText(count / 1_000 ** power)} ${units[power]}`
}
