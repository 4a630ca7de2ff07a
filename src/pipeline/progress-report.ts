// How much is in hand and how far behind it is, told now and then.
import type { Observer } from '../ports.ts'
import type { DeliveringWorld } from './delivering.ts'
import type { PartitionPipeline } from './partition-pipeline.ts'

export function observeProgress(
  pipelines: readonly PartitionPipeline[],
  { budget: { deliveries, bytes, waiting } }: DeliveringWorld,
  observer: Observer,
): void {
  observer.observe({ kind: 'budget', deliveries, bytes, waiting })
  let records = 0n
  const parked = new Map<number, bigint>()
  for (const pipeline of pipelines) {
    const { delayMs } = pipeline
    if (delayMs === null) records += pipeline.lag()
    else parked.set(delayMs, (parked.get(delayMs) ?? 0n) + pipeline.lag())
  }
  observer.observe({ kind: 'lag', records })
  for (const [delayMs, each] of parked) observer.observe({ kind: 'parked_lag', delayMs, records: each })
}
