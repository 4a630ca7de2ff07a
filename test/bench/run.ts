// `npm run bench`: the worker against the bare client, in turns, on the real stack. One JSON line for each scenario and
// a table of the goals at the end; exit code 1 where one is missed. A whole run is kept in figures.json and drawn.
// `--table`: a million webhooks instead (`--webhooks N`: another number), kept too.
// `--quick`: two scenarios and the delay, shorter, not kept.
// `--only NAME`: one scenario, `delay` or `memory`, not kept; with `--keep` it takes its place among what is kept.
// `--pairs N`, `--deliveries N`: how many, of each run and worker.
// `--profile FOLDER`: where the worker's CPU goes, in one scenario (`--only`, or the plain one).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { onLocalStack } from '../figures/on-local-stack.ts'
import { drawPictures } from './draw-pictures.ts'
import { readFigures, withParts, writeFigures } from './figures.ts'
import type { SpeedParts } from './figures.ts'
import { figureText, goalText, linesOfSpeed, linesOfTable } from './goal-lines.ts'
import type { GoalLine } from './goal-lines.ts'
import { profileScenario } from './profile-run.ts'
import { plain, scenarios } from './scenario.ts'
import { measureSpeed } from './speed.ts'
import { measureTable } from './table.ts'

const { values: choice } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
    profile: { type: 'string' },
    pairs: { type: 'string' },
    deliveries: { type: 'string' },
    webhooks: { type: 'string', default: '1000000' },
  },
})
const { only, profile, quick } = choice
const names = [...scenarios.map(({ name }) => name), 'delay', 'memory']
if (only !== undefined && !names.includes(only))
  throw new Error(`no scenario "${only}"; there are: ${names.join(', ')}`)
const deliveries = choice.deliveries === undefined ? null : Number(choice.deliveries)

await onLocalStack(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const lines = await measure(folder)
    const rows = lines.map((line) => [
      line.what,
      { goal: goalText(line), figure: figureText(line), verdict: line.verdict ?? '' },
    ])
    if (rows.length > 0) console.table(Object.fromEntries(rows))
    if (lines.some(({ verdict }) => verdict === 'missed')) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true })
  }
})

async function measure(folder: string): Promise<readonly GoalLine[]> {
  const pairs = Number(choice.pairs ?? (quick ? 1 : 5))
  if (profile !== undefined) {
    await profileScenario(only ?? plain.name, { folder: profile, deliveries: deliveries ?? 100_000 })
    return []
  }
  if (choice.table) {
    const webhooks = Number(choice.webhooks)
    const table = await measureTable({ webhooks, pairs, deliveries: deliveries ?? plain.deliveries })
    console.log(JSON.stringify(table))
    await writeFigures({ table })
    return linesOfTable(table)
  }
  const { parts, failed } = await measureSpeed(partsOf(), {
    pairs,
    folder,
    deliveries: deliveries ?? (quick ? 30_000 : null),
    // A smoke run's memory is as short as its scenarios.
    memoryDeliveries: deliveries === null ? 1_000_000 : deliveries * 10,
    delaySeconds: quick ? 10 : 30,
  })
  if (failed.length > 0) {
    console.error(`not measured: ${failed.join(', ')}`)
    process.exitCode = 1
  }
  if (only === undefined ? !quick : choice.keep) await keep(parts)
  return linesOfSpeed(parts)
}

function partsOf(): readonly string[] {
  if (only !== undefined) return [only]
  return quick ? ['plain', 'signed', 'delay'] : names
}

/** What was not measured stays as it was. */
async function keep(parts: SpeedParts): Promise<void> {
  await writeFigures({ speed: withParts(readFigures().speed, parts) })
  drawPictures()
}
