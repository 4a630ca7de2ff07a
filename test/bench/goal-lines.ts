// Each figure that has a goal, with its verdict: the same lines in the output, in README and in the exit code.
import type { DelayFigures, MemoryFigures, ScenarioFigures, SpeedParts, TableFigures } from './figures.ts'
import { scenarios } from './scenario.ts'
import type { Goals } from './scenario.ts'
import { alone } from './spread.ts'
import type { Spread } from './spread.ts'

export interface GoalLine {
  readonly what: string
  /** Null: told, not judged. */
  readonly goal: { readonly sense: 'least' | 'most'; readonly value: number } | null
  readonly unit: string
  readonly figure: Spread
  /** By the median. */
  readonly verdict: 'met' | 'missed' | null
}

type Judged = { readonly [Key in keyof Goals]-?: { sense: 'least' | 'most'; what: string; unit: string } }

const judged: Judged = {
  rateOfBare: { sense: 'least', what: 'deliveries/s ÷ the bare client’s', unit: '' },
  cpuOfBare: { sense: 'most', what: 'CPU per delivery ÷ the bare client’s', unit: '' },
  rateOfReference: { sense: 'least', what: 'deliveries/s ÷ those of fan-out 1', unit: '' },
  cpuOfReference: { sense: 'most', what: 'CPU per delivery ÷ one worker’s', unit: '' },
  sockets: { sense: 'most', what: 'open sockets to receivers', unit: '' },
  rssMb: { sense: 'most', what: 'RSS', unit: 'MB' },
}
const judgedKeys = Object.keys(judged) as (keyof Goals)[]

export function linesOfScenario(figures: ScenarioFigures): readonly GoalLine[] {
  const goals: Goals = scenarios.find(({ name }) => name === figures.scenario)?.goals ?? {}
  return judgedKeys.flatMap((key) => {
    const goal = goals[key]
    const figure = figures[key]
    if (goal === undefined || figure === null) return []
    const { sense, what, unit } = judged[key]
    return [line(`${figures.scenario}: ${what}`, { sense, value: goal }, unit, figure)]
  })
}

export function linesOfSpeed({ scenarios: measured, delay, memory }: SpeedParts): readonly GoalLine[] {
  return [
    ...measured.flatMap(linesOfScenario),
    ...(delay === undefined ? [] : linesOfDelay(delay)),
    ...(memory === undefined ? [] : linesOfMemory(memory)),
  ]
}

function linesOfDelay({ p50Ms, p99Ms, sinceGivenP50Ms, sinceGivenP99Ms }: DelayFigures): readonly GoalLine[] {
  return [
    line('added delay at 20 % load: p50', { sense: 'most', value: 15 }, 'ms', alone(p50Ms)),
    line('added delay at 20 % load: p99', { sense: 'most', value: 60 }, 'ms', alone(p99Ms)),
    line('the same with the producer’s own time: p50', null, 'ms', alone(sinceGivenP50Ms)),
    line('the same with the producer’s own time: p99', null, 'ms', alone(sinceGivenP99Ms)),
  ]
}

/** Of what is idle both times. */
function linesOfMemory(memory: MemoryFigures): readonly GoalLine[] {
  const heapMb = memory.lateHeapMb - memory.earlyHeapMb
  const rssMb = memory.lateRssMb - memory.earlyRssMb
  const collectedRssMb = memory.lateCollectedRssMb - memory.earlyCollectedRssMb
  const between = `between ${numberText(memory.early)} and ${numberText(memory.late)} deliveries`
  return [
    line(`growth of heap and external ${between}`, { sense: 'most', value: 5 }, 'MB', alone(heapMb)),
    line(`growth of RSS ${between}`, { sense: 'most', value: 60 }, 'MB', alone(rssMb)),
    line(`growth of RSS, garbage collected, ${between}`, null, 'MB', alone(collectedRssMb)),
  ]
}

export function linesOfTable(table: TableFigures): readonly GoalLine[] {
  const many = `${numberText(table.webhooks)} webhooks`
  return [
    line(`${many}: ready after start`, { sense: 'most', value: 30 }, 's', table.readyAfterS),
    line(`${many}: RSS when ready`, { sense: 'most', value: 700 }, 'MB', table.rssMbWhenReady),
    line(
      `${many} in even use: deliveries/s ÷ those with ${numberText(table.fewWebhooks)}`,
      { sense: 'least', value: 0.85 },
      '',
      table.rateOfFew,
    ),
    line(
      'lookup of an event’s webhook, kept ready',
      { sense: 'most', value: 2 },
      'µs',
      alone(table.lookupReadyUs),
    ),
    line('lookup of an event’s webhook, not kept ready', null, 'µs', alone(table.lookupUnreadyUs)),
    line(
      'a changed webhook is used, 100 changes/s: p99',
      { sense: 'most', value: 250 },
      'ms',
      alone(table.changeUsedP99Ms),
    ),
  ]
}

function line(what: string, goal: GoalLine['goal'], unit: string, figure: Spread): GoalLine {
  return { what, goal, unit, figure, verdict: goal === null ? null : verdictOn(goal, figure.median) }
}

/** A figure that is missing has missed. */
function verdictOn({ sense, value }: NonNullable<GoalLine['goal']>, figure: number): 'met' | 'missed' {
  return (sense === 'least' ? figure >= value : figure <= value) ? 'met' : 'missed'
}

export function goalText({ goal, unit }: GoalLine): string {
  if (goal === null) return ''
  return `${goal.sense === 'least' ? '≥' : '≤'} ${withUnit(goal.value, unit)}`
}

/** The median, and the least and most where there were several. */
export function figureText({ figure: { median, min, max }, unit }: GoalLine): string {
  const range = min === max ? '' : ` (${numberText(min)}–${numberText(max)})`
  return `${withUnit(median, unit)}${range}`
}

function withUnit(value: number, unit: string): string {
  return `${numberText(value)} ${unit}`.trim()
}

/** Three digits of small numbers, all of large ones. */
export function numberText(value: number): string {
  return value.toLocaleString(
    'en',
    value < 1_000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  )
}
