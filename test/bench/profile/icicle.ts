// A flame graph that hangs: the outermost calls at the top, each as wide as the time within it.
import { escaped, svgDocument, svgText } from '../svg.ts'
import type { Frame, Stack } from './cpu-profile.ts'
import { originOf, origins, placeOf } from './origin.ts'
import type { Origin } from './origin.ts'

interface Branch {
  readonly frame: Frame | null
  microseconds: number
  readonly children: Map<string, Branch>
}

const width = 1_600
const rowHeight = 17
const top = 56
/** Of the whole width, in pixels: narrower than this, a frame is left out. */
const least = width * 0.003
const letterWidth = 6.3
const colours: Readonly<Record<Origin, string>> = {
  src: '#7fb069',
  undici: '#e6a157',
  kafkajs: '#6ea4d8',
  avsc: '#b58fd0',
  'other packages': '#c9c26b',
  node: '#c4c9cf',
  'garbage collector': '#dd7373',
}

export function icicleOf(stacks: readonly Stack[], title: string): string {
  const root = treeOf(stacks)
  const perPixel = root.microseconds / width
  const boxes: string[] = []
  let rows = 0
  const draw = (branch: Branch, x: number, row: number): void => {
    rows = Math.max(rows, row + 1)
    if (branch.frame)
      boxes.push(
        box(
          branch.frame,
          { x, row, width: branch.microseconds / perPixel },
          branch.microseconds / root.microseconds,
        ),
      )
    let at = x
    for (const child of [...branch.children.values()].sort(
      (one, other) => other.microseconds - one.microseconds,
    )) {
      const childWidth = child.microseconds / perPixel
      if (childWidth >= least) draw(child, at, branch.frame ? row + 1 : 0)
      at += childWidth
    }
  }
  draw(root, 0, 0)
  const legend = origins.map(
    (origin, index) =>
      `<rect x="${8 + index * 150}" y="32" width="12" height="12" fill="${colours[origin]}"/>` +
      svgText(26 + index * 150, 42, origin),
  )
  return svgDocument({ width, height: top + rows * rowHeight + 8, title }, [
    svgText(8, 20, title),
    ...legend,
    ...boxes,
  ])
}

function treeOf(stacks: readonly Stack[]): Branch {
  const root: Branch = { frame: null, microseconds: 0, children: new Map() }
  for (const { frames, microseconds } of stacks) {
    root.microseconds += microseconds
    let branch = root
    for (const frame of frames) {
      const key = `${frame.functionName} ${frame.url}:${frame.lineNumber}`
      let child = branch.children.get(key)
      if (child === undefined)
        branch.children.set(key, (child = { frame, microseconds: 0, children: new Map() }))
      child.microseconds += microseconds
      branch = child
    }
  }
  return root
}

function box(frame: Frame, at: { x: number; row: number; width: number }, share: number): string {
  const name = frame.functionName || '(anonymous)'
  const y = top + at.row * rowHeight
  const room = Math.floor((at.width - 6) / letterWidth)
  const shown = name.length <= room ? name : room > 2 ? `${name.slice(0, room - 1)}…` : ''
  const origin = originOf(frame)
  const rectangle = `<rect x="${at.x.toFixed(1)}" y="${y}" width="${at.width.toFixed(1)}" height="${rowHeight - 1}" fill="${colours[origin]}"/>`
  const hover = `${name} ${placeOf(frame)} — ${(share * 100).toFixed(1)} %`
  return `<g><title>${escaped(hover)}</title>${rectangle}${shown === '' ? '' : svgText(at.x + 3, y + 12, shown)}</g>`
}
