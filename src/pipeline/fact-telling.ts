// Tells whoever judges what this process sees of webhooks that fail: in its time, or at once where that is waited for.
// Invariants: one write at a time, and what comes meanwhile goes with the next; a topic that is away holds up nothing; a
// webhook that is healthy costs a look into two maps.
import type { Observation } from '../domain/observation.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { Clock, FactWriter, Observer } from '../ports.ts'
import type { FailingStreaks, Telling } from '../suspension/failing-streaks.ts'
import type { SuspensionTable } from '../suspension/suspension-table.ts'

export interface FactTellingOptions {
  readonly clock: Clock
  readonly streaks: FailingStreaks
  readonly table: SuspensionTable
  /** Milliseconds. */
  readonly everyMs: number
}

/** Facts written together. */
const mostAtOnce = 500

export class FactTelling implements Observer {
  readonly #options: FactTellingOptions
  #writer: FactWriter | null = null
  #whenWritten: Promise<void> | null = null
  #isUrgent = false
  #cancelTick = (): void => {}

  constructor(options: FactTellingOptions) {
    this.#options = options
  }

  begin(writer: FactWriter): void {
    this.#writer = writer
    this.#tick()
  }

  stop(): void {
    this.#writer = null
    this.#cancelTick()
  }

  observe(observation: Observation): void {
    if (observation.kind === 'outcome' && this.#seen(observation.outcome) === 'now') {
      this.#isUrgent = true
      void this.#tell('urgent')
    }
  }

  #seen({ webhookId, accountId, config, result, faultOwner, reason, statusCode, timings }: Outcome): Telling {
    const { clock, streaks, table } = this.#options
    // Without timings no request was begun.
    if (webhookId === null || config === null || timings === null) return 'in_time'
    switch (result) {
      case 'delivered': {
        if (streaks.size === 0 && table.size === 0) return 'in_time'
        const seen = { webhookId, accountId, config, atMs: clock.nowMs() }
        return streaks.succeeded(seen, clock.monotonicMs())
      }
      case 'failed':
      case 'retry_scheduled': {
        if (faultOwner !== 'receiver' && faultOwner !== 'network') return 'in_time'
        const seen = { webhookId, accountId, config, atMs: clock.nowMs() }
        return streaks.failed(seen, { reason, statusCode }, clock.monotonicMs())
      }
      case 'deferred':
      case 'expired':
      case 'cancelled':
      case 'rejected':
      case 'shadowed':
        return 'in_time'
    }
  }

  #tick(): void {
    const { clock, everyMs } = this.#options
    this.#cancelTick = clock.after(everyMs, () => this.#tick())
    void this.#tell('due')
  }

  /** Never rejects. */
  async #tell(which: 'urgent' | 'due'): Promise<void> {
    if (this.#whenWritten !== null) return
    this.#whenWritten = this.#write(which)
    await this.#whenWritten
    this.#whenWritten = null
  }

  async #write(which: 'urgent' | 'due'): Promise<void> {
    const { clock, streaks } = this.#options
    const now = () => ({ nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() })
    let facts = streaks.take(which, mostAtOnce, now())
    while (facts.length > 0 && this.#writer !== null) {
      this.#isUrgent = false
      try {
        await this.#writer.write(facts)
      } catch {
        // The writer was stopped, and with it the process: what it counted dies with it.
        return
      }
      facts = this.#isUrgent ? streaks.take('urgent', mostAtOnce, now()) : []
    }
  }
}
