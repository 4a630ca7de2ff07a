// Draws what figures.json says: after every whole run, and by `npm run generate`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { readFigures } from './figures.ts'
import { speedChart } from './speed-chart.ts'

const folder = new URL('pictures/', import.meta.url)

export function drawPictures(): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('speed.svg', folder), speedChart(readFigures().speed))
}
