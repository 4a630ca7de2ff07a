// Counts on a real topic: what workers write is counted, a restart goes on where it was, and a file that is gone or
// damaged is built anew from the topic.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Kafka } from 'kafkajs'
import { startOutcomeCounts } from '../../src/console/outcomes/outcome-counts.ts'
import type { OutcomeCounts } from '../../src/console/outcomes/outcome-counts.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { createOutcomeSink } from '../../src/kafka/outcome-sink.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { readSchemaSubjects, registerSchemas } from '../../src/kafka/schema-subjects.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import type { OutcomeSink } from '../../src/ports.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { RecordingObserver } from '../fakes/recording-observer.ts'
import { madeTopics } from '../harness/made-topics.ts'
import { until } from '../harness/until.ts'
import { anOutcome } from '../unit/telemetry/an-outcome.ts'
import { clientOptions, createTopic, now, produce } from './compacted-topic.ts'

const access = { url: process.env['TEST_REGISTRY_URL'] ?? '', username: '', password: '' }
const schema = readSchema('webhook-outcome')
let folder = ''
let topic = ''
let observer = new RecordingObserver()
const schemas = new WriterSchemas(access, observer)
const closing: (() => Promise<unknown>)[] = []
const file = (): string => join(folder, 'counts.sqlite')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'counts-'))
  topic = await createTopic('counted', 2, {})
  await registerSchemas(
    access,
    await readSchemaSubjects({
      events: `${topic}-e`,
      webhooks: `${topic}-w`,
      states: `${topic}-s`,
      outcomes: topic,
      facts: `${topic}-f`,
      suspensions: `${topic}-sus`,
      notices: `${topic}-n`,
      retries: [],
    }),
  )
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  observer = new RecordingObserver()
})
afterAll(() => {
  schemas.stop()
  rmSync(folder, { recursive: true })
})

const openSink = async (): Promise<OutcomeSink> => {
  const kafka = createKafkaClient(clientOptions())
  const writer = new RecordWriter({ kafka, topic, lingerMs: 2, maxBatch: 500, observer })
  await writer.start()
  const schemaId = await registeredIdOf(access, topic, schema)
  const sink = createOutcomeSink({ writer, schema, schemaId, workerId: 'test' })
  closing.push(() => sink.stop())
  return sink
}
const outcome = (webhookId: string, delivery: number, more: Partial<Outcome> = {}): Outcome =>
  anOutcome({
    outcomeId: `${delivery}/0/final`,
    deliveryId: String(delivery) as Outcome['deliveryId'],
    webhookId: webhookId as Outcome['webhookId'],
    ...more,
  })
const failed = { result: 'failed', reason: 'http_status', statusCode: 500 } as const

/** Beside the counts: every record that was handed over, as `partition/offset`. */
const startCounts = async () => {
  const handed: string[] = []
  const counts = await startOutcomeCounts({
    file: file(),
    topic,
    retentionMs: 86_400_000,
    keeping: { retentionMs: 3_650 * 86_400_000, rows: 1_000_000 },
    openReader(from) {
      const reader = createTopicReader({ client: clientOptions(), topic, from, maxWaitMs: 50, now })
      const start: typeof reader.start = (sink) =>
        reader.start({
          started: (ends) => sink.started(ends),
          records(partition, records) {
            handed.push(...records.map(({ offset }) => `${partition}/${offset}`))
            return sink.records(partition, records)
          },
          position: (...told) => sink.position(...told),
          troubled: (error) => sink.troubled(error),
          reset: (...told) => sink.reset(...told),
        })
      return { ...reader, start }
    },
    schemas,
    observer,
    clock: systemClock,
  })
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= counts.stop())
  closing.push(stop)
  return { counts, handed, stop }
}
const untilCaughtUp = (counts: OutcomeCounts): Promise<void> =>
  until(() => counts.caughtUp, 'the counts to catch up')
const shown = (counts: OutcomeCounts): string[] =>
  Array.from(counts.of(['w1', 'w2', 'w3']), ([id, { delivered, failed }]) => `${id} ${delivered}/${failed}`)
const troubles = (): string[] => observer.of('trouble').map(({ error }) => error)

describe('counts from the topic', () => {
  it('appear as outcomes are written, repeats and what belongs to no webhook left out', async () => {
    const sink = await openSink()
    const { counts } = await startCounts()
    await untilCaughtUp(counts)
    expect(shown(counts)).toEqual(['w1 0/0', 'w2 0/0', 'w3 0/0'])
    const writes = Array.from({ length: 300 }, (_, index) =>
      sink.write(outcome(index % 3 === 0 ? 'w2' : 'w1', index, index % 10 === 0 ? failed : {})),
    )
    const repeats = Array.from({ length: 50 }, (_, index) => sink.write(outcome('w1', 3 * index + 1)))
    const whole = sink.write(anOutcome({ webhookId: null, result: 'rejected', reason: 'fanout_limit' }))
    await Promise.all([...writes, ...repeats, whole])
    await produce(topic, 0, [{ key: 'w1', value: 'no outcome' }])
    // Of 20 failed ones of w1, the repeats say that 10, 40, 70, 100 and 130 were delivered.
    const expected = ['w1 185/15', 'w2 90/10', 'w3 0/0']
    await until(
      () => shown(counts).join() === expected.join(),
      'the counts',
      15_000,
      () => shown(counts).join(),
    )
    await until(() => troubles().length > 0, 'the record that is no outcome to be noted')
    expect(troubles()).toEqual([expect.stringMatching(/^1 records are no outcomes, the first at 0\//)])
  })

  it('go on where they stopped', async () => {
    const { counts, handed } = await startCounts()
    expect(shown(counts)).toEqual(['w1 185/15', 'w2 90/10', 'w3 0/0'])
    await untilCaughtUp(counts)
    const sink = await openSink()
    await sink.write(outcome('w3', 1_000))
    await until(() => shown(counts)[2] === 'w3 1/0', 'the new outcome to be counted')
    // Of each partition the record that was counted last, and the new one.
    expect(handed.length).toBeGreaterThanOrEqual(2)
    expect(handed.length).toBeLessThanOrEqual(3)
    expect(handed.filter((place) => place.endsWith('/0'))).toEqual([])
    expect(troubles()).toEqual([])
  })

  it.each([
    ['gone', () => rmSync(file()), 0],
    ['garbage', () => writeFileSync(file(), Buffer.alloc(50_000, 'garbage')), 1],
  ])('are built anew where the file is %s', async (_, spoil, said) => {
    const before = await startCounts()
    await untilCaughtUp(before.counts)
    const counted = [...before.counts.of(['w1', 'w2', 'w3'])]
    expect(counted[0]?.[1].delivered).toBe(185)
    await before.stop()
    spoil()
    const { counts, handed } = await startCounts()
    await untilCaughtUp(counts)
    expect([...counts.of(['w1', 'w2', 'w3'])]).toEqual(counted)
    expect(handed).toHaveLength(353)
    expect(troubles().filter((text) => text.startsWith('counts are built anew'))).toHaveLength(said)
  })

  it('begin at zero when the topic was made anew while nobody looked', async () => {
    const admin = new Kafka(clientOptions()).admin()
    await admin.connect()
    closing.push(() => admin.disconnect())
    await admin.deleteTopics({ topics: [topic] })
    await until(async () => !(await admin.listTopics()).includes(topic), 'the topic to be gone')
    await madeTopics(admin, [{ topic, numPartitions: 2 }])
    const sink = await openSink()
    // More than there were, so that only the record itself can tell.
    await Promise.all(Array.from({ length: 800 }, (_, index) => sink.write(outcome(`k${index}`, index))))
    const { counts } = await startCounts()
    await until(() => counts.caughtUp && counts.of(['k7']).get('k7')?.delivered === 1, 'the new topic')
    expect(shown(counts)).toEqual(['w1 0/0', 'w2 0/0', 'w3 0/0'])
    expect(troubles()).toEqual([expect.stringContaining('the topic was made anew')])
  })
})
