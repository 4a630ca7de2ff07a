// What is held against webhooks, by webhook: the newest record of each, as every worker and whoever judges have it.
// Invariant: a record counts for the version that it names and for no other, so that an edit lifts it without a record.
import type { ConfigPosition } from '../domain/delivery.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { HeldSuspension } from '../domain/suspension.ts'
import { isSameConfig } from './config-order.ts'

export class SuspensionTable {
  readonly #held = new Map<WebhookId, HeldSuspension>()
  readonly #counts = { watched: 0, suspended: 0, cleared: 0 }

  /** Null: nothing is held against it any more. */
  apply(webhookId: WebhookId, suspension: HeldSuspension | null): void {
    const before = this.#held.get(webhookId)
    if (before !== undefined) this.#counts[before.state] -= 1
    if (suspension === null) this.#held.delete(webhookId)
    else {
      this.#held.set(webhookId, suspension)
      this.#counts[suspension.state] += 1
    }
  }

  clear(): void {
    for (const webhookId of this.#held.keys()) this.apply(webhookId, null)
  }

  /** Whatever version it is about. */
  newest(webhookId: WebhookId): HeldSuspension | undefined {
    return this.#held.get(webhookId)
  }

  /** What is held against this version. */
  find(webhookId: WebhookId, config: ConfigPosition): HeldSuspension | undefined {
    const held = this.#held.get(webhookId)
    return held !== undefined && isSameConfig(held.config, config) ? held : undefined
  }

  webhookIds(): IterableIterator<WebhookId> {
    return this.#held.keys()
  }

  get size(): number {
    return this.#held.size
  }

  /** Those of versions that were replaced meanwhile are among them until they are tidied away. */
  get counts(): Readonly<Record<HeldSuspension['state'], number>> {
    return this.#counts
  }
}
