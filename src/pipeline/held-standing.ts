// What the partitions of a process hold that is not done, added up.
import type { HeldStanding, ParkedStanding } from '../domain/standing.ts'
import type { PartitionPipeline } from './partition-pipeline.ts'

interface Held {
  readonly partition: number
  readonly pipeline: PartitionPipeline
}

/** `nowMs`: epoch. */
export function heldStanding(held: Iterable<Held>, nowMs: number): HeldStanding {
  const partitions: number[] = []
  let records = 0
  let ageMs = 0
  const parked = new Map<number, ParkedStanding>()
  for (const { partition, pipeline } of held) {
    const { delayMs, backlog } = pipeline
    if (delayMs === null) {
      partitions.push(partition)
      records += Number(backlog.records)
      ageMs = Math.max(ageMs, backlog.ageMs(nowMs))
    } else {
      const others = parked.get(delayMs)
      parked.set(delayMs, {
        delayMs,
        records: (others?.records ?? 0) + Number(backlog.records),
        overdueMs: Math.max(others?.overdueMs ?? 0, backlog.overdueMs(nowMs)),
      })
    }
  }
  return {
    partitions: partitions.toSorted((one, other) => one - other),
    events: { records, ageMs },
    parked: [...parked.values()].toSorted((one, other) => one.delayMs - other.delayMs),
  }
}
