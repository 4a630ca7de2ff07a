// Verdicts on their way to the topic of suspensions, each with the notice that tells of it: both or neither.
import type { Kafka } from 'kafkajs'
import type { VerdictLedger } from '../ports.ts'
import { partitionOfKey } from './key-partition.ts'
import { partitionCountOf } from './partition-count.ts'
import { readSchema } from './schema-files.ts'
import { noticeRecordOf, suspensionRecordOf } from './suspension-record.ts'
import { openTransactions } from './transactions.ts'
import { createValueEncoder } from './value-encoder.ts'

export interface VerdictLedgerOptions {
  readonly kafka: Kafka
  /** The same for all workers of a group. */
  readonly transactionalId: string
  readonly suspensions: { readonly topic: string; readonly schemaId: number }
  readonly notices: { readonly topic: string; readonly schemaId: number }
}

export function createVerdictLedger(options: VerdictLedgerOptions): VerdictLedger {
  const { kafka, transactionalId, suspensions, notices } = options
  const suspensionBytes = createValueEncoder(readSchema('webhook-suspension'), suspensions.schemaId)
  const noticeBytes = createValueEncoder(readSchema('webhook-notice'), notices.schemaId)
  return {
    async open() {
      const partitions = await partitionCountOf(kafka, notices.topic)
      const transactions = await openTransactions(kafka, transactionalId)
      return {
        write(verdicts) {
          const ofSuspensions = verdicts.map(({ webhookId, suspension }) => ({
            key: Buffer.from(webhookId),
            value: suspension === null ? null : suspensionBytes(suspensionRecordOf(suspension)),
            partition: 0,
          }))
          const ofNotices = verdicts.flatMap(({ notice }) => {
            if (notice === null) return []
            const key = Buffer.from(notice.of.accountId)
            const partition = partitionOfKey(key, partitions)
            return [{ key, value: noticeBytes(noticeRecordOf(notice)), partition }]
          })
          const all = [
            { topic: suspensions.topic, messages: ofSuspensions },
            { topic: notices.topic, messages: ofNotices },
          ]
          return transactions.write(all.filter(({ messages }) => messages.length > 0))
        },
        close: () => transactions.close(),
      }
    },
  }
}
