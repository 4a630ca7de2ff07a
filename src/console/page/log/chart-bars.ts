// Where the bars of a chart stand: what failed at the foot, so that it is seen, what was delivered above it.
// Invariant: nothing that is not zero is too low to be seen.
import type { Counted } from './log-wire.ts'

export interface Bar extends Frame {
  readonly kind: 'delivered' | 'failed'
  readonly x: number
  readonly y: number
}

export interface Frame {
  readonly width: number
  readonly height: number
}

/** Part of its place that a bar takes. */
const filled = 0.72
const leastHeight = 1.5

export function chartBars(hours: readonly Counted[], { width, height }: Frame): readonly Bar[] {
  const most = Math.max(1, ...hours.map(({ delivered, failed }) => delivered + failed))
  const place = width / Math.max(1, hours.length)
  const heightOf = (count: number): number =>
    count === 0 ? 0 : Math.max(leastHeight, ((height - 2 * leastHeight) * count) / most)
  return hours.flatMap(({ delivered, failed }, index) => {
    const x = round(index * place + (place * (1 - filled)) / 2)
    const foot = heightOf(failed)
    const top = heightOf(delivered)
    const bars: readonly Bar[] = [
      { kind: 'failed', x, y: round(height - foot), width: round(place * filled), height: round(foot) },
      {
        kind: 'delivered',
        x,
        y: round(height - foot - top),
        width: round(place * filled),
        height: round(top),
      },
    ]
    return bars.filter((bar) => bar.height > 0)
  })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
