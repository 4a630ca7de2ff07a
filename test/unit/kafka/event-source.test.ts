// What becomes of a membership when the client breaks. Everything else is judged on a real group, in test/contract.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs'
import { createEventSource } from '../../../src/kafka/event-source.ts'
import type { GroupInternals, MembershipHooks } from '../../../src/kafka/patches/group-membership.ts'
import type { Assignment, EventSource, EventSourceHandler } from '../../../src/ports.ts'
import { until } from '../../harness/until.ts'

/** Stands for the client: it emits what the test lets it emit, and joins when the test says so. */
class ScriptedConsumer {
  readonly events = { HEARTBEAT: 'consumer.heartbeat', CRASH: 'consumer.crash' }
  readonly hooks: MembershipHooks
  readonly committed: unknown[] = []
  readonly #listeners = new Map<string, (event: object) => void>()
  readonly #refusals: Error[]

  /** `refusals`: what the next subscriptions are answered. */
  constructor({ partitionAssigners = [] }: ConsumerConfig, refusals: Error[]) {
    this.#refusals = refusals
    const [assigner] = partitionAssigners
    this.hooks = assigner?.({} as Parameters<typeof assigner>[0]) as unknown as MembershipHooks
  }

  on(event: string, listener: (event: object) => void): void {
    this.#listeners.set(event, listener)
  }

  crash(): void {
    this.#listeners.get(this.events.CRASH)?.({ payload: { error: new Error('the connection broke') } })
  }

  /** The answer to a heartbeat. */
  beaten(): void {
    this.#listeners.get(this.events.HEARTBEAT)?.({})
  }

  join(): Promise<void> {
    const group: Partial<GroupInternals> = {
      generationId: 1,
      offsetManager: {
        commitOffsets: (offsets) => {
          this.committed.push(offsets)
          return Promise.resolve()
        },
      },
      coordinator: { offsetFetch: () => Promise.resolve({ responses: [] }) },
      partitionsPerSubscribedTopic: new Map([['events', [0]]]),
      assigned: () => [{ topic: 'events', partitions: [0] }],
    }
    return this.hooks.joined(group as GroupInternals)
  }

  async connect(): Promise<void> {}
  async disconnect(): Promise<void> {}
  async subscribe(): Promise<void> {
    const refusal = this.#refusals.shift()
    if (refusal !== undefined) throw refusal
  }
  async run(): Promise<void> {}
}

let stop = (): Promise<void> => Promise.resolve()
afterEach(() => stop())

/** `revoking`: what the handler does before a rejoin. */
async function started(
  revoking: () => Promise<void>,
  monotonicMs = () => performance.now(),
  refusals: Error[] = [],
) {
  const consumers: ScriptedConsumer[] = []
  const consumer = (config: ConsumerConfig): Consumer => {
    const scripted = new ScriptedConsumer(config, refusals)
    consumers.push(scripted)
    return scripted as unknown as Consumer
  }
  const source: EventSource = createEventSource({
    kafka: { consumer } as unknown as Kafka,
    groupId: 'group',
    topic: 'events',
    retryTopics: () => Promise.resolve(new Map()),
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 1_000,
    rebalanceTimeoutMs: 60_000,
    maxWaitMs: 100,
    maxBytesPerPartition: 1_000,
    maxBytes: 10_000,
    giveUpMs: 60_000,
    observer: { observe() {} },
    monotonicMs,
  })
  stop = () => source.stop()
  const assignments: Assignment[] = []
  const handler: EventSourceHandler = {
    assigned: (assignment) => void assignments.push(assignment),
    revoking,
    records: (_from, records) => records.length,
    failed() {},
  }
  await source.start(handler)
  const [first] = consumers
  if (first === undefined) throw new Error('no client was built')
  await first.join()
  const successor = async (): Promise<ScriptedConsumer> => {
    await until(() => consumers.length > 1, 'the client to be built anew')
    return consumers.at(-1) ?? first
  }
  return { source, first, successor, assignments }
}

it('a topic of which a broker has not heard yet is asked for again, and another refusal is not', async () => {
  const unheard = Object.assign(new Error('This server does not host this topic-partition'), {
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
    retriable: true,
  })
  const refusals = [unheard]
  const { assignments } = await started(() => Promise.resolve(), undefined, refusals)
  expect([refusals, assignments.length]).toEqual([[], 1])
  await stop()
  const denied = Object.assign(new Error('Not authorized'), {
    type: 'TOPIC_AUTHORIZATION_FAILED',
    retriable: false,
  })
  await expect(started(() => Promise.resolve(), undefined, [denied])).rejects.toBe(denied)
})

it('a rejoin ends the membership until it is answered', async () => {
  const { source, first } = await started(() => Promise.resolve())
  await first.hooks.beforeRejoin()
  expect(source.lastHeartbeatMs()).toBeNull()
  await first.join()
  expect(source.lastHeartbeatMs()).not.toBeNull()
})

it('a heartbeat counts from when it went out, however long its answer lay unread', async () => {
  let nowMs = 0
  const { source, first } = await started(
    () => Promise.resolve(),
    () => nowMs,
  )
  nowMs = 1_000
  first.hooks.beatBegins()
  // The process stands still.
  nowMs = 21_000
  first.beaten()
  expect(source.lastHeartbeatMs()).toBe(1_000)
})

it('the answer to a heartbeat of a membership that has ended is none of the next', async () => {
  const { source, first } = await started(() => Promise.resolve())
  first.hooks.beatBegins()
  await first.hooks.beforeRejoin()
  first.beaten()
  expect(source.lastHeartbeatMs()).toBeNull()
})

describe('a client that breaks', () => {
  it('leaves no membership behind until its successor has joined', async () => {
    const { source, first, successor } = await started(() => Promise.resolve())
    expect(source.lastHeartbeatMs()).not.toBeNull()
    first.crash()
    expect(source.lastHeartbeatMs()).toBeNull()
    const second = await successor()
    expect(source.lastHeartbeatMs()).toBeNull()
    await second.join()
    expect(source.lastHeartbeatMs()).not.toBeNull()
  })

  it('while it waits to join anew does not end the membership of its successor', async () => {
    const settled = Promise.withResolvers<void>()
    const { source, first, successor, assignments } = await started(() => settled.promise)
    const rejoining = first.hooks.beforeRejoin()
    first.crash()
    const second = await successor()
    await second.join()
    settled.resolve()
    await rejoining
    const epoch = assignments.at(-1)?.epoch ?? 0
    const commit = { topic: 'events', partition: 0, offset: 1n, metadata: '' }
    expect(await source.commit(epoch, [commit])).toEqual({ kind: 'committed' })
    expect([first.committed.length, second.committed.length]).toEqual([0, 1])
  })
})
