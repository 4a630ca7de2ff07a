// Random faults at half the load for an hour, or MINUTES: one worker lives through all of it while the other is stopped
// and killed. A line for each fault, judged as every row is, and one for the whole: how memory and handles of the worker
// that lived went. SEED: the same faults in the same order.
import { seededRandom } from '../fakes/seeded-random.ts'
import { onLocalStack } from '../figures/on-local-stack.ts'
import { rssMbOf } from '../harness/memory.ts'
import { createCollector } from './collect.ts'
import { startGround } from './ground.ts'
import { playRow } from './run-row.ts'
import type { Report } from './run-row.ts'
import { rowNamed, shortTimes } from './rows.ts'
import { epochMs, setScene } from './scene.ts'
import type { Member } from './scene.ts'

const minutes = Number(process.env['MINUTES'] ?? 60)
const eventsPerSecond = Number(process.env['EVENTS_PER_SECOND'] ?? 100)
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
/** Minima of so long; shorter where the whole is short. */
const windowMs = Math.min(5, minutes / 6) * 60_000

const faults = [
  'stop',
  'kill one',
  'frozen',
  'broker stands still',
  'broker killed',
  'half-open link',
  'connections reset',
  'slow link',
  'registry away',
].map(rowNamed)

interface Sample {
  readonly atMs: number
  readonly rssMb: number
}

console.log(JSON.stringify({ soak: 'begins', seed, minutes, eventsPerSecond }))
await onLocalStack(async () => {
  const ground = await startGround('own')
  const scene = await setScene({ ground, eventsPerSecond, settings: {}, imports: [] })
  const random = seededRandom(seed)
  const collector = createCollector(scene.rig.settings)
  const reports: Report[] = []
  const samples: Sample[] = []
  const handles: number[] = []
  const lived = await scene.startWorker()
  const sampling = setInterval(() => {
    void rssMbOf(lived.process.pid).then(
      (rssMb) => samples.push({ atMs: epochMs(), rssMb }),
      () => {},
    )
  }, 1_000)
  try {
    const endsAtMs = epochMs() + minutes * 60_000
    while (epochMs() < endsAtMs) {
      while (scene.members.length < 2) await scene.startWorker()
      const row = faults[Math.floor(random.next() * faults.length)]
      if (row === undefined) break
      const report = await playRow(row, scene, collector, shortTimes, async () => [])
      console.log(JSON.stringify(report))
      reports.push(report)
      handles.push(await handlesOf(lived))
      scene.forget()
    }
    const exitCodes = await Promise.all([...scene.members].map((member) => scene.stopWorker(member)))
    const missed = reports.filter((report) => report.missed.length > 0).length
    const minima = minimaOf(samples)
    // What grows at first is what the engine takes before it collects: the second half tells whether anything is kept.
    const slopeMbPerHour = Number(slopeOf(minima.slice(Math.ceil(minima.length / 2))).toFixed(1))
    const minimaMb = minima.map(({ rssMb }) => Math.round(rssMb))
    const flat = (handles.at(-1) ?? 0) <= (handles[0] ?? 0) + 10
    const faultsDone = reports.length
    console.log(
      JSON.stringify({
        soak: 'over',
        seed,
        minutes,
        faultsDone,
        missed,
        slopeMbPerHour,
        minimaMb,
        handles,
        exitCodes,
      }),
    )
    const isShort = minutes < 30
    if (missed > 0 || !flat || (!isShort && slopeMbPerHour > 15) || exitCodes.some((code) => code !== 0))
      process.exitCode = 1
  } finally {
    clearInterval(sampling)
    await scene.end()
    await ground.stop()
  }
})

async function handlesOf({ process }: Member): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${process.opsPort}/metrics`)).text()
  return Number(/^nodejs_active_handles_total (\S+)$/m.exec(text)?.[1])
}

/** The least of each window. */
function minimaOf(samples: readonly Sample[]): readonly Sample[] {
  const first = samples[0]?.atMs ?? 0
  const windows = Map.groupBy(samples, ({ atMs }) => Math.floor((atMs - first) / windowMs))
  return Array.from(windows.values(), (each) =>
    each.reduce((least, sample) => (sample.rssMb < least.rssMb ? sample : least)),
  )
}

/** MiB per hour, by least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const hours = samples.map(({ atMs }) => atMs / 3_600_000)
  const meanHour = hours.reduce((sum, each) => sum + each, 0) / Math.max(1, hours.length)
  const meanMb = samples.reduce((sum, { rssMb }) => sum + rssMb, 0) / Math.max(1, samples.length)
  const above = samples.reduce(
    (sum, { rssMb }, index) => sum + ((hours[index] ?? 0) - meanHour) * (rssMb - meanMb),
    0,
  )
  const below = hours.reduce((sum, each) => sum + (each - meanHour) ** 2, 0)
  return below === 0 ? 0 : above / below
}
