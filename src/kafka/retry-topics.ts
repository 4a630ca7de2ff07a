// The retry topics of a cluster: those that there should be, and those that there are.
import type { KafkaConfig } from 'kafkajs'
import { delayOfTopic, noDelayMs, retryTopicOf } from '../domain/retry-topic.ts'
import { withAdmin } from './admin-session.ts'

/** The topics that there should be, by their delay in milliseconds; `delaysMs`: those that wait. */
export function retryTopicsFor(prefix: string, delaysMs: readonly number[]): ReadonlyMap<string, number> {
  return new Map([noDelayMs, ...delaysMs].map((delayMs) => [retryTopicOf(prefix, delayMs), delayMs]))
}

/**
 * Every retry topic that there is, in the settings or not, by its delay in milliseconds: what was parked before the
 * settings changed has to come out again.
 * @throws KafkaRefused
 */
export async function findRetryTopics(
  kafka: KafkaConfig,
  prefix: string,
): Promise<ReadonlyMap<string, number>> {
  return retryTopicsAmong(await withAdmin(kafka, (admin) => admin.listTopics()), prefix)
}

export function retryTopicsAmong(topics: readonly string[], prefix: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const topic of [...topics].sort()) {
    const delayMs = delayOfTopic(prefix, topic)
    if (delayMs !== null) found.set(topic, delayMs)
  }
  return found
}
