// `npm run bench`: the worker against the bare client, in turns, on the real stack. One JSON line for each scenario and
// a table at the end; exit code 1 where a goal is missed. `--quick`: fewer scenarios, pairs and deliveries;
// `--only NAME`: one scenario; `--pairs N`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { onLocalStack } from '../figures/on-local-stack.ts'
import { newAuthority } from '../harness/certificates.ts'
import { runBareLoop } from './bare-loop.ts'
import type { BareResult } from './bare-loop.ts'
import { startReceiver } from './receiver.ts'
import { scenarios } from './scenario.ts'
import type { Scenario } from './scenario.ts'
import { spreadOf } from './spread.ts'
import { runWorker } from './worker-run.ts'
import type { WorkerResult } from './worker-run.ts'

const { values: choice } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    pairs: { type: 'string' },
  },
})
const pairs = Number(choice.pairs ?? (choice.quick ? 2 : 5))

/** 600 bytes, as the rendered body of an event is. */
const body = JSON.stringify(
  Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`name_${index}`, 'v'.repeat(34)])),
)

await onLocalStack(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const chosen = scenarios.filter(
      ({ name }) =>
        (choice.only ?? name) === name && (!choice.quick || name === 'plain' || name === 'signed'),
    )
    const rows = []
    for (const scenario of chosen) {
      const figures = await measure(choice.quick ? { ...scenario, deliveries: 30_000 } : scenario, folder)
      console.log(JSON.stringify(figures))
      rows.push(figures)
    }
    console.table(
      Object.fromEntries(
        rows.map(({ scenario, rateOfBare, cpuTimesBare, perSecond, rssMb, verdict }) => [
          scenario,
          {
            'rate ÷ bare': rateOfBare.median,
            'CPU ÷ bare': cpuTimesBare.median,
            'deliveries/s': perSecond.median,
            'RSS, MB': rssMb.median,
            verdict,
          },
        ]),
      ),
    )
    if (rows.some(({ verdict }) => verdict === 'missed')) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true })
  }
})

async function measure(scenario: Scenario, folder: string) {
  const authority = scenario.scheme === 'https' ? newAuthority('bench') : null
  const tls = authority?.issue('receiver') ?? null
  const caFile = authority === null ? null : join(folder, 'authority.pem')
  if (caFile !== null && authority !== null) writeFileSync(caFile, authority.cert)
  const { answerAfterMs, failingPercent, goal } = scenario
  const receiver = await startReceiver({ answerAfterMs, failingPercent, tls })
  const bare: BareResult[] = []
  const worker: WorkerResult[] = []
  try {
    for (let pair = 0; pair < pairs; pair += 1) {
      await receiver.forget()
      bare.push(await runBareLoop({ scenario, port: receiver.port, ca: authority?.cert ?? null, body }))
      worker.push(await runWorker(scenario, receiver, caFile))
    }
  } finally {
    await receiver.stop()
  }
  const ratios = (of: 'perSecond' | 'cpuPer100k') =>
    spreadOf(worker.map((result, pair) => result[of] / (bare[pair]?.[of] ?? Number.NaN)))
  const rateOfBare = ratios('perSecond')
  const cpuTimesBare = ratios('cpuPer100k')
  const isMet =
    rateOfBare.median >= (goal.rate ?? 0) && cpuTimesBare.median <= (goal.cpu ?? Number.POSITIVE_INFINITY)
  return {
    scenario: scenario.name,
    concurrency: scenario.concurrency,
    deliveries: scenario.deliveries,
    pairs,
    rateOfBare,
    cpuTimesBare,
    perSecond: spreadOf(worker.map(({ perSecond }) => perSecond)),
    barePerSecond: spreadOf(bare.map(({ perSecond }) => perSecond)),
    cpuPer100k: spreadOf(worker.map(({ cpuPer100k }) => cpuPer100k)),
    bareCpuPer100k: spreadOf(bare.map(({ cpuPer100k }) => cpuPer100k)),
    receiverCpuPercent: spreadOf(worker.map(({ receiverCpuPercent }) => receiverCpuPercent)),
    rssMb: spreadOf(worker.map(({ rssMb }) => rssMb)),
    goal,
    verdict: isMet ? 'met' : 'missed',
    node: process.versions.node,
    cores: availableParallelism(),
  }
}
