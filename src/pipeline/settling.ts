// Partitions come to rest before a rejoin or an end: they take nothing more, and what is in flight gets some time.
// Invariant: what is cut is parked, so that whoever has the partition next goes on where it was.
import type { Clock } from '../ports.ts'
import type { PartitionPipeline } from './partition-pipeline.ts'

export interface SettlingTimes {
  /** Milliseconds after which what has not ended is cut. */
  readonly timeoutMs: number
  /** Milliseconds after that for writing what became of it. */
  readonly writeMs: number
}

/**
 * Answers whether all is settled. `isWanted`: whether there still is anything to settle for when it comes to cutting; a
 * client that broke meanwhile may have joined anew.
 */
export async function settle(
  pipelines: readonly PartitionPipeline[],
  { timeoutMs, writeMs }: SettlingTimes,
  clock: Clock,
  isWanted: () => boolean,
): Promise<boolean> {
  for (const pipeline of pipelines) pipeline.halt()
  if (await idleWithin(pipelines, timeoutMs, clock)) return true
  if (!isWanted()) return false
  for (const pipeline of pipelines) pipeline.cut()
  return idleWithin(pipelines, writeMs, clock)
}

async function idleWithin(
  pipelines: readonly PartitionPipeline[],
  timeoutMs: number,
  clock: Clock,
): Promise<boolean> {
  const idle = Promise.all(pipelines.map((pipeline) => pipeline.idle()))
  const late = Promise.withResolvers<false>()
  const cancel = clock.after(timeoutMs, () => late.resolve(false))
  const settled = await Promise.race([idle.then(() => true), late.promise])
  cancel()
  return settled
}
