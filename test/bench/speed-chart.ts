// The worker against the bare client, by scenario: rate and CPU, each as a bar with the least and the most of its pairs,
// and a mark where its goal is.
import type { ScenarioFigures, SpeedFigures } from './figures.ts'
import { scenarios } from './scenario.ts'
import type { Spread } from './spread.ts'
import { rounded, svgDocument, svgText } from './svg.ts'

interface Panel {
  readonly title: string
  readonly x: number
  readonly colour: string
  readonly figure: 'rateOfBare' | 'cpuOfBare'
}

const panelWidth = 330
const nameWidth = 190
const top = 76
const rowHeight = 26
const barHeight = 14
const width = nameWidth + 2 * (panelWidth + 40)
const panels: readonly Panel[] = [
  {
    title: 'deliveries/s ÷ bare client (more is better)',
    x: nameWidth,
    colour: '#5b8fd0',
    figure: 'rateOfBare',
  },
  {
    title: 'CPU per delivery ÷ bare client (less is better)',
    x: nameWidth + panelWidth + 40,
    colour: '#d99a4e',
    figure: 'cpuOfBare',
  },
]
const goalColour = '#b42318'

export function speedChart({ scenarios: measured, cores }: SpeedFigures): string {
  const title = 'The worker against a bare HTTP client'
  const height = top + measured.length * rowHeight + 48
  const legend = `bars: median of the pairs; lines: least and most; red: goal; ${cores} cores shared with broker and receiver`
  return svgDocument({ width, height, title }, [
    `<text x="12" y="24" font-size="15" font-weight="bold" fill="#1f2328">${title}</text>`,
    svgText(12, 44, legend, { colour: '#59636e' }),
    ...measured.map(({ scenario }, row) =>
      svgText(nameWidth - 10, top + row * rowHeight + 12, scenario, { anchor: 'end' }),
    ),
    ...panels.flatMap((panel) => drawPanel(panel, measured)),
  ])
}

function drawPanel(panel: Panel, measured: readonly ScenarioFigures[]): readonly string[] {
  const most = Math.max(1, ...measured.flatMap((each) => [each[panel.figure].max, goalOf(each, panel) ?? 0]))
  const step = stepFor(most)
  const end = Math.ceil(most / step) * step
  const at = (value: number): number => panel.x + (value / end) * (panelWidth - 44)
  const bottom = top + measured.length * rowHeight
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step)
  return [
    svgText(panel.x, top - 12, panel.title),
    ...ticks.flatMap((tick) => [
      line(at(tick), top - 4, at(tick), bottom, '#d8dee4'),
      svgText(at(tick), bottom + 16, String(Number(tick.toFixed(2))), {
        anchor: 'middle',
        colour: '#59636e',
      }),
    ]),
    ...measured.flatMap((each, row) => {
      const y = top + row * rowHeight
      const goal = goalOf(each, panel)
      return [
        svgText(panel.x + panelWidth, y + 12, each[panel.figure].median.toPrecision(3), { anchor: 'end' }),
        bar(each[panel.figure], { y, at, colour: panel.colour, x: panel.x }),
        goal === null ? '' : line(at(goal), y - 2, at(goal), y + barHeight + 4, goalColour, 2.5),
      ]
    }),
  ].filter((part) => part !== '')
}

function goalOf({ scenario }: ScenarioFigures, { figure }: Panel): number | null {
  return scenarios.find(({ name }) => name === scenario)?.goals[figure] ?? null
}

/** Of the axis: one, two or five times a power of ten, so that there are five to ten of them. */
export function stepFor(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 5))
  return power * ([1, 2, 5].findLast((factor) => most / (power * factor) >= 5) ?? 1)
}

function bar(
  { median, min, max }: Spread,
  { x, y, at, colour }: { x: number; y: number; at: (value: number) => number; colour: string },
): string {
  const middle = y + 1 + barHeight / 2
  return [
    `<rect x="${x}" y="${y + 1}" width="${rounded(at(median) - x)}" height="${barHeight}" fill="${colour}"/>`,
    line(at(min), middle, at(max), middle, '#1f2328'),
    ...[min, max].map((value) => line(at(value), middle - 4, at(value), middle + 4, '#1f2328')),
  ].join('')
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, thickness = 1): string {
  return `<line x1="${rounded(x1)}" y1="${rounded(y1)}" x2="${rounded(x2)}" y2="${rounded(y2)}" stroke="${colour}" stroke-width="${thickness}"/>`
}
