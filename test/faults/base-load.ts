// The traffic that every fault meets: calls with starts and ends, at a steady rate, for accounts with no webhook, one,
// three and sixty, over twenty destinations; and accounts whose only webhook is deleted while they have traffic.
// Invariant: what is ordered is noted before it is handed to the broker.
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEventRecord } from '../../src/domain/records.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { partitionOfKey } from '../../src/kafka/key-partition.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { addressOf } from '../harness/receivers.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { webhookRecord } from '../harness/worker-rig.ts'
import { plantedEvent, plantedWebhook } from './canaries.ts'
import type { Order, OrderedDelivery } from './oracle/ledger.ts'

export const destinations = 20

export interface BaseLoad {
  readonly orders: Order[]
  /** As the oracle's ledger has them. */
  readonly deletions: Map<string, number>
  /** When each delivery that surely has to be made was ordered; rising. */
  readonly orderedAtMs: number[]
  /** And of which partition's events it is. */
  readonly partitionOf: number[]
  /** Where a delivery that surely has to be made stands in `orderedAtMs`; undefined: it is none. */
  placeOf(deliveryId: string): number | undefined
  start(): void
  /** Publishes the tombstone of a webhook; resolves when it is acknowledged. */
  deleteWebhook(): Promise<void>
  /** What was deleted and acknowledged so far is gone for whatever is published from so many milliseconds hence. */
  deletionsInForce(inMs: number): void
  /** Resolves when all that was published is acknowledged. */
  stop(): Promise<void>
  /** Resolves when nothing more is published. */
  halt(): Promise<void>
  /** Lets go of what was ordered so far, when it is accounted for. */
  forget(): void
}

/** Of 50 calls: 14 match nothing, 24 one webhook, 9 three, 1 sixty, 2 one that is deleted now or was before. */
const kinds = [
  ...Array.from({ length: 14 }, () => 'none' as const),
  ...Array.from({ length: 24 }, () => 'one' as const),
  ...Array.from({ length: 9 }, () => 'three' as const),
  'sixty' as const,
  'doomed' as const,
  'gone' as const,
]
/** No factor of 50, so that kinds are mixed. */
const stride = 7
const everyMs = 20
const doomedAccounts = 200

/** Publishes the webhooks. */
export async function prepareBaseLoad(
  rig: WorkerRig,
  port: number,
  eventsPerSecond: number,
): Promise<BaseLoad> {
  const webhooksOf = await publishWebhooks(rig, port)
  const orders: Order[] = []
  const deletions = new Map<string, number>()
  const acknowledged = new Set<string>()
  const orderedAtMs: number[] = []
  const partitionOf: number[] = []
  const places = new Map<string, number>()
  const written = new Set<Promise<void>>()
  let calls = 0
  let running: Promise<void> | null = null
  let stopping = new AbortController()

  const accountOf = (call: number): string => {
    const kind = kinds[(call * stride) % kinds.length] ?? 'none'
    const first = Math.floor(call / 3) % destinations
    switch (kind) {
      case 'none':
        return 'account-none'
      case 'one':
      case 'three':
        return `account-${kind}-${first}`
      case 'sixty':
        return 'account-sixty'
      case 'doomed':
        return doomedAccount(deletions.size)
      case 'gone':
        return doomedAccount(Math.max(0, deletions.size - 1))
    }
  }
  const publish = (event: CallEventRecord): void => {
    const publishedAtMs = performance.timeOrigin + performance.now()
    const deliveries = (webhooksOf.get(event.account_id) ?? []).map(
      ({ webhookId, destination }): OrderedDelivery => ({
        deliveryId: deliveryIdOf(event.event_id, webhookId),
        webhookId,
        destination,
      }),
    )
    const { event_id: eventId, call_id: callId, event_type } = event
    const partition = partitionOfKey(Buffer.from(callId), rig.settings.topics.events.partitions)
    const eventType = event_type === 'call_start' ? 'call_start' : 'call_end'
    orders.push({ eventId, callId, eventType, publishedAtMs, deliveries })
    if (!event.account_id.startsWith('account-doomed')) {
      for (const { deliveryId } of deliveries) {
        places.set(deliveryId, orderedAtMs.push(publishedAtMs) - 1)
        partitionOf.push(partition)
      }
    }
    const acknowledgement = rig.publisher
      .callEvent(plantedEvent(event))
      .finally(() => written.delete(acknowledgement))
    // Judged in `stop`; a publisher that is stopped meanwhile is no unhandled rejection.
    acknowledgement.catch(() => {})
    written.add(acknowledgement)
  }
  /** Answers how many events that is. */
  const publishCall = (): number => {
    const { start, end } = simulateCall(calls, accountOf(calls), Date.now())
    calls += 1
    if (start !== null) publish(start)
    publish(end)
    return start === null ? 1 : 2
  }
  const run = async (stop: AbortSignal): Promise<void> => {
    const startedAtMs = performance.now()
    let events = 0
    while (!stop.aborted) {
      const due = ((performance.now() - startedAtMs) / 1_000) * eventsPerSecond
      while (events < due) events += publishCall()
      await delay(everyMs)
    }
  }
  const halt = async (): Promise<void> => {
    stopping.abort()
    await running
  }
  return {
    orders,
    deletions,
    orderedAtMs,
    partitionOf,
    placeOf: (deliveryId) => places.get(deliveryId),
    start() {
      stopping = new AbortController()
      running = run(stopping.signal)
    },
    async deleteWebhook() {
      const webhookId = `${doomedAccount(deletions.size)}-0`
      deletions.set(webhookId, Number.POSITIVE_INFINITY)
      await rig.publisher.deleteWebhook(webhookId)
      acknowledged.add(webhookId)
    },
    deletionsInForce(inMs) {
      for (const webhookId of acknowledged) {
        if (deletions.get(webhookId) === Number.POSITIVE_INFINITY)
          deletions.set(webhookId, performance.timeOrigin + performance.now() + inMs)
      }
    },
    async stop() {
      await halt()
      await Promise.all(written)
    },
    halt,
    forget() {
      orders.length = 0
      for (const list of [orderedAtMs, partitionOf]) list.length = 0
      places.clear()
    },
  }
}

function doomedAccount(index: number): string {
  return `account-doomed-${index % doomedAccounts}`
}

type Webhooks = readonly { readonly webhookId: string; readonly destination: number }[]

/** By account. */
async function publishWebhooks(rig: WorkerRig, port: number): Promise<ReadonlyMap<string, Webhooks>> {
  const accounts = [
    ...Array.from({ length: destinations }, (_, first) => ({ id: `account-one-${first}`, fanout: 1, first })),
    ...Array.from({ length: destinations }, (_, first) => ({
      id: `account-three-${first}`,
      fanout: 3,
      first,
    })),
    { id: 'account-sixty', fanout: 60, first: 0 },
    ...Array.from({ length: doomedAccounts }, (_, index) => ({
      id: doomedAccount(index),
      fanout: 1,
      first: index % destinations,
    })),
  ]
  const webhooksOf = new Map<string, Webhooks>()
  const written: Promise<void>[] = []
  for (const { id, fanout, first } of accounts) {
    const webhooks = Array.from({ length: fanout }, (_, index) => ({
      webhookId: `${id}-${index}`,
      destination: (first + index) % destinations,
    }))
    webhooksOf.set(id, webhooks)
    for (const { webhookId, destination } of webhooks) {
      const address = { host: addressOf(destination), port }
      const record = webhookRecord({
        webhook_id: webhookId,
        account_id: id,
        path: `/${webhookId}`,
        ...address,
      })
      written.push(rig.publisher.webhook(plantedWebhook(record)))
    }
  }
  await Promise.all(written)
  return webhooksOf
}
