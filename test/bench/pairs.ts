// One scenario: the bare client, the reference and the worker in turns, and what the turns say together.
import { runBareLoop } from './bare-loop.ts'
import type { BareResult } from './bare-loop.ts'
import type { ScenarioFigures } from './figures.ts'
import { startReceiverOf } from './scenario-receiver.ts'
import type { Scenario } from './scenario.ts'
import { spreadOf } from './spread.ts'
import type { Spread } from './spread.ts'
import { runWorker } from './worker-run.ts'
import type { WorkerResult } from './worker-run.ts'

/** 600 bytes, as the rendered body of an event is. */
const body = JSON.stringify(
  Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`name_${index}`, 'v'.repeat(34)])),
)

export interface PairsOptions {
  readonly pairs: number
  /** For files that the worker reads. */
  readonly folder: string
}

export async function measurePairs(
  scenario: Scenario,
  { pairs, folder }: PairsOptions,
): Promise<ScenarioFigures> {
  const { reference } = scenario
  const { receiver, environment, ca } = await startReceiverOf(scenario, folder)
  const run = { receiver, environment }
  const bare: BareResult[] = []
  const compared: WorkerResult[] = []
  const worker: WorkerResult[] = []
  try {
    for (let pair = 0; pair < pairs; pair += 1) {
      await receiver.forget()
      bare.push(await runBareLoop({ scenario, port: receiver.port, ca, body }))
      if (reference !== null) compared.push(await runWorker(reference, run))
      worker.push(await runWorker(scenario, run))
    }
  } finally {
    await receiver.stop()
  }
  const of = (figure: keyof WorkerResult): Spread => spreadOf(worker.map((result) => result[figure]))
  return {
    scenario: scenario.name,
    concurrency: scenario.concurrency,
    workers: scenario.workers,
    deliveries: scenario.deliveries,
    pairs,
    rateOfBare: ratiosOf(worker, bare, 'perSecond'),
    cpuOfBare: ratiosOf(worker, bare, 'cpuPer100k'),
    rateOfReference: reference === null ? null : ratiosOf(worker, compared, 'perSecond'),
    cpuOfReference: reference === null ? null : ratiosOf(worker, compared, 'cpuPer100k'),
    perSecond: of('perSecond'),
    barePerSecond: spreadOf(bare.map(({ perSecond }) => perSecond)),
    cpuPer100k: of('cpuPer100k'),
    bareCpuPer100k: spreadOf(bare.map(({ cpuPer100k }) => cpuPer100k)),
    receiverCpuPercent: of('receiverCpuPercent'),
    rssMb: of('rssMb'),
    sockets: of('sockets'),
    eventBytes: of('eventBytes'),
    outcomeBytes: of('outcomeBytes'),
  }
}

type Measured = Pick<BareResult, 'perSecond' | 'cpuPer100k'>

/** Each pair's own, because the machine is another one from pair to pair. */
export function ratiosOf(
  those: readonly Measured[],
  these: readonly Measured[],
  figure: keyof Measured,
): Spread {
  return spreadOf(those.map((result, pair) => result[figure] / (these[pair]?.[figure] ?? Number.NaN)))
}
