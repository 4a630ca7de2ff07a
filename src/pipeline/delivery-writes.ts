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
  /** Not acknowledged, and not refused either. */
  #open = 0
  #isRefused = false
  #whenSettled: PromiseWithResolvers<boolean> | null = null

  /** `trace`: of what leads to them. */
  constructor(world: WritingWorld, { lost }: Pick<LifeSignals, 'lost'>, trace: TraceContext | null) {
    this.#world = world
    this.#lost = lost
    this.#trace = trace
  }

  outcome(outcome: Outcome, detail: string | null): void {
    this.#count(this.#writeOutcome(outcome, detail))
  }

  /** `outcomeOf`: of the place where it was parked; null: this parking has no outcome of its own. */
  park(
    parked: ParkedDelivery,
    delayMs: number,
    outcomeOf: ((place: RecordPosition) => { outcome: Outcome; detail: string | null }) | null,
  ): void {
    this.#count(this.#park(parked, delayMs, outcomeOf))
  }

  /** Whether everything was acknowledged. */
  settled(): Promise<boolean> {
    if (this.#open === 0) return Promise.resolve(!this.#isRefused)
    this.#whenSettled ??= Promise.withResolvers()
    return this.#whenSettled.promise
  }

  async #park(
    parked: ParkedDelivery,
    delayMs: number,
    outcomeOf: ((place: RecordPosition) => { outcome: Outcome; detail: string | null }) | null,
  ): Promise<void> {
    const { parking, observer, tracer } = this.#world
    const span = tracer.begin({ kind: 'parking', delayMs }, this.#trace)
    const sent = { ...parked, trace: span.context }
    const written = this.#asMember(() => parking.park(sent, delayMs, this.#lost))
    endWith(span, written)
    const place = await written
    observer.observe({ kind: 'parked', delayMs })
    if (outcomeOf === null) return
    const { outcome, detail } = outcomeOf(place)
    await this.#writeOutcome(outcome, detail)
  }

  #writeOutcome(outcome: Outcome, detail: string | null): Promise<unknown> {
    const { observer, outcomes, tracer } = this.#world
    const { result, reason } = outcome
    const told = { kind: 'outcome', outcome, detail } as const
    observer.observe(this.#trace === null ? told : { ...told, traceId: this.#trace.traceId })
    const span = tracer.begin({ kind: 'outcome', result, reason }, this.#trace)
    const written = this.#asMember(() => outcomes.write(outcome, this.#lost, span.context))
    if (span.context !== null) endWith(span, written)
    return written
  }

  /** Waits until the group has answered again. If the partition is lost meanwhile, nothing is written. */
  #asMember<Value>(write: () => Promise<Value>): Promise<Value> {
    const doubt = this.#world.gate.membership()
    return doubt === null && !this.#lost.aborted ? write() : this.#onceMember(doubt, write)
  }

  async #onceMember<Value>(first: Promise<void> | null, write: () => Promise<Value>): Promise<Value> {
    const { gate } = this.#world
    for (let doubt = first; doubt !== null && !this.#lost.aborted; doubt = gate.membership()) await doubt
    if (this.#lost.aborted) throw new Error('the partition was lost before this could be written')
    return write()
  }

  /** What is refused is judged in `settled`: a sink that stops meanwhile is no unhandled rejection. */
  #count(written: Promise<unknown>): void {
    this.#open += 1
    written.then(this.#acknowledged, this.#refused)
  }

  readonly #acknowledged = (): void => {
    this.#open -= 1
    if (this.#open === 0) this.#whenSettled?.resolve(!this.#isRefused)
  }

  readonly #refused = (): void => {
    this.#isRefused = true
    this.#acknowledged()
  }
}

function endWith(span: TracedSpan, written: Promise<unknown>): void {
  written.then(
    () => span.end({ kind: 'done' }),
    () => span.end({ kind: 'failed', reason: 'not_acknowledged' }),
  )
}
