// The composition root of the config service: its view of the topic, its writer, the counts, the server.
// Order at start: what can be refused without asking anybody comes first, then the server (so that a start that hangs
// can be seen), then Kafka; at stop the reverse: no new request, then what they rest on.
import type { AddressInfo } from 'node:net'
import { createWebhookDecoder } from '../kafka/codec.ts'
import { createHttpSender } from '../http/http-sender.ts'
import { clientConfigOf, createKafkaClient } from '../kafka/kafka-client.ts'
import { RecordWriter } from '../kafka/record-writer.ts'
import { untilRegisteredId } from '../kafka/registered-schema.ts'
import { readSchema } from '../kafka/schema-files.ts'
import { createTopicReader } from '../kafka/topic-reader.ts'
import { createValueEncoder } from '../kafka/value-encoder.ts'
import { WriterSchemas } from '../kafka/writer-schemas.ts'
import type { Observer } from '../ports.ts'
import { systemClock } from '../runtime/clock.ts'
import { systemNonce } from '../runtime/random.ts'
import { unlessAborted } from '../runtime/unless-aborted.ts'
import { sealedRecord, sealerOf, unsealBy } from '../secrets/sealing.ts'
import { deliverySettingsOf, webhookRulesOf } from '../settings/delivery-settings.ts'
import { readHttpAccess } from '../settings/http-access.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import { openKeyring } from '../settings/keyring.ts'
import type { Settings } from '../settings/schema.ts'
import { version } from '../settings/version.ts'
import { kafkaLogCreator } from '../telemetry/kafka-log.ts'
import { createLog } from '../telemetry/log.ts'
import { observers } from '../telemetry/observers.ts'
import { preparePageAssets } from './assets.ts'
import type { PageAssets } from './assets.ts'
import { createAuthentication } from './authentication.ts'
import { ConsoleRefused } from './console-refused.ts'
import { openDeliveries, openReplays } from './open-deliveries.ts'
import { previewOf } from './preview.ts'
import { buildServer } from './server.ts'
import { answerOfTest } from './test-request.ts'
import { WebhookLog } from './webhook-log.ts'
import { WebhookStore } from './webhook-store.ts'

export interface RunningConsole {
  /** For example `http://127.0.0.1:8070`. */
  readonly address: string
  /** Resolves when the topic of webhooks was read to the end that it had at start. */
  readonly ready: Promise<void>
  /** Within seconds, whatever is under way. */
  stop(): Promise<void>
}

export interface ConsoleOptions {
  readonly signal?: AbortSignal
  /** See what the log sees. */
  readonly observers?: readonly Observer[]
  /** Prepared before: by tests, which start many. */
  readonly assets?: PageAssets
}

/** Longer than a broker's restart takes to be noticed, shorter than a person waits. */
const writeWithinMs = 8_000
/** A save is answered only when it was read back: what a fetch waits for others is what a client waits. */
const readerWaitMs = 500
const maxConnections = 1_000

/**
 * @throws ConsoleRefused where the settings are not safe or nothing can be served there; what says that Kafka, a topic
 * or the registry is not there; the signal's reason
 */
export async function startConsole(
  settings: Settings,
  options: ConsoleOptions = {},
): Promise<RunningConsole> {
  const { signal = new AbortController().signal } = options
  const clock = systemClock
  const log = createLog({ level: settings.log.level, workerId: settings.worker.id, clock })
  const observer = observers(log, ...(options.observers ?? []))
  const authentication = createAuthentication(settings.console)
  const keyring = openKeyring(settings, {
    troubled: (error) => observer.observe({ kind: 'trouble', where: 'keyring', error }),
  })
  const clientConfig = clientConfigOf(readKafkaAccess(settings), kafkaLogCreator(log))
  const schemas = new WriterSchemas(settings.registry, observer)
  const closing: (() => Promise<unknown> | void)[] = [() => log.stop()]
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  const step = <Value>(work: Promise<Value>): Promise<Value> => unlessAborted(signal, work)
  try {
    const assets = options.assets ?? (await step(preparePageAssets()))
    closing.push(() => schemas.stop())
    const sender = createHttpSender(readHttpAccess(settings), clock)
    closing.push(() => sender.stop())
    const deliveries = await step(openDeliveries(settings, { clientConfig, schemas, observer, clock }))
    closing.push(() => deliveries.stop())
    const schema = readSchema('webhook-config')
    const topic = settings.topics.webhooks.name
    const webhooks = new WebhookLog({
      reader: createTopicReader({
        client: clientConfig,
        topic,
        maxWaitMs: readerWaitMs,
        maxBytesPerPartition: settings.kafka.maxBytesPerPartition,
        now: () => clock.monotonicMs(),
      }),
      decoder: createWebhookDecoder(schema, schemas),
      observer,
    })
    const kafka = createKafkaClient(clientConfig)
    const writer = new RecordWriter({ kafka, observer, topic, lingerMs: 0, maxBatch: 100 })
    const encoder = { encode: (_value: object): Buffer => Buffer.alloc(0) }
    const store = new WebhookStore({
      log: webhooks,
      writer,
      encode: (webhook) => encoder.encode(sealedRecord(webhook, sealerOf(keyring, systemNonce))),
      clock,
      observer,
      writeWithinMs,
    })
    const delivery = deliverySettingsOf(settings)
    const rules = webhookRulesOf(settings, unsealBy(keyring))
    const replays = openReplays(settings, { index: webhooks.index, rules, observer, clock })
    closing.push(() => replays.stop())
    const server = await buildServer({
      ...deliveries,
      store,
      replays,
      rules,
      clock,
      authentication,
      assets,
      preview: (webhook) => previewOf(webhook, delivery, clock),
      test: (webhook, type) => answerOfTest(webhook, type, { sender, settings: delivery, clock }),
      requestsPerMinute: settings.console.requestsPerMinute,
      testsPerMinute: settings.console.testsPerMinute,
      version,
      log,
    })
    server.server.maxConnections = maxConnections
    closing.push(() => server.close())
    const address = await listen(server, settings.console)
    const { hostname: host, port } = new URL(address)
    sender.keepFrom({ host, port: Number(port), publicAddresses: 'its_own' })
    const schemaId = await untilRegisteredId(settings.registry, topic, schema, {
      withinMs: settings.registry.startWithinMs,
      signal,
      troubled: (error) => log.warn(`start waits for the registry: ${error.message}`),
    })
    encoder.encode = createValueEncoder(schema, schemaId)
    closing.push(() => writer.stop())
    await step(writer.start())
    closing.push(() => webhooks.stop())
    await step(webhooks.start())
    const ready = webhooks.untilCompleteAsOf(Number.NEGATIVE_INFINITY)
    ready.catch(() => {})
    return { address, ready, stop: close }
  } catch (error) {
    const late = Promise.withResolvers<void>()
    const cancel = clock.after(takeBackMs, late.resolve)
    await Promise.race([close().catch(() => {}), late.promise])
    cancel()
    throw error
  }
}

/** For taking back a start that failed or was called off: brokers that are away answer no farewell. */
const takeBackMs = 3_000

/** Runs until it is interrupted, also while it starts. `told` gets the address. @throws as `startConsole`. */
export async function runConsole(
  settings: Settings,
  interrupted: Promise<void>,
  told: (address: string) => void,
): Promise<void> {
  const calledOff = new AbortController()
  void interrupted.then(() => calledOff.abort())
  let running: RunningConsole
  try {
    running = await startConsole(settings, { signal: calledOff.signal })
  } catch (error) {
    if (calledOff.signal.aborted) return
    throw error
  }
  told(running.address)
  await interrupted
  await running.stop()
}

async function listen(
  server: Awaited<ReturnType<typeof buildServer>>,
  { host, port }: Settings['console'],
): Promise<string> {
  try {
    await server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port })
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown }
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${String(code)})`
    throw new ConsoleRefused(
      `${host}:${port} ${why}; see console.host (CONSOLE_HOST) and console.port (CONSOLE_PORT; 0: a free one)`,
      { cause: error },
    )
  }
  const bound = server.server.address() as AddressInfo
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
}
