// One run of a scenario with a profile of its worker: a flame graph and what the CPU is used for, in a folder.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { breakdownOf, breakdownText } from './profile/breakdown.ts'
import { busyStacks } from './profile/cpu-profile.ts'
import type { CpuProfile } from './profile/cpu-profile.ts'
import { icicleOf } from './profile/icicle.ts'
import { startReceiverOf } from './scenario-receiver.ts'
import { scenarios, shortened } from './scenario.ts'
import { runWorker } from './worker-run.ts'

export interface ProfileOptions {
  /** Where the pictures and tables are written. */
  readonly folder: string
  readonly deliveries: number
}

/** The figures are those of a worker that is being profiled: shares, not speeds. */
export async function profileScenario(name: string, { folder, deliveries }: ProfileOptions): Promise<void> {
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario === undefined) throw new Error(`"${name}" cannot be profiled: it is no scenario of its own`)
  const written = mkdtempSync(join(tmpdir(), 'profile-'))
  const { receiver, environment: trusting } = await startReceiverOf(scenario, written)
  try {
    const environment = { ...trusting, NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${written}` }
    const { cpuPer100k } = await runWorker(shortened(scenario, deliveries), { receiver, environment })
    const stacks = profilesIn(written).flatMap((file) =>
      busyStacks(JSON.parse(readFileSync(join(written, file), 'utf8')) as CpuProfile),
    )
    const breakdown = breakdownOf(stacks, cpuPer100k * 10)
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'flame-graph.svg'),
      icicleOf(stacks, `CPU of the worker, ${name}: ${(cpuPer100k * 10).toFixed(1)} µs per delivery`),
    )
    writeFileSync(join(folder, 'breakdown.json'), `${JSON.stringify(breakdown, null, 2)}\n`)
    writeFileSync(join(folder, 'breakdown.md'), breakdownText(breakdown))
    console.log(breakdownText(breakdown))
  } finally {
    await receiver.stop()
    rmSync(written, { recursive: true })
  }
}

function profilesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))
}
