// The speed of workers: every scenario, and then what the plain one's rate is needed for.
import { availableParallelism } from 'node:os'
import { measureDelay } from './delay.ts'
import type { ScenarioFigures, SpeedFigures } from './figures.ts'
import { measureMemory } from './memory.ts'
import { measurePairs } from './pairs.ts'
import type { PairsOptions } from './pairs.ts'
import { startReceiver } from './receiver.ts'
import { plain, scenarios, shortened } from './scenario.ts'
import { runWorker } from './worker-run.ts'

/** For code to be compiled and connections to be opened. */
const warmUpSeconds = 5

export interface SpeedOptions extends PairsOptions {
  /** Of each run, instead of what the scenario says. */
  readonly deliveries: number | null
  /** Until the later mark of memory. */
  readonly memoryDeliveries: number
  readonly delaySeconds: number
}

export async function measureScenarios(
  names: readonly string[],
  options: Pick<SpeedOptions, keyof PairsOptions | 'deliveries'>,
): Promise<readonly ScenarioFigures[]> {
  const measured: ScenarioFigures[] = []
  for (const scenario of scenarios.filter(({ name }) => names.includes(name))) {
    const { deliveries } = options
    const figures = await measurePairs(
      deliveries === null ? scenario : shortened(scenario, deliveries),
      options,
    )
    console.log(JSON.stringify(figures))
    measured.push(figures)
  }
  return measured
}

export async function measureSpeed(names: readonly string[], options: SpeedOptions): Promise<SpeedFigures> {
  const measured = await measureScenarios(names, options)
  return {
    node: process.versions.node,
    cores: availableParallelism(),
    scenarios: measured,
    delay: await delayAtFifth(measured, options.delaySeconds),
    memory: await memoryOf(options),
  }
}

/** By the rate that was measured, or else by one that is measured now. */
export async function delayAtFifth(measured: readonly ScenarioFigures[], seconds: number) {
  const known = measured.find(({ scenario }) => scenario === plain.name)
  const perSecond = (known?.perSecond.median ?? (await quickRate())) / 5
  const figures = await measureDelay({ perSecond, seconds, warmUpSeconds })
  console.log(JSON.stringify({ scenario: 'delay at 20 % load', ...figures }))
  return figures
}

export async function memoryOf({
  memoryDeliveries,
  folder,
}: Pick<SpeedOptions, 'memoryDeliveries' | 'folder'>) {
  const figures = await measureMemory({ deliveries: memoryDeliveries, folder })
  console.log(JSON.stringify({ scenario: 'a million deliveries', ...figures }))
  return figures
}

async function quickRate(): Promise<number> {
  const receiver = await startReceiver({ answerAfterMs: 0, failingPercent: 0, tls: null })
  try {
    return (await runWorker(shortened(plain, 20_000), { receiver })).perSecond
  } finally {
    await receiver.stop()
  }
}
