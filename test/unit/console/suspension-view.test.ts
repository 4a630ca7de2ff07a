import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { SuspensionView } from '../../../src/console/suspension-view.ts'
import type { StoredWebhook } from '../../../src/console/webhook-index.ts'
import type { WebhookSuspensionRecord } from '../../../src/domain/records.ts'
import type { TopicReader, TopicReaderSink } from '../../../src/kafka/topic-reader.ts'
import { RecordingObserver } from '../../fakes/recording-observer.ts'
import { settle, VirtualClock } from '../../fakes/virtual-clock.ts'

const record: WebhookSuspensionRecord = {
  webhook_id: 'w1',
  account_id: 'a',
  state: 'suspended',
  config_partition: 0,
  config_offset: 7,
  watch_offset: 3,
  watched_since: 1_000,
  suspended_since: 2_000,
  cause: 'gone',
  attempts: 1,
  last_reason: 'http_status',
  last_status: 410,
  first_failed_at: 1_000,
  last_failed_at: 2_000,
}
const stored = (offset: bigint, accountId = 'a') => ({ webhookId: 'w1', accountId, offset }) as StoredWebhook

let clock = new VirtualClock()
let observer = new RecordingObserver()
let sinks: TopicReaderSink[] = []
let away = false
let view: SuspensionView
let told: string[] = []
beforeEach(() => {
  clock = new VirtualClock()
  observer = new RecordingObserver()
  sinks = []
  away = false
  told = []
  view = new SuspensionView({
    openReader: (): TopicReader => ({
      async start(sink) {
        if (away) throw new Error('no such topic')
        sinks.push(sink)
      },
      stop: () => Promise.resolve(),
    }),
    decoder: {
      decode(value) {
        const text = Buffer.from(value).toString()
        return text === 'garbage'
          ? { kind: 'undecodable', reason: 'undecodable', detail: 'garbage' }
          : { kind: 'value', value: JSON.parse(text) as WebhookSuspensionRecord }
      },
    },
    observer,
    clock,
  })
  view.follow((accountId, webhookId) => void told.push(`${accountId}/${webhookId}`))
})
afterEach(async () => {
  await view.stop()
  expect(clock.pending).toBe(0)
})

let offset = 0n
const put = async (value: Partial<WebhookSuspensionRecord> | string | null): Promise<void> => {
  const bytes = typeof value === 'string' ? value : JSON.stringify({ ...record, ...value })
  await sinks.at(-1)?.records(0, [
    {
      offset: (offset += 1n),
      timestampMs: 0,
      key: Buffer.from('w1'),
      value: value === null ? null : Buffer.from(bytes),
      headers: {},
    },
  ])
}

it('holds for the version that it names, of its own account, until it is lifted', async () => {
  view.start()
  await settle()
  expect(view.of(stored(7n))).toBeNull()
  await put({})
  expect(view.of(stored(7n))).toEqual(record)
  // An edit, or another owner, is not meant.
  expect([view.of(stored(8n)), view.of(stored(7n, 'b'))]).toEqual([null, null])
  await put({ state: 'watched', suspended_since: null, cause: null })
  expect(view.of(stored(7n))?.state).toBe('watched')
  // Its receiver has accepted something: nothing is held against it.
  await put({ state: 'cleared', suspended_since: null, cause: null })
  expect(view.of(stored(7n))).toBeNull()
  await put({})
  await put(null)
  expect(view.of(stored(7n))).toBeNull()
  expect(told).toEqual(Array.from({ length: 5 }, () => 'a/w1'))
})

it('shows nothing of what it cannot read or does not know, and says so where that is a fault', async () => {
  view.start()
  await settle()
  await put({})
  await put({ state: 'unknown' })
  expect(view.of(stored(7n))).toBeNull()
  await put({})
  await put('garbage')
  expect(view.of(stored(7n))).toBeNull()
  expect(observer.of('trouble').map(({ error }) => error)).toEqual([expect.stringMatching(/garbage$/)])
  await put({})
  sinks[0]?.reset(0, 'the topic was made anew')
  expect(view.of(stored(7n))).toBeNull()
})

it('is read as soon as the topic is there: the console serves meanwhile', async () => {
  away = true
  view.start()
  await settle()
  expect(view.of(stored(7n))).toBeNull()
  away = false
  await clock.advance(5_000)
  await put({})
  expect(view.of(stored(7n))).toEqual(record)
  expect(observer.of('trouble')).toHaveLength(1)
})
