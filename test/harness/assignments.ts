// What a worker process was dealt and when, by its own log.
import type { WorkerProcess } from './worker-process.ts'

export interface Assigned {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly partitions: readonly number[]
}

export function assignmentsOf(worker: WorkerProcess): readonly Assigned[] {
  return worker
    .output()
    .split('\n')
    .filter((line) => line.includes('"partitions assigned"'))
    .map((line) => {
      const { time, partitions } = JSON.parse(line) as { time: string; partitions: readonly number[] }
      return { atMs: Date.parse(time), partitions }
    })
}
