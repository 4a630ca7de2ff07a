// Where outcomes and dead letters go: topics on the broker, and the fakes that the pipeline's tests run on.
// A write that has resolved can be read; one that was not acknowledged when the sink stopped is rejected.
import { afterEach, describe, expect, it } from '@jest/globals'
import { clientConfigOf, createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { createDeadLetterSink } from '../../src/kafka/dead-letter-sink.ts'
import { createOutcomeSink } from '../../src/kafka/outcome-sink.ts'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { registeredIdOf } from '../../src/kafka/registered-schema.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { createTopicReader } from '../../src/kafka/topic-reader.ts'
import type { DeadLetter, DeadLetterSink, OutcomeSink } from '../../src/ports.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { FakeDeadLetterSink } from '../fakes/fake-dead-letter-sink.ts'
import { FakeOutcomeSink } from '../fakes/fake-outcome-sink.ts'
import { RecordingObserver } from '../fakes/recording-observer.ts'
import { until } from '../harness/until.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import { anOutcome } from '../unit/telemetry/an-outcome.ts'

interface Subject<Sink> {
  readonly sink: Sink
  /** A sink to the same topic whose records are not acknowledged before it stops. */
  deafSink(): Promise<Sink>
  /** Until a reader of the topic finds exactly these, sorted. */
  untilReadable(lines: readonly string[]): Promise<void>
  stop(): Promise<void>
}

async function realRig(topicOf: 'outcomes' | 'deadLetters') {
  const rig = await startWorkerRig()
  const observer = new RecordingObserver()
  const client = clientConfigOf(readKafkaAccess(rig.settings), () => () => {})
  const topic = rig.settings.topics[topicOf].name
  const writers: RecordWriter[] = []
  const startWriter = async (lingerMs: number): Promise<RecordWriter> => {
    const kafka = createKafkaClient(client)
    const writer = new RecordWriter({ kafka, topic, lingerMs, maxBatch: 100, observer })
    writers.push(writer)
    await writer.start()
    return writer
  }
  return { rig, client, topic, startWriter, writers }
}

/** Waits so long before it sends that it is stopped before. */
const longLingerMs = 60_000

async function realOutcomes(): Promise<Subject<OutcomeSink>> {
  const { rig, topic, startWriter, writers } = await realRig('outcomes')
  const schema = readSchema('webhook-outcome')
  const schemaId = await registeredIdOf(rig.settings.registry, topic, schema)
  const sinkTo = (writer: RecordWriter): OutcomeSink =>
    createOutcomeSink({ writer, schema, schemaId, workerId: 'test' })
  const readable = (): string[] =>
    rig.outcomes.map((one) => `${one.outcome_id} ${one.result} ${one.webhook_id}`).sort()
  return {
    sink: sinkTo(await startWriter(0)),
    deafSink: async () => sinkTo(await startWriter(longLingerMs)),
    untilReadable: (lines) => untilEqual(readable, lines),
    async stop() {
      for (const writer of writers) await writer.stop()
      await rig.stop()
    },
  }
}

function fakeOutcomes(): Promise<Subject<OutcomeSink>> {
  const sink = new FakeOutcomeSink()
  const readable = (): string[] =>
    sink.written.map((one) => `${one.outcomeId} ${one.result} ${one.webhookId}`).sort()
  return Promise.resolve({
    sink,
    deafSink() {
      const deaf = new FakeOutcomeSink()
      deaf.hold()
      return Promise.resolve(deaf)
    },
    untilReadable: (lines) => untilEqual(readable, lines),
    stop: () => sink.stop(),
  })
}

describe.each([
  ['on the broker', realOutcomes],
  ['by the fake', fakeOutcomes],
])('an outcome sink %s', (_name, subjectOf) => {
  let subject: Subject<OutcomeSink> | undefined
  afterEach(() => subject?.stop())

  it('has written what it acknowledged, whatever its webhook', async () => {
    subject = await subjectOf()
    const { sink } = subject
    await Promise.all([
      sink.write(anOutcome()),
      sink.write(
        anOutcome({ outcomeId: 'd1/0/a1', final: false, result: 'retry_scheduled', reason: 'reset' }),
      ),
      sink.write(
        anOutcome({ outcomeId: 'd2/0/final', result: 'rejected', reason: 'fanout_limit', webhookId: null }),
      ),
    ])
    await subject.untilReadable([
      'd1/0/a1 retry_scheduled w1',
      'd1/0/final delivered w1',
      'd2/0/final rejected null',
    ])
  })

  it('rejects what was not acknowledged when it stopped, and what comes later', async () => {
    subject = await subjectOf()
    const deaf = await subject.deafSink()
    const waiting = deaf.write(anOutcome())
    const [rejected] = await Promise.all([expect(waiting).rejects.toThrow(/stopped/), deaf.stop()])
    expect(rejected).toBeUndefined()
    await expect(deaf.write(anOutcome())).rejects.toThrow(/stopped/)
  })
})

const letter: DeadLetter = {
  record: {
    position: { topic: 'call-events', partition: 3, offset: 9_007_199_254_740_993n },
    timestampMs: 1_700_000_000_000,
    key: Buffer.from('k'),
    value: Buffer.from([0, 255, 1]),
    headers: { origin: Buffer.from('crm') },
  },
  reason: 'not_framed',
  detail: 'noise',
}
const emptyLetter: DeadLetter = {
  ...letter,
  record: { ...letter.record, value: null },
  reason: 'empty_value',
}

const lineOf = (
  topic: string,
  partition: string,
  offset: string,
  reason: string,
  value: Uint8Array | null,
): string =>
  `${topic}/${partition}/${offset} ${reason} ${value === null ? 'none' : Buffer.from(value).toString('hex')}`

async function realDeadLetters(): Promise<Subject<DeadLetterSink>> {
  const { rig, client, topic, startWriter, writers } = await realRig('deadLetters')
  const readable: string[] = []
  const reader = createTopicReader({ client, topic, maxWaitMs: 50, now: () => performance.now() })
  await reader.start({
    started() {},
    records(_partition, records) {
      for (const { headers, value } of records) {
        const header = (name: string): string => String(headers[`dead-letter-${name}`])
        readable.push(lineOf(header('topic'), header('partition'), header('offset'), header('reason'), value))
      }
    },
    position() {},
    troubled() {},
    reset() {},
  })
  return {
    sink: createDeadLetterSink(await startWriter(0)),
    deafSink: async () => createDeadLetterSink(await startWriter(longLingerMs)),
    untilReadable: (lines) => untilEqual(() => readable.toSorted(), lines),
    async stop() {
      await reader.stop()
      for (const writer of writers) await writer.stop()
      await rig.stop()
    },
  }
}

function fakeDeadLetters(): Promise<Subject<DeadLetterSink>> {
  const sink = new FakeDeadLetterSink()
  const readable = (): string[] =>
    sink.written
      .map(({ record: { position, value }, reason }) =>
        lineOf(position.topic, String(position.partition), String(position.offset), reason, value),
      )
      .sort()
  return Promise.resolve({
    sink,
    deafSink() {
      const deaf = new FakeDeadLetterSink()
      deaf.hold()
      return Promise.resolve(deaf)
    },
    untilReadable: (lines) => untilEqual(readable, lines),
    stop: () => sink.stop(),
  })
}

describe.each([
  ['on the broker', realDeadLetters],
  ['by the fake', fakeDeadLetters],
])('a dead-letter sink %s', (_name, subjectOf) => {
  let subject: Subject<DeadLetterSink> | undefined
  afterEach(() => subject?.stop())

  it('has written what it acknowledged: the bytes, where they stood and why', async () => {
    subject = await subjectOf()
    await subject.sink.write(letter)
    await subject.sink.write(emptyLetter)
    const origin = 'call-events/3/9007199254740993'
    await subject.untilReadable([`${origin} empty_value none`, `${origin} not_framed 00ff01`])
  })

  it('rejects what was not acknowledged when it stopped, and what comes later', async () => {
    subject = await subjectOf()
    const deaf = await subject.deafSink()
    const waiting = deaf.write(letter)
    const [rejected] = await Promise.all([expect(waiting).rejects.toThrow(/stopped/), deaf.stop()])
    expect(rejected).toBeUndefined()
    await expect(deaf.write(letter)).rejects.toThrow(/stopped/)
  })
})

function untilEqual(found: () => readonly string[], expected: readonly string[]): Promise<void> {
  const soFar = (): string => found().join('; ')
  return until(() => soFar() === expected.join('; '), expected.join('; '), 15_000, soFar)
}
