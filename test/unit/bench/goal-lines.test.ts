// Each goal has its line, and the verdict is by the median.
import { expect, it } from '@jest/globals'
import { withParts } from '../../bench/figures.ts'
import { figureText, goalText, linesOfScenario, linesOfSpeed, linesOfTable } from '../../bench/goal-lines.ts'
import { scenarios, shortened } from '../../bench/scenario.ts'
import { alone } from '../../bench/spread.ts'
import { scenarioFigures, someFigures } from './some-figures.ts'

it('a scenario has a line for each of its goals', () => {
  const figures = scenarioFigures('plain', {
    rateOfBare: { median: 0.81, min: 0.6, max: 0.9 },
    cpuOfBare: alone(1.46),
  })
  expect(
    linesOfScenario(figures).map((line) => [line.what, goalText(line), figureText(line), line.verdict]),
  ).toEqual([
    ['plain: deliveries/s ÷ the bare client’s', '≥ 0.8', '0.81 (0.6–0.9)', 'met'],
    ['plain: CPU per delivery ÷ the bare client’s', '≤ 1.45', '1.46', 'missed'],
  ])
})

it('several workers are judged by one', () => {
  const [line] = linesOfScenario(scenarioFigures('two workers', { cpuOfReference: alone(1.2) }))
  expect(line).toMatchObject({ what: 'two workers: CPU per delivery ÷ one worker’s', verdict: 'missed' })
})

it('delay and memory have their lines', () => {
  const verdicts = linesOfSpeed({ ...someFigures.speed, scenarios: [] }).map(({ verdict }) => verdict)
  expect(verdicts).toEqual(['met', 'missed', null, null, 'met', 'missed', null])
})

it('a part that is measured anew takes its place, and the others stay', () => {
  const { speed } = someFigures
  const signed = scenarioFigures('signed', { rssMb: alone(1) })
  const { memory } = speed
  const kept = withParts(speed, { node: '25.0.0', cores: 4, scenarios: [signed], memory })
  expect(kept).toEqual({ ...speed, node: '25.0.0', cores: 4, scenarios: [speed.scenarios[0], signed] })
})

it('a figure that is not there has missed its goal', () => {
  const { verdict } = linesOfTable({ ...someFigures.table, readyAfterS: alone(Number.NaN) })[0] ?? {}
  expect(verdict).toBe('missed')
})

it('what has no goal has no verdict', () => {
  const without = linesOfTable(someFigures.table).filter(({ goal }) => goal === null)
  expect(without.map(({ what, verdict }) => [what, verdict])).toEqual([
    ['lookup of an event’s webhook, not kept ready', null],
  ])
})

it('every scenario with goals against a reference has one', () => {
  for (const { goals, reference } of scenarios)
    expect(goals.cpuOfReference ?? goals.rateOfReference ?? null).toEqual(
      reference === null ? null : expect.any(Number),
    )
})

it('a shortened scenario has whole events, and so many deliveries for each worker', () => {
  const lengths = scenarios.map((scenario) => [scenario.name, shortened(scenario, 2_400).deliveries])
  expect(Object.fromEntries(lengths)).toMatchObject({
    plain: 2_400,
    'fan-out 1,000': 2_000,
    'four workers': 9_600,
  })
})
