// A CPU profile as Node.js writes it (`--cpu-prof`), and the busy part of it as stacks with their times.

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** Ids of nodes, in the order of time. */
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: Frame
  readonly children?: readonly number[]
}

export interface Frame {
  /** Empty for an anonymous function; in parentheses for what is no function: `(garbage collector)`. */
  readonly functionName: string
  /** A file's URL, `node:…`, or empty for native code. */
  readonly url: string
  /** From 0; -1 where there is none. */
  readonly lineNumber: number
}

export interface Stack {
  /** The outermost first; never empty. */
  readonly frames: readonly Frame[]
  readonly microseconds: number
}

/** Start and warm-up, as a part of the profile's time. */
const leftOut = 0.25
/** A process that stood still was not computing: no sample counts more than so many usual ones. */
const mostIntervals = 10
const notFrames = new Set(['(root)', '(idle)'])

/** Without what was idle, and without the first quarter of the time. */
export function busyStacks({ nodes, samples, timeDeltas }: CpuProfile): readonly Stack[] {
  const usual = medianOf(timeDeltas)
  const times = timeDeltas.map((delta) => Math.min(Math.max(delta, 0), mostIntervals * usual))
  const total = sum(times)
  const byNode = new Map<number, number>()
  let passed = 0
  for (const [index, id] of samples.entries()) {
    const time = times[index] ?? 0
    passed += time
    if (passed > total * leftOut) byNode.set(id, (byNode.get(id) ?? 0) + time)
  }
  const framesOf = framesByNode(nodes)
  return [...byNode].flatMap(([id, microseconds]) => {
    const frames = framesOf(id)
    return frames.length === 0 ? [] : [{ frames, microseconds }]
  })
}

function framesByNode(nodes: readonly ProfileNode[]): (id: number) => readonly Frame[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  return (id) => {
    const frames: Frame[] = []
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame
      if (frame !== undefined && !notFrames.has(frame.functionName)) frames.unshift(frame)
    }
    return frames
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0)
}
