// Every row of the fault suite at full length, or those that are named: one JSON line each, and exit code 1 if a goal
// was missed. TIMES=short: as the suite that runs with all tests. A row that does not end within its time ends the run:
// what it left behind would spoil those after it.
import { onLocalStack } from '../figures/on-local-stack.ts'
import { startGround } from './ground.ts'
import { fullTimes, rows, shortTimes } from './rows.ts'
import { runRow } from './run-row.ts'

const eventsPerSecond = Number(process.env['EVENTS_PER_SECOND'] ?? 200)
const times = process.env['TIMES'] === 'short' ? shortTimes : fullTimes
const chosen = process.argv.slice(2)

/** The longest takes four minutes; what waits in vain says so itself within another three. */
const rowWithinMs = 10 * 60_000

const unknown = chosen.filter((name) => !rows.some((row) => row.name === name))
if (unknown.length > 0) {
  console.error(
    `no row is named ${unknown.join(', ')}; there are: ${rows.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

await onLocalStack(async () => {
  for (const row of rows) {
    if (chosen.length > 0 && !chosen.includes(row.name)) continue
    const ground = await startGround(row.ground)
    const late = setTimeout(() => {
      console.log(JSON.stringify({ row: row.name, error: `did not end within ${rowWithinMs} ms` }))
      process.exit(1)
    }, rowWithinMs)
    try {
      const report = await runRow(row, ground, { times, eventsPerSecond })
      console.log(JSON.stringify(report))
      if (report.missed.length > 0) process.exitCode = 1
    } catch (error) {
      console.log(JSON.stringify({ row: row.name, error: String(error) }))
      process.exitCode = 1
    } finally {
      clearTimeout(late)
      await ground.stop()
    }
  }
})
