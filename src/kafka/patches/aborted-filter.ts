/**
 * Tells which batches of a fetch response belong to aborted transactions.
 * Invariant: every transaction begun up to a batch's end counts, however they interleave and in whatever order
 * the broker named them. The client's own filter takes up one transaction per record and ends it at any record
 * whose key is four zero bytes, so records of interleaved aborted transactions get through.
 */
export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

/** A batch as far as transactions go. */
interface TransactionalBatch {
  readonly producerId: string
  readonly inTransaction: boolean
  readonly isControlBatch: boolean
}

/** Call it once per batch, in offset order; true means that the batch's records must not be seen. */
export type AbortedFilter = (batch: TransactionalBatch, lastOffset: bigint, isAbortMarker: boolean) => boolean

export const createAbortedFilter = (aborted: readonly AbortedTransaction[]): AbortedFilter => {
  const begun = aborted
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0))
  const open = new Set<string>()
  let next = 0
  return (batch, lastOffset, isAbortMarker) => {
    for (let first = begun[next]; first && first.firstOffset <= lastOffset; first = begun[next]) {
      open.add(first.producerId)
      next += 1
    }
    if (isAbortMarker) open.delete(batch.producerId)
    return batch.inTransaction && !batch.isControlBatch && open.has(batch.producerId)
  }
}
