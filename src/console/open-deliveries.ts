// What the console knows of deliveries, composed: counts and log from the topic of outcomes, suspensions, live updates, and
// sending again.
import { ValueDecoder } from '../kafka/codec.ts'
import type { clientConfigOf } from '../kafka/kafka-client.ts'
import { readSchema } from '../kafka/schema-files.ts'
import { createTopicReader } from '../kafka/topic-reader.ts'
import type { WriterSchemas } from '../kafka/writer-schemas.ts'
import type { WebhookSuspensionRecord } from '../domain/records.ts'
import type { WebhookRules } from '../domain/webhook-rules.ts'
import { validateWebhook } from '../domain/webhook-validation.ts'
import type { Clock, Observer } from '../ports.ts'
import { openReplaySession } from '../replay-session.ts'
import { systemRandom } from '../runtime/random.ts'
import type { Settings } from '../settings/schema.ts'
import { EventStreams } from './event-streams.ts'
import { startOutcomeCounts } from './outcomes/outcome-counts.ts'
import type { OutcomeCounts } from './outcomes/outcome-counts.ts'
import { Replays } from './replays/replays.ts'
import { SuspensionView } from './suspension-view.ts'
import type { WebhookIndex } from './webhook-index.ts'

export interface DeliveriesMeans {
  readonly clientConfig: ReturnType<typeof clientConfigOf>
  readonly schemas: WriterSchemas
  readonly observer: Observer
  readonly clock: Clock
}

export interface Deliveries {
  readonly counts: OutcomeCounts
  readonly suspensions: SuspensionView
  readonly streams: EventStreams
  stop(): Promise<void>
}

/** Small answers: the client decodes one without a pause, while others wait to be served, and holds all of it. */
const fetching = { maxBytesPerPartition: 131_072, maxBytes: 524_288 }
/** A page has one open; people have few. In all: connections are bounded too. */
const streamsOfAccount = 10
const streamsInAll = 200

/** @throws StoreFileRefused where no file can be opened or made */
export async function openDeliveries(settings: Settings, means: DeliveriesMeans): Promise<Deliveries> {
  const { clientConfig: client, schemas, observer, clock } = means
  const { outcomes, suspensions: suspended } = settings.topics
  const now = (): number => clock.monotonicMs()
  const { maxWaitMs } = settings.kafka
  const streams = new EventStreams({ clock, perAccount: streamsOfAccount, inAll: streamsInAll })
  const suspensions = new SuspensionView({
    openReader: () => createTopicReader({ client, topic: suspended.name, maxWaitMs, now }),
    decoder: new ValueDecoder<WebhookSuspensionRecord>(readSchema('webhook-suspension'), schemas),
    observer,
    clock,
  })
  const counts = await startOutcomeCounts({
    file: settings.console.storeFile,
    topic: outcomes.name,
    retentionMs: outcomes.retentionMs,
    keeping: { retentionMs: settings.console.logRetentionMs, rows: settings.console.logRows },
    openReader: (from) =>
      createTopicReader({ client, topic: outcomes.name, from, maxWaitMs, ...fetching, now }),
    schemas,
    observer,
    clock,
  })
  counts.follow((logged) => streams.stored(logged))
  suspensions.follow((accountId, webhookId) => streams.healthChanged(accountId, webhookId))
  suspensions.start()
  return {
    counts,
    suspensions,
    streams,
    async stop() {
      streams.stop()
      await suspensions.stop()
      await counts.stop()
    },
  }
}

export interface ReplaysMeans {
  readonly index: Pick<WebhookIndex, 'newest'>
  readonly rules: WebhookRules
  readonly observer: Observer
  readonly clock: Clock
}

export function openReplays(settings: Settings, { index, rules, observer, clock }: ReplaysMeans): Replays {
  return new Replays({
    open: (request) => openReplaySession({ ...request, settings, clock }),
    horizonOf(webhookId) {
      const stored = index.newest(webhookId)
      const validation = stored === null ? null : validateWebhook(stored.config, rules)
      return validation?.kind === 'valid' ? validation.webhook.retryHorizonMs : null
    },
    perSecond: settings.console.replayPerSecond,
    clock,
    random: systemRandom,
    troubled(error) {
      const text = error instanceof Error ? error.message : String(error)
      observer.observe({ kind: 'trouble', where: 'replays', error: text })
    },
  })
}
