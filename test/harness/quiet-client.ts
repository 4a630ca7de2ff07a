// The client's settings for whoever looks at a broker that is being broken: what goes wrong is not worth a line.
import type { KafkaConfig } from 'kafkajs'
import { clientConfigOf } from '../../src/kafka/kafka-client.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import type { Settings } from '../../src/settings/schema.ts'

export function quietClient(settings: Settings): KafkaConfig {
  return clientConfigOf(readKafkaAccess(settings), () => () => {})
}
