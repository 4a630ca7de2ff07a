// The pictures of the bench are sound XML, and show what they are given.
import { expect, it } from '@jest/globals'
import { SaxesParser } from 'saxes'
import { icicleOf } from '../../bench/profile/icicle.ts'
import { speedChart, stepFor } from '../../bench/speed-chart.ts'
import { alone } from '../../bench/spread.ts'
import { scenarioFigures, someFigures } from './some-figures.ts'
import { frameOf, packages, sources } from './profiles.ts'

const main = frameOf('main', `${sources}/main.ts`, 0)
const narrow = frameOf('narrow', `${sources}/narrow.ts`, 0)
const wide = frameOf('<wide>', `${packages}/undici/lib/wide.js`, 0)

function elementsOf(svg: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const parser = new SaxesParser()
  parser.on('opentag', ({ name }) => counts.set(name, (counts.get(name) ?? 0) + 1))
  parser.write(svg).close()
  return counts
}

it('a flame graph has a box with its text for each function, the outermost at the top', () => {
  const svg = icicleOf([{ frames: [main, wide], microseconds: 1_000 }], 'CPU')
  expect(elementsOf(svg).get('g')).toBe(2)
  expect(svg).toContain('<title>&lt;wide&gt; undici/lib/wide.js:1 — 100.0 %</title>')
  expect(svg.indexOf('main src')).toBeLessThan(svg.indexOf('&lt;wide&gt; undici'))
})

it('a flame graph leaves out what is narrower than three thousandths', () => {
  const svg = icicleOf(
    [
      { frames: [main, wide], microseconds: 998 },
      { frames: [main, narrow], microseconds: 2 },
    ],
    'CPU',
  )
  expect(svg).not.toContain('narrow')
})

it('a name is cut where its box is too small for it', () => {
  const long = frameOf('a'.repeat(300), `${sources}/long.ts`, 0)
  expect(icicleOf([{ frames: [long], microseconds: 1 }], 'CPU')).toContain('a…</text>')
})

it('the chart has two bars for each scenario, and a mark for each goal', () => {
  const scenarios = [
    scenarioFigures('plain', { rateOfBare: { median: 0.5, min: 0.4, max: 0.6 } }),
    scenarioFigures('5 % failing', { rateOfBare: alone(0.3) }),
  ]
  const svg = speedChart({ ...someFigures.speed, scenarios })
  // The background is one as well.
  expect(elementsOf(svg).get('rect')).toBe(1 + 4)
  expect(svg.match(/#b42318/g)).toHaveLength(2)
  expect(svg).toContain('>0.500</text>')
})

it.each([
  [0.9, 0.1],
  [1.2, 0.2],
  [6, 1],
  [13, 2],
  [30, 5],
])('an axis up to %d has steps of %d', (most, step) => {
  expect(stepFor(most)).toBeCloseTo(step)
})
