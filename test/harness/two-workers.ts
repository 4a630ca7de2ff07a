// A load on several worker processes, and what ids tell about it afterwards: expected deliveries against final
// outcomes, and requests against (delivery, attempt). The tests and the figures share it.
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import type { WebhookOutcomeRecord } from '../../src/domain/records.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import type { Answer, Receiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { parkedAmong, unfinishedByCommit } from './unfinished.ts'
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
   * Requests that the group's last commits let us repeat: each record that they do not know to be finished may lead to
   * one more for its delivery, be it the event or what was parked of it. To be asked right after a kill, and called when
   * all is delivered.
   */
  repeatable(): Promise<() => Promise<number>>
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
      const unfinished = await unfinishedByCommit(rig.settings)
      // After that: what a killed worker had sent last is still on its way when it is gone.
      const requests = receiver.requests.map(({ deliveryId }) => deliveryId)
      return async () => {
        const events = [...rig.finals().values()].flatMap(
          ({ delivery_id, source_topic, source_partition, source_offset }) =>
            unfinished.has(source_topic, source_partition, BigInt(source_offset)) ? [delivery_id] : [],
        )
        const parked = await parkedAmong(unfinished, rig.settings)
        const perDelivery = new Map<string, number>()
        for (const id of [...requests, ...events, ...parked])
          perDelivery.set(id, (perDelivery.get(id) ?? 0) + 1)
        return [...perDelivery.values()].reduce((sum, count) => sum + count - 1, 0)
      }
    },
    untilDelivered: (timeoutMs) => rig.untilFinals(expected.size, timeoutMs),
    async stop() {
      await Promise.all(workers.map((worker) => worker.end('SIGKILL')))
      await rig.stop()
      await receiver.stop()
    },
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
