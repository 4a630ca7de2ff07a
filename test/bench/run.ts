// `npm run bench`: the worker against the bare client, in turns, on the real stack. One JSON line for each scenario and
// a table of the goals at the end; exit code 1 where one is missed. A whole run is kept in figures.json and drawn.
// `--quick`: two scenarios and the delay, shorter, kept nowhere. `--only NAME`: one scenario, `delay` or `memory`.
// `--table`: a million webhooks instead (`--webhooks N`: another number), kept too. `--pairs N`, `--deliveries N`: how much
// of each. `--profile FOLDER`: where the worker's CPU goes, in one scenario (`--only`, or the plain one).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { onLocalStack } from '../figures/on-local-stack.ts'
import { drawPictures } from './draw-pictures.ts'
import { writeFigures } from './figures.ts'
import {
  figureText,
  goalText,
  linesOfDelay,
  linesOfMemory,
  linesOfScenario,
  linesOfSpeed,
  linesOfTable,
} from './goal-lines.ts'
import type { GoalLine } from './goal-lines.ts'
import { profileScenario } from './profile-run.ts'
import { plain, scenarios } from './scenario.ts'
import { delayAtFifth, measureScenarios, measureSpeed, memoryOf } from './speed.ts'
import { measureTable } from './table.ts'

const { values: choice } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    only: { type: 'string' },
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
    console.table(
      Object.fromEntries(
        lines.map((line) => [
          line.what,
          { goal: goalText(line), figure: figureText(line), verdict: line.verdict ?? '' },
        ]),
      ),
    )
    if (lines.some(({ verdict }) => verdict === 'missed')) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true })
  }
})

async function measure(folder: string): Promise<readonly GoalLine[]> {
  const pairs = Number(choice.pairs ?? (quick ? 1 : 5))
  const options = {
    pairs,
    folder,
    deliveries,
    // A smoke run's memory is as short as its scenarios.
    memoryDeliveries: deliveries === null ? 1_000_000 : deliveries * 10,
    delaySeconds: 30,
  }
  if (profile !== undefined) {
    await profileScenario(only ?? plain.name, { folder: profile, deliveries: deliveries ?? 100_000 })
    return []
  }
  if (choice.table) {
    const table = await measureTable({
      webhooks: Number(choice.webhooks),
      pairs,
      deliveries: deliveries ?? plain.deliveries,
    })
    console.log(JSON.stringify(table))
    await writeFigures({ table })
    return linesOfTable(table)
  }
  if (only === 'delay') return linesOfDelay(await delayAtFifth([], options.delaySeconds))
  if (only === 'memory') return linesOfMemory(await memoryOf(options))
  if (only !== undefined) return (await measureScenarios([only], options)).flatMap(linesOfScenario)
  if (quick) {
    const measured = await measureScenarios(['plain', 'signed'], {
      ...options,
      deliveries: deliveries ?? 30_000,
    })
    const delayed = await delayAtFifth(measured, 10)
    return [...measured.flatMap(linesOfScenario), ...linesOfDelay(delayed)]
  }
  const speed = await measureSpeed(names, options)
  await writeFigures({ speed })
  drawPictures()
  return linesOfSpeed(speed)
}
