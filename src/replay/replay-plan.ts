// What a replay would send: the exact count, by reason, result and webhook, and the deliveries in the order of sending.
import type { DeliveryLedger } from './delivery-ledger.ts'

export interface ReplayPlan {
  /** Rows of the ledger. */
  readonly rows: Uint32Array
  /** By `result: reason`, most first. */
  readonly byReason: readonly (readonly [string, number])[]
  readonly byWebhook: readonly (readonly [string, number])[]
  /** Of those: how many were sent again before, and failed again. */
  readonly failedAgain: number
  /** Not among them: a newer replay has not ended yet. */
  readonly underWay: number
  /** Not among them: this run, which goes on, has sent them before. */
  readonly alreadySent: number
}

export function planReplay(ledger: DeliveryLedger): ReplayPlan {
  const rows: number[] = []
  const reasons = new Map<string, number>()
  const webhooks = new Map<string, number>()
  let failedAgain = 0
  let underWay = 0
  let alreadySent = 0
  for (let row = 0; row < ledger.size; row += 1) {
    const standing = ledger.standing(row)
    switch (standing.kind) {
      case 'not_chosen':
        break
      case 'under_way':
        underWay += 1
        break
      case 'asked':
        alreadySent += 1
        break
      case 'failed': {
        const { result, reason, webhookId, replay } = standing.failed
        rows.push(row)
        count(reasons, `${result}: ${reason}`)
        count(webhooks, webhookId)
        if (replay > 0) failedAgain += 1
      }
    }
  }
  return {
    rows: ledger.inSourceOrder(Uint32Array.from(rows)),
    byReason: mostFirst(reasons),
    byWebhook: mostFirst(webhooks),
    failedAgain,
    underWay,
    alreadySent,
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([one, many], [other, few]) => few - many || (one < other ? -1 : 1))
}
