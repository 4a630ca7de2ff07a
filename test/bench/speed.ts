// The speed of workers: every scenario, and then what the plain one's rate is needed for.
import { availableParallelism } from 'node:os'
import { measureDelay } from './delay.ts'
import type { DelayFigures, MemoryFigures, ScenarioFigures, SpeedParts } from './figures.ts'
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

/** `names`: of scenarios, `delay`, `memory`. What is not among them is not in the answer, or an empty list. */
export async function measureSpeed(names: readonly string[], options: SpeedOptions): Promise<SpeedParts> {
  const measured = await measureScenarios(names, options)
  return {
    node: process.versions.node,
    cores: availableParallelism(),
    scenarios: measured,
    ...(names.includes('delay') && { delay: await delayAtFifth(measured, options.delaySeconds) }),
    ...(names.includes('memory') && { memory: await memoryOf(options) }),
  }
}

async function measureScenarios(
  names: readonly string[],
  options: SpeedOptions,
): Promise<readonly ScenarioFigures[]> {
  const { deliveries } = options
  const measured: ScenarioFigures[] = []
  for (const scenario of scenarios.filter(({ name }) => names.includes(name))) {
    const asLong = deliveries === null ? scenario : shortened(scenario, deliveries)
    const figures = await measurePairs(asLong, options)
    console.log(JSON.stringify(figures))
    measured.push(figures)
  }
  return measured
}

/** By the rate that was measured, or else by one that is measured now. */
async function delayAtFifth(measured: readonly ScenarioFigures[], seconds: number): Promise<DelayFigures> {
  const known = measured.find(({ scenario }) => scenario === plain.name)
  const perSecond = (known?.perSecond.median ?? (await quickRate())) / 5
  const figures = await measureDelay({ perSecond, seconds, warmUpSeconds })
  console.log(JSON.stringify({ scenario: 'delay at 20 % load', ...figures }))
  return figures
}

async function memoryOf({ memoryDeliveries, folder }: SpeedOptions): Promise<MemoryFigures> {
  const figures = await measureMemory({ deliveries: memoryDeliveries, folder })
  console.log(JSON.stringify({ scenario: 'a million deliveries', ...figures }))
  return figures
}

async function quickRate(): Promise<number> {
  const receiver = await startReceiver({ answerAfterMs: 0, failingPercent: 0, tls: null })
  try {
    return (await runWorker(shortened(plain, 40_000), { receiver })).perSecond
  } finally {
    await receiver.stop()
  }
}
