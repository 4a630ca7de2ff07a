// A producer that writes in transactions under one id, which at most one process has open at a time.
// Invariants: who opens it ends what another had begun and shuts it out, whether that other crashed, stands still or does
// the same; so what the topics hold after that is all that was ever written, and nothing can be added behind one's back. A
// transaction is seen as a whole or not at all.
import { Partitioners } from 'kafkajs'
import type { Kafka, Producer, TopicMessages } from 'kafkajs'
import type { TransactionEnd } from '../domain/transaction-end.ts'

export interface Transactions {
  /** One after the other, with the partition of each record; after any answer but `written` it is of no use. */
  write(batch: readonly TopicMessages[]): Promise<TransactionEnd>
  /** Resolves within about a second. */
  close(): Promise<void>
}

/**
 * How long a transaction of a process that died may hold back what was written behind it; a broker looks every ten
 * seconds for such. Less would shut out a process that the machine only slows down.
 */
const transactionTimeoutMs = 10_000
const closeWithinMs = 1_000

/** @throws when no broker answers. */
export async function openTransactions(kafka: Kafka, transactionalId: string): Promise<Transactions> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionalId,
    transactionTimeout: transactionTimeoutMs,
    // The brokers need some milliseconds to end the transaction before; until then they refuse the next.
    retry: { initialRetryTime: 20, maxRetryTime: 1_000, retries: 10 },
  })
  try {
    await producer.connect()
    // The client shuts others out only when the first transaction begins; an empty one is nothing to the brokers.
    await (await producer.transaction()).commit()
  } catch (error) {
    await close(producer)
    throw error
  }
  return {
    async write(batch) {
      try {
        const transaction = await producer.transaction()
        const answers = await transaction.sendBatch({ acks: -1, topicMessages: [...batch] })
        const expected = new Set(
          batch.flatMap(({ topic, messages }) => messages.map(({ partition }) => `${topic}/${partition}`)),
        )
        for (const { topicName, partition, errorCode } of answers)
          if (errorCode === 0) expected.delete(`${topicName}/${partition}`)
        // The client forgets the part of a send whose leader moved.
        if (expected.size > 0) return { kind: 'in_doubt', error: 'a partition was not acknowledged' }
        await transaction.commit()
        return { kind: 'written' }
      } catch (error) {
        return isOfAnother(error) ? { kind: 'shut_out' } : { kind: 'in_doubt', error: textOf(error) }
      }
    },
    close: () => close(producer),
  }
}

/** The client's own disconnect waits for answers that may never come. */
async function close(producer: Producer): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, closeWithinMs)
  await Promise.race([producer.disconnect().catch(() => {}), over.promise])
  clearTimeout(timer)
}

function isOfAnother(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const type = 'type' in error ? error.type : undefined
  if (type === 'INVALID_PRODUCER_EPOCH' || type === 'PRODUCER_FENCED') return true
  return error.cause instanceof Error && isOfAnother(error.cause)
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
