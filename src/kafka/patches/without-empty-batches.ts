/**
 * Drops what a fetch brought of partitions that have nothing new. A broker answers for every partition that it is asked
 * for, those of all retry topics among them; the plain client takes each through its queue of workers and a heartbeat,
 * ten promises for nothing: with a hundred partitions, a twentieth of all that a busy worker did.
 * Invariant: a batch whose records were all filtered away stays, or the position would stand still before it.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

interface FetchedBatch {
  /** All that were fetched, control records included. */
  readonly rawMessages: readonly unknown[]
}

interface FetchingGroup {
  fetch(nodeId: string): Promise<FetchedBatch[]>
}

const ConsumerGroup: { readonly prototype: FetchingGroup } = require('kafkajs/src/consumer/consumerGroup')

export const patchEmptyBatches = (): void => {
  const plainFetch = ConsumerGroup.prototype.fetch
  ConsumerGroup.prototype.fetch = async function fetch(this: FetchingGroup, nodeId: string) {
    const batches = await plainFetch.call(this, nodeId)
    return batches.filter(({ rawMessages }) => rawMessages.length > 0)
  }
}
