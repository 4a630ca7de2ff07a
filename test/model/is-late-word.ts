// An outcome of a failed attempt that is written by whoever drops the record which the attempt was made from, because the
// record that it led to came first: the attempt's own maker may have died before it told. It names a place that was
// read, and nobody who parks something has read what stands there.
import type { OutcomeWrite } from './facts.ts'
import { placeOf } from './topics.ts'

export function isLateWord({ outcome, process }: OutcomeWrite): boolean {
  const { result, parked } = outcome
  return result === 'retry_scheduled' && parked !== null && process.parkedRead.has(placeOf(parked))
}
