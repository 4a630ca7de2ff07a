// The figures of the last whole run against their goals, for the README.
import { readFigures } from '../bench/figures.ts'
import { figureText, goalText, linesOfSpeed, linesOfTable, numberText } from '../bench/goal-lines.ts'
import type { GoalLine } from '../bench/goal-lines.ts'

export function renderSpeedTable(): string {
  const { speed, table } = readFigures()
  const first = speed.scenarios[0]
  return [
    `\`npm run bench\`, Node.js ${speed.node}, ${speed.cores} cores; pairs of runs: ${first?.pairs}, deliveries in each: ` +
      `${numberText(first?.deliveries ?? 0)}; median, and least and most in parentheses:`,
    tableOf(linesOfSpeed(speed)),
    `\`npm run bench -- --table\`, pairs of runs: ${table.pairs}, deliveries in each: ${numberText(table.deliveries)}, ` +
      `webhooks of ${numberText(table.webhookBytes)} bytes:`,
    tableOf(linesOfTable(table)),
  ].join('\n\n')
}

function tableOf(lines: readonly GoalLine[]): string {
  const rows = lines.map(
    (line) => `| ${line.what} | ${goalText(line)} | ${figureText(line)} | ${line.verdict ?? ''} |`,
  )
  return ['| figure | goal | measured | verdict |', '|---|---|---|---|', ...rows].join('\n')
}
