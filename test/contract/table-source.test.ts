// Sources of webhooks: the compacted topic on the broker, and the fake that the pipeline's tests run on.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { RecordPosition } from '../../src/domain/record-position.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { createWebhookDecoder } from '../../src/kafka/codec.ts'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createTableSource } from '../../src/kafka/table-source.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import type { WebhookChange } from '../../src/domain/webhook-change.ts'
import type { TableSink, TableSource } from '../../src/ports.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { webhookConfig } from '../fakes/call-events.ts'
import { FakeTableSource } from '../fakes/fake-table-source.ts'
import { RecordingObserver } from '../fakes/recording-observer.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'

interface Subject {
  readonly source: TableSource
  put(config: WebhookConfigRecord): Promise<void>
  remove(webhookId: string): Promise<void>
  /** Publishes a value that is no webhook. */
  garble(webhookId: string): Promise<void>
  stop(): Promise<void>
}

async function realSubject(): Promise<Subject> {
  const rig = await startWorkerRig()
  const { settings, publisher } = rig
  const observer = new RecordingObserver()
  const client = clientConfigOf(readKafkaAccess(settings), () => () => {})
  const topic = settings.topics.webhooks.name
  const schemas = new WriterSchemas(settings.registry, observer)
  const source = createTableSource({
    topic,
    reader: createTopicReader({ client, topic, maxWaitMs: 50, now: () => performance.now() }),
    decoder: createWebhookDecoder(readSchema('webhook-config'), schemas),
    observer,
  })
  const writer = new RecordWriter({
    kafka: createKafkaClient(client),
    topic,
    lingerMs: 0,
    maxBatch: 1,
    observer,
  })
  await writer.start()
  return {
    source,
    put: (config) => publisher.webhook(config),
    remove: (webhookId) => publisher.deleteWebhook(webhookId),
    garble: (webhookId) => writer.write({ key: Buffer.from(webhookId), value: Buffer.from('noise') }),
    async stop() {
      await source.stop()
      await writer.stop()
      schemas.stop()
      await rig.stop()
    },
  }
}

async function now(act: () => void): Promise<void> {
  act()
  await Promise.resolve()
}

function fakeSubject(): Promise<Subject> {
  const source = new FakeTableSource(new VirtualClock())
  return Promise.resolve({
    source,
    put: (config) => now(() => source.put(config)),
    remove: (webhookId) => now(() => source.remove(webhookId)),
    garble: (webhookId) => now(() => source.garble(webhookId)),
    stop: () => source.stop(),
  })
}

/** Writes down what it is told, each position only where it is news. */
class RecordingSink implements TableSink {
  readonly told: string[] = []
  readonly changes: WebhookChange[] = []
  readonly askedAtMs: number[] = []
  caughtUpTo = -1n

  started(ends: ReadonlyMap<number, bigint>): void {
    this.told.push(`ends ${[...ends].map(([partition, end]) => `${partition}:${end}`).join()}`)
  }

  change({ partition, offset }: RecordPosition, change: WebhookChange): void {
    this.changes.push(change)
    this.told.push(`${change.kind} ${change.webhookId} at ${partition}:${offset}`)
  }

  position(partition: number, nextOffset: bigint, endOffset: bigint, askedAtMs: number): void {
    this.askedAtMs.push(askedAtMs)
    if (nextOffset < endOffset || nextOffset === this.caughtUpTo) return
    this.caughtUpTo = nextOffset
    this.told.push(`read to ${partition}:${nextOffset}`)
  }

  reset(): void {
    this.told.push('reset')
  }

  until(nextOffset: bigint): Promise<void> {
    return until(
      () => this.caughtUpTo >= nextOffset,
      `position ${nextOffset}`,
      15_000,
      () => this.told.join('; '),
    )
  }
}

describe.each([
  ['kafkajs', realSubject],
  ['the fake', fakeSubject],
])('a table source by %s', (_name, subjectOf) => {
  let subject: Subject | undefined
  afterEach(() => subject?.stop())

  it('tells the ends first, then all changes in order, then that it has read to the end', async () => {
    subject = await subjectOf()
    await subject.put(webhookConfig('a'))
    await subject.put(webhookConfig('b', { path: '/of-b' }))
    const sink = new RecordingSink()
    await subject.source.start(sink)
    await sink.until(2n)
    expect(sink.told).toEqual(['ends 0:2', 'upsert a at 0:0', 'upsert b at 0:1', 'read to 0:2'])
    expect(sink.changes[1]).toMatchObject({ kind: 'upsert', config: { webhook_id: 'b', path: '/of-b' } })
  })

  it('tells of an empty topic that it has been read', async () => {
    subject = await subjectOf()
    const sink = new RecordingSink()
    await subject.source.start(sink)
    await sink.until(0n)
    expect(sink.told).toEqual(['ends 0:0', 'read to 0:0'])
  })

  it('tells what changes later: a new version, a value that is none, a deletion', async () => {
    subject = await subjectOf()
    const sink = new RecordingSink()
    await subject.source.start(sink)
    await sink.until(0n)
    await subject.put(webhookConfig('a'))
    await sink.until(1n)
    await subject.garble('a')
    await sink.until(2n)
    await subject.remove('a')
    await sink.until(3n)
    expect(sink.told.filter((line) => !line.startsWith('read'))).toEqual([
      'ends 0:0',
      'upsert a at 0:0',
      'undecodable a at 0:1',
      'tombstone a at 0:2',
    ])
    expect(sink.askedAtMs).toEqual([...sink.askedAtMs].sort((one, other) => one - other))
  })

  it('tells nothing once it was stopped', async () => {
    subject = await subjectOf()
    const sink = new RecordingSink()
    await subject.source.start(sink)
    await sink.until(0n)
    await subject.source.stop()
    const toldBefore = [...sink.told]
    await subject.put(webhookConfig('a'))
    expect(sink.told).toEqual(toldBefore)
  })
})
