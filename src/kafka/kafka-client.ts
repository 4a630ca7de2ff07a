// Builds the Kafka client of this process: patched, with bounded waits, and speaking through our log.
import { Kafka, logLevel } from 'kafkajs'
import type { KafkaConfig, logCreator } from 'kafkajs'
import { applyClientPatches } from './client-patches.ts'

/** Names, addresses and secrets come from the settings; waits in milliseconds. */
export type ClientAccess = Pick<
  KafkaConfig,
  'brokers' | 'clientId' | 'ssl' | 'sasl' | 'connectionTimeout' | 'requestTimeout'
>

/** The client's own retries stay short: what must not give up (commits, writes, reading) repeats on our side. */
export function clientConfigOf(access: ClientAccess, log: logCreator): KafkaConfig {
  return {
    ...access,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: log,
  }
}

export function createKafkaClient(config: KafkaConfig): Kafka {
  applyClientPatches()
  return new Kafka(config)
}
