// Small profiles to read, as Node.js would write them.
import type { CpuProfile, Frame } from '../../bench/profile/cpu-profile.ts'

export const packages = 'file:///work/node_modules'
export const sources = 'file:///work/src'

export function frameOf(functionName: string, url = '', lineNumber = -1): Frame {
  return { functionName, url, lineNumber }
}

/** Root, idle, and `main` that calls `work`; ids 1 to 4. */
export function profileOf(samples: readonly number[], timeDeltas: readonly number[]): CpuProfile {
  return {
    nodes: [
      { id: 1, callFrame: frameOf('(root)'), children: [2, 3] },
      { id: 2, callFrame: frameOf('(idle)') },
      { id: 3, callFrame: frameOf('main', `${sources}/main.ts`, 0), children: [4] },
      { id: 4, callFrame: frameOf('render', `${sources}/render/render.ts`, 53) },
    ],
    samples,
    timeDeltas,
  }
}
