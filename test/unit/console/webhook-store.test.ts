// What an answer of the store promises, with every way in which two writers and a bad network can meet.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Observation } from '../../../src/domain/observation.ts'
import { WebhookLog } from '../../../src/console/webhook-log.ts'
import { WebhookStore } from '../../../src/console/webhook-store.ts'
import type { WebhookDraft, WriteResult } from '../../../src/console/webhook-store.ts'
import type { StoredWebhook } from '../../../src/console/webhook-index.ts'
import { plainWebhook } from '../../../src/local/plain-webhook.ts'
import { encodeJson, FakeWebhookTopic, jsonDecoder } from '../../fakes/fake-webhook-topic.ts'
import type { WriterBehaviour } from '../../fakes/fake-webhook-topic.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function startStore(topic: FakeWebhookTopic, how: WriterBehaviour = {}) {
  const clock = new VirtualClock()
  const observations: Observation[] = []
  const observer = { observe: (observation: Observation) => void observations.push(observation) }
  const reader = topic.reader(() => clock.monotonicMs())
  const log = new WebhookLog({ reader, decoder: jsonDecoder, observer })
  const writer = topic.writer(how)
  const store = new WebhookStore({ log, writer, encode: encodeJson, clock, observer, writeWithinMs: 8_000 })
  await log.start()
  await log.untilCompleteAsOf(Number.NEGATIVE_INFINITY)
  closing.push(() => log.stop())
  return { store, log, clock, observations, reader }
}

const draft = (path: string): WebhookDraft => ({ ...plainWebhook, path })
const foreign = (webhookId: string, path: string, account = 'a') => ({
  ...plainWebhook,
  webhook_id: webhookId,
  account_id: account,
  path,
})

async function created(store: WebhookStore): Promise<StoredWebhook> {
  const result = await store.create('a', draft('/first'))
  if (result.kind !== 'written') throw new Error(result.kind)
  return result.stored
}

describe('a write that is answered as done', () => {
  it('has been read back', async () => {
    const { store } = await startStore(new FakeWebhookTopic())
    const stored = await created(store)
    expect(store.get('a', stored.webhookId)).toMatchObject({ config: { path: '/first', account_id: 'a' } })
    const changed = await store.replace('a', stored, draft('/second'))
    expect(changed).toMatchObject({ kind: 'written', stored: { version: 1n, config: { path: '/second' } } })
    expect(store.get('a', stored.webhookId)?.config.path).toBe('/second')
    expect(await store.remove('a', { webhookId: stored.webhookId, version: 1n })).toMatchObject({
      kind: 'written',
    })
    expect(store.get('a', stored.webhookId)).toBeNull()
  })

  it('keeps the time of creation, and the time of the change never goes back', async () => {
    const topic = new FakeWebhookTopic()
    topic.put({ ...foreign('w', '/x'), created_at: 5, updated_at: 9e15 })
    const { store } = await startStore(topic)
    await store.replace('a', { webhookId: 'w', version: 0n }, draft('/y'))
    expect(topic.newest('w')).toMatchObject({ created_at: 5, updated_at: 9e15 })
  })

  it('waits until the view has read it, not only for the acknowledgement', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    // Acknowledged, but this process cannot read.
    how.before = () => topic.leave()
    let answer: WriteResult | null = null
    const writing = store.replace('a', stored, draft('/second')).then((result) => (answer = result))
    await turns()
    expect(topic.newest(stored.webhookId)?.path).toBe('/second')
    expect(answer).toBeNull()
    topic.comeBack()
    expect((await writing).kind).toBe('written')
  })
})

describe('what is not done', () => {
  it('is answered at once where the version is not the one that stands', async () => {
    const topic = new FakeWebhookTopic()
    const { store } = await startStore(topic)
    const stored = await created(store)
    topic.put(foreign(stored.webhookId, '/theirs'))
    await turns()
    const count = topic.records.length
    expect(await store.replace('a', stored, draft('/mine'))).toMatchObject({
      kind: 'changed_meanwhile',
      current: { version: 1n, config: { path: '/theirs' } },
    })
    expect((await store.remove('a', stored)).kind).toBe('changed_meanwhile')
    expect(topic.records).toHaveLength(count)
  })

  it.each(['replace', 'remove'] as const)(
    'is put right where another version came in between: %s',
    async (method) => {
      const topic = new FakeWebhookTopic()
      const how: WriterBehaviour = {}
      const { store } = await startStore(topic, how)
      const stored = await created(store)
      how.before = once(() => topic.put(foreign(stored.webhookId, '/theirs')))
      const result =
        method === 'replace'
          ? await store.replace('a', stored, draft('/mine'))
          : await store.remove('a', stored)
      expect(result).toMatchObject({
        kind: 'changed_meanwhile',
        current: { version: 1n, config: { path: '/theirs' } },
      })
      expect(topic.newest(stored.webhookId)?.path).toBe('/theirs')
      // Whoever was answered with its version can go on from it.
      expect(store.get('a', stored.webhookId)).toMatchObject({ version: 1n, offset: 3n })
      expect(await store.replace('a', { ...stored, version: 1n }, draft('/next'))).toMatchObject({
        kind: 'written',
      })
    },
  )

  it('leaves a deletion in between as it is', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    how.before = once(() => topic.putRaw(stored.webhookId, null))
    expect((await store.replace('a', stored, draft('/mine'))).kind).toBe('not_found')
    expect(topic.newest(stored.webhookId)).toBeNull()
    expect(store.get('a', stored.webhookId)).toBeNull()
    expect(topic.records).toHaveLength(4)
  })

  it('tells nothing of a version that belongs to another account now', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    how.before = once(() => topic.put(foreign(stored.webhookId, '/theirs', 'b')))
    expect(await store.replace('a', stored, draft('/mine'))).toEqual({ kind: 'not_found' })
    expect(topic.newest(stored.webhookId)).toMatchObject({ account_id: 'b', path: '/theirs' })
  })

  it('does not put back over a version that is newer than ours', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    how.before = once(() => topic.put(foreign(stored.webhookId, '/theirs')))
    how.after = once(() => topic.put(foreign(stored.webhookId, '/newer')))
    expect((await store.replace('a', stored, draft('/mine'))).kind).toBe('changed_meanwhile')
    expect(topic.newest(stored.webhookId)?.path).toBe('/newer')
    expect(topic.records).toHaveLength(4)
  })

  it('puts back what stood before a put-back that came too late itself', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    let round = 0
    how.before = () => {
      round += 1
      if (round <= 2) topic.put(foreign(stored.webhookId, `/theirs-${round}`))
    }
    const result = await store.replace('a', stored, draft('/mine'))
    expect(result).toMatchObject({ kind: 'changed_meanwhile', current: { config: { path: '/theirs-1' } } })
    expect(topic.newest(stored.webhookId)?.path).toBe('/theirs-2')
  })

  it.each(['list', 'get', 'replace', 'remove'] as const)(
    'is anything of another account: %s',
    async (method) => {
      const { store } = await startStore(new FakeWebhookTopic())
      const stored = await created(store)
      switch (method) {
        case 'list':
          expect(store.list('b', { limit: 10, after: null, search: '' })).toMatchObject({
            webhooks: [],
            total: 0,
          })
          break
        case 'get':
          expect(store.get('b', stored.webhookId)).toBeNull()
          break
        case 'replace':
          expect(await store.replace('b', stored, draft('/theirs'))).toEqual({ kind: 'not_found' })
          break
        case 'remove':
          expect(await store.remove('b', stored)).toEqual({ kind: 'not_found' })
      }
      expect(store.get('a', stored.webhookId)?.config.path).toBe('/first')
    },
  )
})

describe('two stores on one topic', () => {
  it('never both say "written" to writes from one version', async () => {
    const topic = new FakeWebhookTopic()
    const one = await startStore(topic)
    const other = await startStore(topic)
    let stored = await created(one.store)
    await turns()
    for (let round = 0; round < 20; round += 1) {
      const results = await Promise.all([
        one.store.replace('a', stored, draft(`/one-${round}`)),
        other.store.replace('a', stored, draft(`/other-${round}`)),
      ])
      const written = results.filter(({ kind }) => kind === 'written')
      expect(written).toHaveLength(1)
      await turns()
      const now = one.store.get('a', stored.webhookId)
      expect(other.store.get('a', stored.webhookId)).toEqual(now)
      expect(written[0]).toMatchObject({ stored: { version: now?.version, config: now?.config } })
      stored = now ?? stored
    }
  })
})

describe('writes of one webhook in one process', () => {
  it('come one after the other, so the second from one version is refused without being written', async () => {
    const topic = new FakeWebhookTopic()
    const { store } = await startStore(topic)
    const stored = await created(store)
    const results = await Promise.all([
      store.replace('a', stored, draft('/one')),
      store.replace('a', stored, draft('/two')),
    ])
    expect(results.map(({ kind }) => kind)).toEqual(['written', 'changed_meanwhile'])
    expect(topic.records).toHaveLength(2)
  })
})

describe('an acknowledgement that is lost', () => {
  it('does not make a repeat of the same record a race', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    how.fate = once(() => 'twice' as const) as () => 'twice'
    expect(await store.replace('a', stored, draft('/mine'))).toMatchObject({
      kind: 'written',
      stored: { version: 2n },
    })
  })

  it('gives way to a version that came between record and repeat', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    how.fate = once(() => 'twice' as const) as () => 'twice'
    how.between = () => topic.put(foreign(stored.webhookId, '/theirs'))
    expect((await store.replace('a', stored, draft('/mine'))).kind).toBe('changed_meanwhile')
    expect(topic.newest(stored.webhookId)?.path).toBe('/theirs')
  })

  it.each([
    ['unanswered_written', 'written', '/mine'],
    ['unanswered_lost', 'unavailable', '/first'],
    ['never_sent', 'unavailable', '/first'],
  ] as const)('is made up for by reading the topic: %s', async (fate, kind, path) => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store } = await startStore(topic, how)
    const stored = await created(store)
    how.fate = () => fate
    const writing = store.replace('a', stored, draft('/mine'))
    await turns()
    topic.poll()
    expect((await writing).kind).toBe(kind)
    expect(topic.newest(stored.webhookId)?.path).toBe(path)
  })
})

describe('while Kafka is away', () => {
  it('a write is refused within seconds, and surely not done', async () => {
    const topic = new FakeWebhookTopic()
    const { store, clock } = await startStore(topic)
    const stored = await created(store)
    topic.leave()
    await clock.advance(10_000)
    const writing = store.replace('a', stored, draft('/mine'))
    await turns()
    await clock.advance(2_000)
    expect(await writing).toEqual({ kind: 'unavailable' })
    expect(topic.records).toHaveLength(1)
    expect(store.get('a', stored.webhookId)?.config.path).toBe('/first')
  })

  it('a write that was begun is answered in time as unknown, and the next one waits its turn', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store, clock } = await startStore(topic, how)
    const stored = await created(store)
    how.fate = () => 'hangs'
    const first = store.replace('a', stored, draft('/one'))
    const second = store.replace('a', stored, draft('/two'))
    await turns()
    topic.leave()
    await clock.advance(8_000)
    expect(await first).toEqual({ kind: 'unknown_result' })
    expect(await second).toEqual({ kind: 'unavailable' })
  })

  it('a process that is stopped answers what is under way', async () => {
    const topic = new FakeWebhookTopic()
    const how: WriterBehaviour = {}
    const { store, log } = await startStore(topic, how)
    const stored = await created(store)
    how.before = () => topic.leave()
    const writing = store.replace('a', stored, draft('/one'))
    await turns()
    await log.stop()
    expect(await writing).toEqual({ kind: 'unknown_result' })
  })
})

describe('the view', () => {
  it('is not ready, and writes nothing, while a lost history is read again', async () => {
    const topic = new FakeWebhookTopic()
    const { store, reader } = await startStore(topic)
    const stored = await created(store)
    topic.leave()
    reader.reset()
    expect(store.ready).toBe(false)
    expect(store.get('a', stored.webhookId)).toBeNull()
    topic.comeBack()
    await turns()
    expect(store.ready).toBe(true)
    expect(store.get('a', stored.webhookId)).not.toBeNull()
  })

  it('shows the last readable version of what cannot be decoded, as invalid', async () => {
    const topic = new FakeWebhookTopic()
    const { store } = await startStore(topic)
    const stored = await created(store)
    topic.putRaw(stored.webhookId, Buffer.from('{'))
    topic.putRaw('nobody', Buffer.from('{'))
    await turns()
    expect(store.get('a', stored.webhookId)).toMatchObject({
      undecodable: 'no JSON',
      offset: 1n,
      config: { path: '/first' },
    })
    expect(store.list('a', { limit: 10, after: null, search: '' })?.total).toBe(1)
  })
})

/** Lets everything that waits for nothing but its turn go on. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

function once<Value>(act: () => Value): () => Value | undefined {
  let done = false
  return () => {
    if (done) return undefined
    done = true
    return act()
  }
}
