// Runs in the browser: panels side by side as their dashboard lays them out, in as much of Grafana's looks as a picture
// needs. Its only entry is `drawDashboard`, for who has put it into a page.
import uPlot from 'uplot'

export interface Line {
  readonly label: string
  /** Epoch seconds and value, rising in time. */
  readonly points: readonly (readonly [number, number])[]
}

interface Step {
  readonly value?: number | null
  readonly color: string
}

export interface DrawnPanel {
  readonly type: string
  readonly title: string
  /** Of 24 columns. */
  readonly columns: number
  readonly unit: string
  readonly steps: readonly Step[]
  readonly lines: readonly Line[]
}

declare global {
  var drawDashboard: (title: string, panels: readonly DrawnPanel[]) => void
}

const colours = ['#56a64b', '#3274d9', '#e0b400', '#e02f44', '#8f3bb8', '#ff780a', '#37872d', '#1f60c4']
const marks: Readonly<Record<string, string>> = { green: '#56a64b', orange: '#ff780a', red: '#e02f44' }
const font = '10px Open Sans'
const grid = { stroke: '#eeeeee', width: 1 }

const styles = `
  body { margin: 0; background: #f4f5f5; font: 12px 'Open Sans', sans-serif; color: #24292e; }
  main { width: 1284px; padding: 8px; display: grid; grid-template-columns: repeat(24, 1fr); gap: 8px; }
  section { background: #fff; border: 1px solid #e4e5e6; border-radius: 2px; padding: 8px; overflow: hidden; }
  h1 { grid-column: 1 / -1; font-size: 16px; margin: 4px 0; }
  h2 { grid-column: 1 / -1; font-size: 13px; margin: 4px 0 0; }
  h3 { font-size: 12px; margin: 0 0 4px; white-space: nowrap; }
  .number { font-size: 30px; text-align: center; line-height: 54px; }
  .u-legend { font-size: 11px; text-align: left; }
  .u-legend .u-value, .u-legend tr:first-child { display: none; }
  .u-inline.u-live th::after { content: ''; }
  .u-legend .u-marker { width: 8px; height: 3px; }
`

globalThis.drawDashboard = (title, panels) => {
  document.head.append(element('style', styles))
  const main = element('main', '')
  document.body.append(main)
  main.append(element('h1', title))
  for (const panel of panels) {
    if (panel.type === 'row') {
      main.append(element('h2', panel.title))
      continue
    }
    const section = element('section', '')
    section.style.gridColumn = `span ${panel.columns}`
    section.append(element('h3', panel.title))
    main.append(section)
    if (panel.type === 'stat') section.append(numberOf(panel))
    else drawCurves(section, panel)
  }
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

function numberOf({ lines, unit, steps }: DrawnPanel): HTMLElement {
  const value = lines[0]?.points.at(-1)?.[1] ?? Number.NaN
  const shown = element('div', inUnit(value, unit))
  shown.className = 'number'
  const reached = steps.filter((step) => (step.value ?? Number.NEGATIVE_INFINITY) <= value)
  shown.style.color = marks[reached.at(-1)?.color ?? ''] ?? ''
  return shown
}

function drawCurves(section: HTMLElement, { lines, unit, steps }: DrawnPanel): uPlot {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b)
  const values = lines.map(({ points }) => {
    const byTime = new Map(points)
    return times.map((at) => {
      const value = byTime.get(at) ?? Number.NaN
      return Number.isFinite(value) ? value : null
    })
  })
  const options: uPlot.Options = {
    width: section.clientWidth - 16,
    height: 150,
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, (high > 0 ? high : 1) * 1.1] } },
    axes: [
      { size: 26, font, grid, values: (_plot, ticks) => ticks.map(clockTime) },
      { size: 58, font, grid, values: (_plot, ticks) => ticks.map((tick) => inUnit(tick, unit)) },
    ],
    series: [
      {},
      ...lines.map(({ label }, index) => ({
        label,
        stroke: colours[index % colours.length] ?? '',
        width: 1.5,
        points: { show: false },
      })),
    ],
    hooks: { draw: [(plot) => drawLimits(plot, steps)] },
  }
  return new uPlot(options, [times, ...values], section)
}

/** As dashed lines, where they are within what is shown. */
function drawLimits({ ctx, bbox, scales, valToPos }: uPlot, steps: readonly Step[]): void {
  for (const { value, color } of steps) {
    if (value === null || value === undefined || value > (scales['y']?.max ?? 0)) continue
    const y = valToPos(value, 'y', true)
    ctx.save()
    ctx.strokeStyle = marks[color] ?? ''
    ctx.setLineDash([6, 4])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.restore()
  }
}

function clockTime(atSeconds: number): string {
  return new Date(atSeconds * 1_000).toISOString().slice(11, 19)
}

function inUnit(value: number, unit: string): string {
  const short = (number: number): string => String(Number(number.toPrecision(3)))
  switch (unit) {
    case 's':
      return value < 1 ? `${Math.round(value * 1_000)} ms` : `${short(value)} s`
    case 'percentunit':
      return `${short(value * 100)} %`
    case 'bytes':
      return `${Math.round(value / 1_048_576)} MiB`
    case 'reqps':
      return `${short(value)} req/s`
    case 'ops':
      return `${short(value)} /s`
    default:
      return short(value)
  }
}
