// A group that was away for longer than the topic keeps its records: what it committed is not there any more.
import { randomUUID } from 'node:crypto'
import { afterEach, expect, it } from '@jest/globals'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { RecordingHandler } from '../contract/event-group.ts'
import { RecordingObserver } from '../fakes/recording-observer.ts'
import { commitAsNobody, eventMember, startPlainMember, withAdmin } from '../harness/group-members.ts'
import type { Whereabouts } from '../harness/group-members.ts'
import { until } from '../harness/until.ts'
import { clientOptions, createTopic, produce } from './compacted-topic.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Offsets 0 to 9, of which 5 to 9 are left; the group had come to 2. */
const overtaken = async (): Promise<Whereabouts> => {
  const topic = await createTopic('overtaken', 1, {})
  const where = { topic, groupId: randomUUID() }
  await produce(
    topic,
    0,
    Array.from({ length: 10 }, (_, index) => ({ value: String(index) })),
  )
  await commitAsNobody(where, 0, '2')
  await withAdmin(async (admin) => {
    // Loads what the client needs to find the leader.
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '5' }] })
  })
  return where
}

it('is led past all that is left by the plain client with its defaults', async () => {
  const where = await overtaken()
  const { consumer, read } = await startPlainMember({ ...where, fromBeginning: false })
  closing.push(() => consumer.disconnect())
  // Whatever is published before the jump is jumped over as well.
  const isHeard = async (): Promise<boolean> => {
    await produce(where.topic, 0, [{ value: 'new' }])
    return read.length > 0
  }
  await until(isHeard, 'a record that is read')
  expect(read[0]?.text).toBe('new')
})

it('goes on with the oldest that is left by ours, and says so', async () => {
  const where = await overtaken()
  const observer = new RecordingObserver()
  const source = eventMember(createKafkaClient(clientOptions()), where, observer)
  closing.push(() => source.stop())
  const handler = new RecordingHandler(source)
  await source.start(handler)
  await handler.untilSeen('5', '6', '7', '8', '9')
  // Three are lost, and nothing else would tell.
  expect(observer.of('out_of_range')).toEqual([{ kind: 'out_of_range', topic: where.topic, partition: 0 }])
})
