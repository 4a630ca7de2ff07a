import { createRequire } from 'node:module'
import { afterEach, expect, it } from '@jest/globals'
import { patchEmptyBatches } from '../../../src/kafka/patches/without-empty-batches.ts'

const require = createRequire(import.meta.url)
const ConsumerGroup = require('kafkajs/src/consumer/consumerGroup')
const Batch = require('kafkajs/src/consumer/batch')
const plainFetch = ConsumerGroup.prototype.fetch

afterEach(() => {
  ConsumerGroup.prototype.fetch = plainFetch
})

const fetched = (partition: number, messages: readonly object[]) =>
  new Batch('calls', '7', { partition, highWatermark: '9', abortedTransactions: [], messages })

it('of a fetch are dropped where nothing came, and kept where all that came is filtered away', async () => {
  const message = { offset: '7', isControlRecord: false }
  const marker = { offset: '8', isControlRecord: true }
  const before = { offset: '6', isControlRecord: false }
  const batches = [fetched(0, []), fetched(1, [message]), fetched(2, [marker]), fetched(3, [before])]
  ConsumerGroup.prototype.fetch = () => Promise.resolve(batches)
  patchEmptyBatches()
  const kept = await ConsumerGroup.prototype.fetch('1')
  expect(kept.map(({ partition }: { partition: number }) => partition)).toEqual([1, 2, 3])
})
