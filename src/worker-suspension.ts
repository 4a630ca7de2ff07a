// What a worker does about receivers that are dead: follows what is held against webhooks, tells what it sees of those that
// fail, and judges them where the group has made it the one that does.
// Invariant: nothing of it holds up deliveries, but for reading at the start what is suspended.
import { randomUUID } from 'node:crypto'
import { createFactWriter } from './kafka/fact-writer.ts'
import type { clientConfigOf, createKafkaClient } from './kafka/kafka-client.ts'
import { RecordWriter } from './kafka/record-writer.ts'
import { untilRegisteredId } from './kafka/registered-schema.ts'
import { readSchema } from './kafka/schema-files.ts'
import { createFactSource, createSuspensionSource } from './kafka/suspension-sources.ts'
import { createTopicReader } from './kafka/topic-reader.ts'
import { createVerdictLedger } from './kafka/verdict-ledger.ts'
import type { WriterSchemas } from './kafka/writer-schemas.ts'
import type { SuspensionsStanding } from './domain/standing.ts'
import { FactTelling } from './pipeline/fact-telling.ts'
import { LiveSuspensions } from './pipeline/live-suspensions.ts'
import type { LiveTable } from './pipeline/live-table.ts'
import { SuspensionOwner } from './pipeline/suspension-owner.ts'
import type { Clock, Observer } from './ports.ts'
import { unlessAborted } from './runtime/unless-aborted.ts'
import type { Settings } from './settings/schema.ts'
import { judgeRulesOf, streakRulesOf } from './settings/suspension-settings.ts'
import { FailingStreaks } from './suspension/failing-streaks.ts'
import { Judge } from './suspension/judge.ts'

export interface SuspendingOptions {
  readonly settings: Settings
  readonly kafka: ReturnType<typeof createKafkaClient>
  /** As given to `new Kafka`. */
  readonly client: ReturnType<typeof clientConfigOf>
  readonly clock: Clock
  readonly observer: Observer
  readonly schemas: WriterSchemas
  readonly live: LiveTable
}

/** Observes what the core does: outcomes, and which partitions it is dealt. */
export interface Suspending extends Observer, Pick<LiveSuspensions, 'holds' | 'ready'> {
  standing(): SuspensionsStanding
  /** Opens what it writes to. `signal` aborted: the start is called off. */
  begin(warn: (text: string) => void, signal: AbortSignal): Promise<void>
  /** Resolves when all that stood in the topic is known. */
  hydrate(): Promise<void>
  stop(): Promise<void>
}

const nothingSuspended: Suspending = {
  ready: true,
  holds: () => false,
  observe() {},
  standing: () => ({ watched: 0, suspended: 0, judge: 'aside' }),
  begin: () => Promise.resolve(),
  hydrate: () => Promise.resolve(),
  stop: () => Promise.resolve(),
}

/** Nothing is read or written before it begins. */
export function createSuspending(options: SuspendingOptions): Suspending {
  return options.settings.suspension.enabled ? suspending(options) : nothingSuspended
}

function suspending(options: SuspendingOptions): Suspending {
  const { settings, kafka, client, clock, observer, schemas, live } = options
  const { registry, topics, group, worker } = settings
  const { reportEveryMs, probeEveryMs } = settings.suspension
  const suspensions = new LiveSuspensions(clock, probeEveryMs)
  const { table } = suspensions
  const readerOf = (topic: string) =>
    createTopicReader({
      client,
      topic,
      maxWaitMs: settings.kafka.maxWaitMs,
      now: () => clock.monotonicMs(),
    })
  const source = createSuspensionSource({ reader: readerOf(topics.suspensions.name), schemas, observer })
  const streaks = new FailingStreaks(streakRulesOf(settings), table)
  const telling = new FactTelling({ clock, streaks, table, everyMs: reportEveryMs })
  const judge = new Judge(judgeRulesOf(settings), table, (id) => live.table.find(id)?.config ?? null)
  const { lingerMs, maxBatch } = settings.outcomes
  const facts = new RecordWriter({ kafka, observer, lingerMs, maxBatch, topic: topics.facts.name })
  let owner: SuspensionOwner | null = null

  return {
    get ready() {
      return suspensions.ready
    },
    holds: (delivery, config) => suspensions.holds(delivery, config),
    observe(observation) {
      if (observation.kind === 'assigned') owner?.assigned(observation.partitions)
      else telling.observe(observation)
    },
    standing: () => ({
      watched: table.counts.watched,
      suspended: table.counts.suspended,
      judge: owner?.state ?? 'aside',
    }),
    async begin(warn, signal) {
      const patience = {
        withinMs: registry.startWithinMs,
        signal,
        troubled: (error: Error) => warn(`start waits for the registry: ${error.message}`),
      }
      const idOf = (topic: string, schema: Parameters<typeof readSchema>[0]): Promise<number> =>
        untilRegisteredId(registry, topic, readSchema(schema), patience)
      const factId = await idOf(topics.facts.name, 'webhook-fact')
      const suspensionId = await idOf(topics.suspensions.name, 'webhook-suspension')
      const noticeId = await idOf(topics.notices.name, 'webhook-notice')
      await unlessAborted(signal, facts.start())
      const teller = { processId: randomUUID(), workerId: worker.id }
      telling.begin(createFactWriter({ ...teller, writer: facts, schemaId: factId, clock }))
      owner = new SuspensionOwner({
        clock,
        observer,
        judge,
        ledger: createVerdictLedger({
          kafka,
          transactionalId: `${group.id}.suspensions`,
          suspensions: { topic: topics.suspensions.name, schemaId: suspensionId },
          notices: { topic: topics.notices.name, schemaId: noticeId },
        }),
        openFacts: () => createFactSource({ reader: readerOf(topics.facts.name), schemas, observer }),
        caughtUpAsOfMs: () => Math.min(live.caughtUpAsOfMs(), suspensions.caughtUpAsOfMs()),
        everyMs: reportEveryMs,
      })
      suspensions.onReset(() => owner?.readAgain())
    },
    hydrate: () => suspensions.hydrate(source),
    async stop() {
      telling.stop()
      await owner?.stop()
      await Promise.all([source.stop(), facts.stop()])
    },
  }
}
