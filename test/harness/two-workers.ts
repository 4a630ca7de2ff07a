// A load on several worker processes, and what ids tell about it afterwards: expected deliveries against final
// outcomes, and requests against (delivery, attempt). The tests and the figures share it.
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { decodeMetadata } from '../../src/progress/commit-metadata.ts'
import { readKafkaAccess } from '../../src/settings/kafka-access.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Answer, Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { startWorkerProcess } from './worker-process.ts'
import type { WorkerProcess } from './worker-process.ts'
import { startWorkerRig, webhookRecord } from './worker-rig.ts'
import type { WorkerRig } from './worker-rig.ts'

export interface Load {
  readonly rig: WorkerRig
  readonly receiver: Receiver
  /** Starts a worker under a name that its outcomes carry. */
  worker(name: string): Promise<WorkerProcess>
  /** Publishes this many calls of two events each; they add to what is expected. */
  publish(calls: number): Promise<void>
  readonly expected: ReadonlySet<string>
  /** Expected deliveries without a final outcome. */
  missing(): number
  /** Final outcomes that nobody expected. */
  extra(): number
  /**
   * Requests that the group's last commit lets us repeat: deliveries received by now whose events it does not know to
   * be finished. To be asked right after a kill, and called when all is delivered.
   */
  repeatable(): Promise<() => number>
  untilDelivered(timeoutMs?: number): Promise<void>
  stop(): Promise<void>
}

export interface LoadOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly answer?: () => Answer
}

export async function startLoad({ environment = {}, answer }: LoadOptions = {}): Promise<Load> {
  const receiver = await startReceiver(answer === undefined ? {} : { answer })
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '6', ...environment })
  await rig.publisher.webhook(webhookRecord({ webhook_id: 'w', account_id: 'acme', port: receiver.port }))
  const workers: WorkerProcess[] = []
  const expected = new Set<string>()
  const missing = (): number => {
    const finals = rig.finals()
    return [...expected].filter((id) => !finals.has(id)).length
  }
  let calls = 0
  return {
    rig,
    receiver,
    expected,
    missing,
    extra: () => [...rig.finals().keys()].filter((id) => !expected.has(id)).length,
    async worker(name) {
      const worker = await startWorkerProcess({ ...rig.environment, WORKER_ID: name })
      workers.push(worker)
      return worker
    },
    async publish(count) {
      const nowMs = Date.now()
      const events = Array.from({ length: count }, () => {
        // Never one of the missed calls: each has both ends.
        const { start, end } = simulateCall((calls += 5), 'acme', nowMs)
        return start === null ? [end] : [start, end]
      }).flat()
      for (const { event_id } of events) expected.add(finalOutcomeId(deliveryIdOf(event_id, 'w'), 0))
      await Promise.all(events.map((event) => rig.publisher.callEvent(event)))
    },
    async repeatable() {
      const received = new Set(receiver.requests.map(({ deliveryId }) => deliveryId))
      const unfinished = await unfinishedByCommit(rig)
      return () =>
        [...rig.finals().values()].filter(
          ({ delivery_id, source_partition, source_offset }) =>
            received.has(delivery_id) && unfinished(source_partition, BigInt(source_offset)),
        ).length
    },
    untilDelivered: (timeoutMs) => rig.untilFinals(expected.size, timeoutMs),
    async stop() {
      await Promise.all(workers.map((worker) => worker.end('SIGKILL')))
      await rig.stop()
      await receiver.stop()
    },
  }
}

/** Whether an offset counts as unfinished to whoever reads the group's commits now. */
async function unfinishedByCommit(rig: WorkerRig): Promise<(partition: number, offset: bigint) => boolean> {
  const admin = createKafkaClient({ ...readKafkaAccess(rig.settings) }).admin()
  await admin.connect()
  const topic = rig.settings.topics.events.name
  const [committed] = await admin.fetchOffsets({ groupId: rig.settings.group.id, topics: [topic] })
  await admin.disconnect()
  const known = new Map(
    (committed?.partitions ?? []).map(({ partition, offset, metadata }) => {
      const base = BigInt(offset)
      const { offsets, end } = decodeMetadata(base, metadata) ?? { offsets: [], end: base }
      return [partition, { base, offsets: new Set(offsets), end }] as const
    }),
  )
  return (partition, offset) => {
    const { base, offsets, end } = known.get(partition) ?? { base: 0n, offsets: new Set(), end: 0n }
    return offset >= end || (offset >= base && offsets.has(offset))
  }
}

/**
 * The longest that a partition stood still while it passed from one worker to another: milliseconds between the last
 * outcome of the one and the first of the next. 0 if none passed.
 */
export function longestTakeOverMs(outcomes: readonly WebhookOutcomeRecord[], from: string): number {
  const last = new Map<number, number>()
  for (const { worker_id, source_partition, written_at } of outcomes) {
    if (worker_id === from) last.set(source_partition, Math.max(last.get(source_partition) ?? 0, written_at))
  }
  const gaps = Array.from(last, ([partition, endedAt]) => {
    const next = outcomes.filter(
      ({ worker_id, source_partition, written_at }) =>
        worker_id !== from && source_partition === partition && written_at >= endedAt,
    )
    return next.length === 0 ? 0 : Math.min(...next.map(({ written_at }) => written_at)) - endedAt
  })
  return Math.max(0, ...gaps)
}
