// The speed of workers: every scenario, and then what the plain one's rate is needed for.
import { availableParallelism } from 'node:os'
import { measureDelay } from './delay.ts'
import type { DelayFigures, ScenarioFigures, SpeedParts } from './figures.ts'
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

export interface MeasuredSpeed {
  /** What was measured; what failed is not in it. */
  readonly parts: SpeedParts
  /** Names of what could not be measured. */
  readonly failed: readonly string[]
}

/**
 * `names`: of scenarios, `delay`, `memory`. One that fails is told on standard error, and takes nothing from the others:
 * a whole run is half an hour.
 */
export async function measureSpeed(names: readonly string[], options: SpeedOptions): Promise<MeasuredSpeed> {
  const failed: string[] = []
  const measure = async <Figures>(name: string, of: () => Promise<Figures>): Promise<Figures | null> => {
    if (!names.includes(name)) return null
    try {
      const figures = await of()
      console.log(JSON.stringify({ scenario: name, ...figures }))
      return figures
    } catch (error) {
      console.error(`${name} was not measured:`, error)
      failed.push(name)
      return null
    }
  }
  const measured: ScenarioFigures[] = []
  for (const scenario of scenarios) {
    const asLong = options.deliveries === null ? scenario : shortened(scenario, options.deliveries)
    const figures = await measure(scenario.name, () => measurePairs(asLong, options))
    if (figures !== null) measured.push(figures)
  }
  const delay = await measure('delay', () => delayAtFifth(measured, options.delaySeconds))
  const { memoryDeliveries, folder } = options
  const memory = await measure('memory', () => measureMemory({ deliveries: memoryDeliveries, folder }))
  const parts = {
    node: process.versions.node,
    cores: availableParallelism(),
    scenarios: measured,
    ...(delay !== null && { delay }),
    ...(memory !== null && { memory }),
  }
  return { parts, failed }
}

/** By the rate that was measured, or else by one that is measured now. */
async function delayAtFifth(measured: readonly ScenarioFigures[], seconds: number): Promise<DelayFigures> {
  const known = measured.find(({ scenario }) => scenario === plain.name)
  const perSecond = (known?.perSecond.median ?? (await quickRate())) / 5
  return measureDelay({ perSecond, seconds, warmUpSeconds })
}

async function quickRate(): Promise<number> {
  const receiver = await startReceiver({ answerAfterMs: 0, failingPercent: 0, tls: null })
  try {
    return (await runWorker(shortened(plain, 40_000), { receiver })).perSecond
  } finally {
    await receiver.stop()
  }
}
