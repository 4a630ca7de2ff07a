// A record that waits to be written, and what may become of it: each is answered once, and what comes later says nothing.
import type { Message } from 'kafkajs'
import { RecordTooLarge, WriteGivenUp } from './write-faults.ts'

export interface Waiting {
  readonly message: Message
  /** Once aborted, the record is not sent any more. */
  readonly giveUp: AbortSignal | null
  readonly resolve: (offset: bigint) => void
  readonly reject: (error: Error) => void
  sent: 'never' | 'perhaps'
}

/** Answers the one that is not. */
export function isWanted({ giveUp, sent, reject }: Waiting): boolean {
  if (giveUp?.aborted !== true) return true
  reject(new WriteGivenUp(sent))
  return false
}

/** To those that were answered already it says nothing. */
export function rejectStopped(batch: readonly Waiting[]): void {
  for (const { reject } of batch) reject(stopped())
}

export function stopped(): Error {
  return new Error('the writer was stopped before the broker answered')
}

export function resolveAll(records: readonly Waiting[], firstOffset: bigint): void {
  for (const [index, { resolve }] of records.entries()) resolve(firstOffset + BigInt(index))
}

export function refuseAll(records: readonly Waiting[], cause: Error): void {
  for (const { reject } of records)
    reject(new RecordTooLarge('the broker refuses the record for its size', { cause }))
}
