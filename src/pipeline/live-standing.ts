// How the worker stands now, for whoever looks: put together from its parts, of which the pipeline comes last.
// Invariant: it only asks. What is told here is counted and compared by the parts themselves.
import type { InvalidWebhook, Standing, SuspensionsStanding, TroubledWay } from '../domain/standing.ts'
import type { LivePauses } from './live-pauses.ts'
import type { LiveTable } from './live-table.ts'
import type { Pipeline } from './pipeline.ts'
import type { StartGate } from './start-gate.ts'

export class LiveStanding {
  readonly #live: LiveTable
  readonly #pauses: LivePauses
  readonly #suspensions: { standing(): SuspensionsStanding }
  readonly #gate: StartGate
  #pipeline: Pick<Pipeline, 'standing' | 'troubled'> | null = null

  constructor(
    live: LiveTable,
    pauses: LivePauses,
    suspensions: { standing(): SuspensionsStanding },
    gate: StartGate,
  ) {
    this.#live = live
    this.#pauses = pauses
    this.#suspensions = suspensions
    this.#gate = gate
  }

  /** Work begins. */
  begins(pipeline: Pick<Pipeline, 'standing' | 'troubled'>): void {
    this.#pipeline = pipeline
  }

  now(): Standing {
    return {
      closedBecause: this.#gate.closedBecause,
      table: this.#live.standing(),
      pauses: this.#pauses.standing(),
      suspensions: this.#suspensions.standing(),
      work: this.#pipeline?.standing() ?? null,
    }
  }

  /** At most so many webhooks, and as many origins. */
  troubled(most: number): readonly TroubledWay[] {
    return this.#pipeline?.troubled(most) ?? []
  }

  /** At most so many, the ones that changed last first. */
  invalid(most: number): readonly InvalidWebhook[] {
    return this.#live.invalidWebhooks(most)
  }
}
