// Writes webhooks batch by batch, each acknowledged before the next begins: a large import holds one batch of records,
// and a person is told within half a minute that the brokers take nothing.
import { clientConfigOf, createKafkaClient } from '../kafka/kafka-client.ts'
import { startWebhookPublisher } from '../kafka/publisher.ts'
import type { WebhookPublisher } from '../kafka/publisher.ts'
import type { Observer } from '../ports.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { startedInTime, withinPatience, WriteFailed } from './write-patience.ts'

/** What one record is written with. */
export type Write = (publisher: WebhookPublisher) => Promise<void>

/** Four sends of the client's. */
const maxBatch = 2_000

/**
 * Resolves with the count when all are acknowledged. `onProgress` is told the count after each batch.
 * @throws WriteFailed with how many were written before; what says that Kafka or the registry cannot be reached
 */
export async function writeAll(
  settings: Settings,
  writes: Iterable<Write>,
  onProgress: (written: number) => void = () => {},
): Promise<number> {
  let trouble = 'no acknowledgement'
  const publisher = await start(settings, {
    observe(observation) {
      if (observation.kind === 'trouble') trouble = observation.error
    },
  })
  let written = 0
  try {
    for (const batch of batchesOf(writes)) {
      const acknowledged = Promise.all(batch.map((write) => write(publisher)))
      await withinPatience(acknowledged, () => trouble)
      written += batch.length
      onProgress(written)
    }
    return written
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WriteFailed(
      'KAFKA_REFUSED',
      `${settings.topics.webhooks.name}: ${reason}; acknowledged: the first ${written} records; of the next ${maxBatch} some may stand in the topic too`,
      { cause: error },
    )
  } finally {
    await publisher.stop()
  }
}

function start(settings: Settings, observer: Observer): Promise<WebhookPublisher> {
  const publisher = startWebhookPublisher({
    kafka: createKafkaClient(clientConfigOf(readKafkaAccess(settings), () => () => {})),
    registry: settings.registry,
    topic: settings.topics.webhooks.name,
    observer,
  })
  return startedInTime(settings, publisher)
}

function* batchesOf(writes: Iterable<Write>): Iterable<readonly Write[]> {
  let batch: Write[] = []
  for (const write of writes) {
    batch.push(write)
    if (batch.length < maxBatch) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
