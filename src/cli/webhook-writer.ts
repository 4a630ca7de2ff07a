// Writes webhooks batch by batch, each acknowledged before the next begins: a large import holds one batch of records,
// and a person is told within half a minute that the brokers take nothing.
import { setTimeout as delay } from 'node:timers/promises'
import { clientConfigOf, createKafkaClient } from '../kafka/kafka-client.ts'
import { startWebhookPublisher } from '../kafka/publisher.ts'
import type { WebhookPublisher } from '../kafka/publisher.ts'
import type { Observer } from '../ports.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'

/** What one record is written with. */
export type Write = (publisher: WebhookPublisher) => Promise<void>

/** The brokers take nothing, or refuse a record; `written` came before it. */
class WriteFailed extends Error {
  readonly code: 'KAFKA_UNREACHABLE' | 'KAFKA_REFUSED'

  constructor(code: WriteFailed['code'], text: string, options: ErrorOptions) {
    super(text, options)
    this.code = code
  }
}

/** Four sends of the client's. */
const maxBatch = 2_000
const giveUpMs = 30_000

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
      await withinPatience(acknowledged, () => `no acknowledgement within ${giveUpMs / 1_000} s: ${trouble}`)
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

async function start(settings: Settings, observer: Observer): Promise<WebhookPublisher> {
  const publisher = startWebhookPublisher({
    kafka: createKafkaClient(clientConfigOf(readKafkaAccess(settings), () => () => {})),
    registry: settings.registry,
    topic: settings.topics.webhooks.name,
    observer,
  })
  try {
    return await withinPatience(publisher, () => `no answer within ${giveUpMs / 1_000} s`)
  } catch (error) {
    if (!(error instanceof Error) || !isOfSilence(error)) throw error
    const text = `Kafka at ${settings.kafka.brokers.join(', ')}: ${error.message}`
    throw new WriteFailed('KAFKA_UNREACHABLE', text, { cause: error })
  }
}

/** Of brokers that fell silent the client says which request timed out, or by a plain error "Broker not connected". */
function isOfSilence(error: Error): boolean {
  const timedOut = error.cause instanceof Error && error.cause.name === 'KafkaJSRequestTimeoutError'
  return timedOut || (error.name === 'Error' && !('code' in error))
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

/** The writer itself goes on for ever, and the client's tries add up to minutes. */
async function withinPatience<Value>(work: Promise<Value>, lateText: () => string): Promise<Value> {
  work.catch(() => {})
  const over = new AbortController()
  const late = delay(giveUpMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(lateText())
  })
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}
