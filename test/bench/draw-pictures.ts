// The picture of what figures.json says: written after every whole run, and checked with what else is generated.
import { writeFileSync } from 'node:fs'
import { readFigures } from './figures.ts'
import { speedChart } from './speed-chart.ts'

export function renderSpeedChart(): string {
  return speedChart(readFigures().speed)
}

export function drawPictures(): void {
  writeFileSync(new URL('pictures/speed.svg', import.meta.url), renderSpeedChart())
}
