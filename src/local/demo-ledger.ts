// The demo's books: what every call should have led to, and what became of it. Judged by ids, never by counts.
import type { CallEventRecord, WebhookConfigRecord, WebhookOutcomeRecord } from '../domain/records.ts'
import { finalOutcomeId } from '../domain/outcome.ts'
import { deliveryIdOf } from '../join/delivery-id.ts'

export class DemoLedger {
  readonly #expected = new Set<string>()
  readonly #finals = new Map<string, WebhookOutcomeRecord>()
  readonly #whenSettled: (() => void)[] = []
  #calls = 0
  #retries = 0

  /** A call whose events are about to be published. */
  call(events: readonly CallEventRecord[], webhooks: readonly WebhookConfigRecord[]): void {
    this.#calls += 1
    for (const event of events) {
      for (const webhook of webhooks) {
        const matches = webhook.enabled && webhook.account_id === event.account_id
        if (!matches || !webhook.event_types.includes(event.event_type)) continue
        this.#expected.add(finalOutcomeId(deliveryIdOf(event.event_id, webhook.webhook_id), 0))
      }
    }
  }

  outcome(outcome: WebhookOutcomeRecord): void {
    if (!outcome.final) {
      this.#retries += 1
      return
    }
    if (this.#finals.get(outcome.outcome_id)?.result !== 'delivered')
      this.#finals.set(outcome.outcome_id, outcome)
    if (this.missing() === 0) for (const resolve of this.#whenSettled.splice(0)) resolve()
  }

  /** Resolves when nothing is missing. */
  settled(): Promise<void> {
    if (this.missing() === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenSettled.push(resolve)
    })
  }

  get calls(): number {
    return this.#calls
  }

  get expected(): number {
    return this.#expected.size
  }

  /** Tries that failed and were followed by another. */
  get retries(): number {
    return this.#retries
  }

  results(result: WebhookOutcomeRecord['result']): number {
    return [...this.#finals.values()].filter((outcome) => outcome.result === result).length
  }

  missing(): number {
    let missing = 0
    for (const id of this.#expected) if (!this.#finals.has(id)) missing += 1
    return missing
  }
}
