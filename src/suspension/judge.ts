// Whoever judges: gathers what all processes tell, and judges the webhooks about which something has changed.
// Invariant: it decides and writes nothing; a webhook is judged again only when what was written about it has come back.
import type { ConfigPosition } from '../domain/delivery.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { Verdict, WebhookFact } from '../domain/suspension.ts'
import { FactBoard } from './fact-board.ts'
import { judgeWebhook, mayCount } from './judge-webhook.ts'
import type { JudgeRules } from './judge-webhook.ts'
import type { SuspensionTable } from './suspension-table.ts'

export class Judge {
  readonly #rules: JudgeRules
  readonly #table: SuspensionTable
  readonly #currentOf: (webhookId: WebhookId) => ConfigPosition | null
  readonly #board = new FactBoard()
  readonly #touched = new Set<WebhookId>()

  /** `currentOf`: the place of the webhook's present version; null: it is deleted. */
  constructor(
    rules: JudgeRules,
    table: SuspensionTable,
    currentOf: (webhookId: WebhookId) => ConfigPosition | null,
  ) {
    this.#rules = rules
    this.#table = table
    this.#currentOf = currentOf
  }

  fact(webhookId: WebhookId, processId: string, fact: WebhookFact | null): void {
    this.#board.apply(webhookId, processId, fact)
    this.#touched.add(webhookId)
  }

  /** The facts are read anew, or are another's to judge. */
  forget(): void {
    this.#board.clear()
    this.#touched.clear()
  }

  /** About those of which something was told since the last round, or about all. At most so many. */
  round(about: 'touched' | 'all', nowMs: number, most: number): readonly Verdict[] {
    const webhookIds =
      about === 'touched'
        ? [...this.#touched]
        : new Set([...this.#board.webhookIds(), ...this.#table.webhookIds()])
    const verdicts: Verdict[] = []
    for (const webhookId of webhookIds) {
      if (verdicts.length >= most) return verdicts
      const held = this.#table.newest(webhookId)
      const current = this.#currentOf(webhookId)
      this.#board.keep(webhookId, (fact) => mayCount(fact, held, current) && !this.#isForgotten(fact, nowMs))
      const facts = this.#board.about(webhookId)
      const verdict = judgeWebhook({ held, current, facts, nowMs }, this.#rules)
      if (verdict === null) this.#touched.delete(webhookId)
      else verdicts.push(verdict)
    }
    return verdicts
  }

  #isForgotten({ lastFailedAtMs, succeededAtMs }: WebhookFact, nowMs: number): boolean {
    return nowMs - Math.max(lastFailedAtMs ?? 0, succeededAtMs ?? 0) >= this.#rules.forgetAfterMs
  }
}
