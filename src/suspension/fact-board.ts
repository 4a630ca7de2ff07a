// What all processes told, the newest of each about each webhook: what is judged from.
// Invariant: bounded by webhooks that are judged. What can count no more is let go of by whoever judges.
import type { WebhookId } from '../domain/ids.ts'
import type { WebhookFact } from '../domain/suspension.ts'

/** Webhooks about which facts are kept; about later ones nothing is judged until some were let go of. */
const mostWebhooks = 100_000

export class FactBoard {
  readonly #facts = new Map<WebhookId, Map<string, WebhookFact>>()

  /** Null: the process has nothing to say any more. */
  apply(webhookId: WebhookId, processId: string, fact: WebhookFact | null): void {
    const ofWebhook = this.#facts.get(webhookId)
    if (fact === null) {
      ofWebhook?.delete(processId)
      if (ofWebhook?.size === 0) this.#facts.delete(webhookId)
    } else if (ofWebhook !== undefined) ofWebhook.set(processId, fact)
    else if (this.#facts.size < mostWebhooks) this.#facts.set(webhookId, new Map([[processId, fact]]))
  }

  about(webhookId: WebhookId): readonly WebhookFact[] {
    return [...(this.#facts.get(webhookId)?.values() ?? [])]
  }

  webhookIds(): IterableIterator<WebhookId> {
    return this.#facts.keys()
  }

  /** Lets go of those that can count no more. */
  keep(webhookId: WebhookId, mayCount: (fact: WebhookFact) => boolean): void {
    for (const [processId, fact] of this.#facts.get(webhookId) ?? []) {
      if (!mayCount(fact)) this.apply(webhookId, processId, null)
    }
  }

  clear(): void {
    this.#facts.clear()
  }
}
