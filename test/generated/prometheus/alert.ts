// What an alert rule says. Durations in `expr` stand as literals (`5m`), so that the tests on real workers can scale them.

export interface Alert {
  /** The heading of its section in RUNBOOK.md. */
  readonly name: string
  /** `critical` wakes somebody; `warning` is read on the next working day. */
  readonly severity: 'critical' | 'warning'
  readonly expr: string
  /** How long it must hold; left out: at once. */
  readonly for?: string
  /** One line. */
  readonly summary: string
  /** What clients see, and what to do first. */
  readonly description: string
  /** Why the expression, its window and its limit are as they are: a comment above the rule. */
  readonly reason: string
}

/** GitHub's name for the section's heading. */
export function runbookLink({ name }: Pick<Alert, 'name'>): string {
  return `RUNBOOK.md#${name.toLowerCase()}`
}
