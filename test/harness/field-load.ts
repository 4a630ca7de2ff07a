// A platform's traffic over many accounts and destinations, and what its ledger says afterwards: who was to get what and
// when it arrived. The load is that of the goals: fan-outs of 0, 1, 3 and 60, mixed.
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import { setTimeout as delay } from 'node:timers/promises'
import type { Arrival } from './receivers.ts'
import type { WorkerRig } from './worker-rig.ts'
import { webhookRecord } from './worker-rig.ts'

/** Where a destination is reached. */
export type Address = Pick<WebhookConfigRecord, 'protocol' | 'host' | 'port'>

export interface Expected {
  readonly destination: number
  readonly publishedAtMs: number
}

export interface FieldLoad {
  /** Deliveries that were ordered so far, by id. */
  readonly expected: ReadonlyMap<string, Expected>
  /** Publishes so many events a second, evenly, for so many seconds; resolves when all are acknowledged. */
  run(eventsPerSecond: number, seconds: number): Promise<void>
}

/** Of 50 events: 15 match nothing, 25 one webhook, 9 three, 1 sixty. Each is 2.24 deliveries. */
const fanouts = [
  ...Array.from({ length: 15 }, () => 0),
  ...Array.from({ length: 25 }, () => 1),
  ...Array.from({ length: 9 }, () => 3),
  60,
]
const everyMs = 20

/** Publishes the webhooks of all accounts. `addressOf`: of each of so many destinations. */
export async function startFieldLoad(
  rig: WorkerRig,
  destinations: number,
  addressOf: (destination: number) => Address,
): Promise<FieldLoad> {
  const webhooksOf = new Map<string, { readonly webhookId: string; readonly destination: number }[]>()
  const wide = [1, 3, 60].flatMap((fanout) =>
    Array.from({ length: fanout === 60 ? 1 : destinations }, (_, first) => ({ fanout, first })),
  )
  for (const { fanout, first } of wide) {
    const accountId = `account-${fanout}-${first}`
    const webhooks = Array.from({ length: fanout }, (_, index) => ({
      webhookId: `${accountId}-${index}`,
      destination: (first + index) % destinations,
    }))
    webhooksOf.set(accountId, webhooks)
    await Promise.all(
      webhooks.map(({ webhookId, destination }) =>
        rig.publisher.webhook(
          webhookRecord({
            webhook_id: webhookId,
            account_id: accountId,
            path: `/${webhookId}`,
            ...addressOf(destination),
          }),
        ),
      ),
    )
  }
  const expected = new Map<string, Expected>()
  let count = 0
  const publish = async (): Promise<void> => {
    const fanout = fanouts[count % fanouts.length] ?? 0
    const first = fanout === 60 ? 0 : Math.floor(count / 2) % destinations
    const accountId = `account-${fanout}-${first}`
    const publishedAtMs = performance.timeOrigin + performance.now()
    const { end } = simulateCall(count, accountId, Math.floor(publishedAtMs))
    count += 1
    for (const { webhookId, destination } of webhooksOf.get(accountId) ?? []) {
      expected.set(deliveryIdOf(end.event_id, webhookId), { destination, publishedAtMs })
    }
    await rig.publisher.callEvent(end)
  }
  return {
    expected,
    async run(eventsPerSecond, seconds) {
      const startedAtMs = performance.now()
      const written: Promise<void>[] = []
      for (let published = 0; published < eventsPerSecond * seconds;) {
        const due = Math.min(
          eventsPerSecond * seconds,
          ((performance.now() - startedAtMs) / 1_000) * eventsPerSecond,
        )
        for (; published < due; published += 1) written.push(publish())
        await delay(everyMs)
      }
      await Promise.all(written)
    },
  }
}

export interface Delays {
  readonly count: number
  /** Ordered in the time, and arrived at all. */
  readonly share: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Of first arrivals of what was published between the two times (epoch milliseconds) for these destinations. */
export function delaysOf(
  expected: ReadonlyMap<string, Expected>,
  arrivals: readonly Arrival[],
  { fromMs, toMs, isMeant }: { fromMs: number; toMs: number; isMeant: (destination: number) => boolean },
): Delays {
  const first = new Map<string, number>()
  for (const { deliveryId, atMs } of arrivals) {
    first.set(deliveryId, Math.min(first.get(deliveryId) ?? Number.POSITIVE_INFINITY, atMs))
  }
  const meant = [...expected].filter(
    ([, { destination, publishedAtMs }]) =>
      publishedAtMs >= fromMs && publishedAtMs < toMs && isMeant(destination),
  )
  const delays = meant.flatMap(([id, { publishedAtMs }]) => {
    const atMs = first.get(id)
    return atMs === undefined ? [] : [atMs - publishedAtMs]
  })
  delays.sort((a, b) => a - b)
  const at = (share: number): number => Math.round(delays[Math.floor(delays.length * share)] ?? 0)
  return {
    count: meant.length,
    share: delays.length / Math.max(1, meant.length),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }
}
