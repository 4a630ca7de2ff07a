// What one delivery's life writes, and whether all of it was acknowledged.
// Invariants: what is parked is acknowledged before the outcome that names its place is written; nothing is written
// while the partition may be another's, and what could not be is not sent again once it is.
import type { Outcome } from '../domain/outcome.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
import type { RecordPosition } from '../domain/record-position.ts'
import type { TraceContext } from '../domain/trace-context.ts'
import type { TracedSpan } from '../domain/traced-work.ts'
import type { DeliveryWorld, LifeSignals } from './delivery-world.ts'

type WritingWorld = Pick<DeliveryWorld, 'gate' | 'outcomes' | 'parking' | 'observer' | 'tracer'>

export class DeliveryWrites {
  readonly #world: WritingWorld
  readonly #lost: AbortSignal
  readonly #trace: TraceContext | null
  readonly #acknowledgements: Promise<unknown>[] = []

  /** `trace`: of what leads to them. */
  constructor(world: WritingWorld, { lost }: Pick<LifeSignals, 'lost'>, trace: TraceContext | null) {
    this.#world = world
    this.#lost = lost
    this.#trace = trace
  }

  outcome(outcome: Outcome, detail: string | null): void {
    this.#await(this.#writeOutcome(outcome, detail))
  }

  /** `outcomeOf`: of the place where it was parked; null: this parking has no outcome of its own. */
  park(
    parked: ParkedDelivery,
    delayMs: number,
    outcomeOf: ((place: RecordPosition) => { outcome: Outcome; detail: string | null }) | null,
  ): void {
    this.#await(this.#park(parked, delayMs, outcomeOf))
  }

  /** Whether everything was acknowledged. */
  async settled(): Promise<boolean> {
    const settled = await Promise.allSettled(this.#acknowledgements)
    return settled.every(({ status }) => status === 'fulfilled')
  }

  async #park(
    parked: ParkedDelivery,
    delayMs: number,
    outcomeOf: ((place: RecordPosition) => { outcome: Outcome; detail: string | null }) | null,
  ): Promise<void> {
    const { parking, observer, tracer } = this.#world
    const span = tracer.begin({ kind: 'parking', delayMs }, this.#trace)
    const sent = { ...parked, trace: span.context }
    const place = await ended(
      span,
      this.#asMember(() => parking.park(sent, delayMs, this.#lost)),
    )
    observer.observe({ kind: 'parked', delayMs })
    if (outcomeOf === null) return
    const { outcome, detail } = outcomeOf(place)
    await this.#writeOutcome(outcome, detail)
  }

  async #writeOutcome(outcome: Outcome, detail: string | null): Promise<void> {
    const { observer, outcomes, tracer } = this.#world
    const { result, reason } = outcome
    const told = { kind: 'outcome', outcome, detail } as const
    observer.observe(this.#trace === null ? told : { ...told, traceId: this.#trace.traceId })
    const span = tracer.begin({ kind: 'outcome', result, reason }, this.#trace)
    await ended(
      span,
      this.#asMember(() => outcomes.write(outcome, this.#lost, span.context)),
    )
  }

  /** Waits until the group has answered again. If the partition is lost meanwhile, nothing is written. */
  async #asMember<Value>(write: () => Promise<Value>): Promise<Value> {
    const { gate } = this.#world
    for (let doubt = gate.membership(); doubt !== null && !this.#lost.aborted; doubt = gate.membership())
      await doubt
    if (this.#lost.aborted) throw new Error('the partition was lost before this could be written')
    return write()
  }

  #await(written: Promise<unknown>): void {
    // Judged in `settled`; marked here so that a sink that stops meanwhile is no unhandled rejection.
    written.catch(() => {})
    this.#acknowledgements.push(written)
  }
}

async function ended<Value>(span: TracedSpan, written: Promise<Value>): Promise<Value> {
  try {
    const value = await written
    span.end({ kind: 'done' })
    return value
  } catch (error) {
    span.end({ kind: 'failed', reason: 'not_acknowledged' })
    throw error
  }
}
