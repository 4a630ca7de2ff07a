// Writes what is paused, and waits for the acknowledgement: a person is told within half a minute that it did not come.
import { clientConfigOf, createKafkaClient } from '../kafka/kafka-client.ts'
import { startStatePublisher } from '../kafka/publisher.ts'
import type { StatePublisher } from '../kafka/publisher.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { startedInTime, withinPatience, WriteFailed } from './write-patience.ts'

/** @throws WriteFailed; what says that Kafka or the registry cannot be reached */
export async function writeState(
  settings: Settings,
  write: (publisher: StatePublisher) => Promise<void>,
): Promise<void> {
  let trouble = 'none was heard'
  const topic = settings.topics.states.name
  const starting = startStatePublisher({
    kafka: createKafkaClient(clientConfigOf(readKafkaAccess(settings), () => () => {})),
    registry: settings.registry,
    topic,
    observer: {
      observe(observation) {
        if (observation.kind === 'trouble') trouble = observation.error
      },
    },
  })
  const publisher = await startedInTime(settings, starting)
  try {
    await withinPatience(write(publisher), () => trouble)
  } catch (error) {
    if (!(error instanceof Error) || 'code' in error) throw error
    throw new WriteFailed('KAFKA_REFUSED', `${topic}: ${error.message}`, { cause: error })
  } finally {
    await publisher.stop()
  }
}
