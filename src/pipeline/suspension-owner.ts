// Judges webhooks that fail, in the one process of the group that owns the first partition of call events.
// Invariants: it judges only after it has shut out whoever judged before and has then read webhooks, suspensions and facts
// to their ends; what it wrote comes back to it before it judges again; where it does not know whether something was
// written it begins anew. So two that both believe to be the owner never write verdicts that do not know of each other.
import type { SuspensionsStanding } from '../domain/standing.ts'
import type { Verdict } from '../domain/suspension.ts'
import type { Clock, FactSink, FactSource, Observer, OpenLedger, VerdictLedger } from '../ports.ts'
import type { Judge } from '../suspension/judge.ts'
import { Freshness } from '../table/freshness.ts'
import { verdictObservation } from './verdict-observation.ts'

export interface OwnerWorld {
  readonly clock: Clock
  readonly observer: Observer
  readonly judge: Judge
  readonly ledger: VerdictLedger
  /** The topic of facts, to be read from its beginning. */
  openFacts(): FactSource
  /** Monotonic milliseconds as of which nothing was missing, of webhooks and suspensions. */
  caughtUpAsOfMs(): number
  /** Milliseconds between two looks at all webhooks that fail. */
  readonly everyMs: number
}

type TermEnd = 'over' | 'in_doubt' | 'shut_out' | 'read_again'

/** Verdicts of one transaction. */
const mostAtOnce = 200
const pollMs = 50
/** Somebody else believes to be the owner: one of both learns soon that it is not. */
const shutOutMs = 5_000
const inDoubtMs = 1_000

export class SuspensionOwner {
  readonly #world: OwnerWorld
  #tenure: { readonly stop: AbortController; readonly over: Promise<void> } | null = null
  /** Of the tenure before. */
  #ended: Promise<void> = Promise.resolve()
  #state: SuspensionsStanding['judge'] = 'aside'
  #readAgain = false
  #wake = (): void => {}

  constructor(world: OwnerWorld) {
    this.#world = world
  }

  get state(): SuspensionsStanding['judge'] {
    return this.#state
  }

  /** `partitions`: of call events, as the group has dealt them to this process. */
  assigned(partitions: readonly number[]): void {
    if (!partitions.includes(0)) void this.stop()
    else if (this.#tenure === null) {
      const stop = new AbortController()
      this.#tenure = { stop, over: this.#ended.then(() => this.#hold(stop.signal)) }
    }
  }

  /** What was read of suspensions is void. */
  readAgain(): void {
    this.#readAgain = true
    this.#wake()
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    const tenure = this.#tenure
    this.#tenure = null
    tenure?.stop.abort()
    if (tenure !== null) this.#ended = tenure.over
    await this.#ended
  }

  /** Never rejects. */
  async #hold(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const end = await this.#term(signal).catch((error: unknown) => this.#troubled(error))
      if (signal.aborted || end === 'over') break
      this.#state = 'resting'
      await this.#pause(end === 'shut_out' ? shutOutMs : inDoubtMs, signal)
    }
    this.#state = 'aside'
  }

  async #term(signal: AbortSignal): Promise<TermEnd> {
    const { clock, judge, ledger, openFacts } = this.#world
    this.#state = 'opening'
    const opened = await ledger.open()
    const openedAtMs = clock.monotonicMs()
    const facts = openFacts()
    try {
      this.#state = 'reading'
      this.#readAgain = false
      judge.forget()
      const read = new Freshness()
      await facts.start(this.#sink(read))
      const asOfMs = (): number => Math.min(read.caughtUpAsOfMs(), this.#world.caughtUpAsOfMs())
      if (!(await this.#until(() => asOfMs() >= openedAtMs, signal))) return this.#endOf(signal)
      this.#state = 'judging'
      return await this.#judge(opened, asOfMs, signal)
    } finally {
      judge.forget()
      await Promise.all([facts.stop(), opened.close()])
    }
  }

  async #judge(opened: OpenLedger, asOfMs: () => number, signal: AbortSignal): Promise<TermEnd> {
    const { clock, judge, everyMs } = this.#world
    const round = (about: 'touched' | 'all') => judge.round(about, clock.nowMs(), mostAtOnce)
    let lookedAtMs = Number.NEGATIVE_INFINITY
    while (!signal.aborted && !this.#readAgain) {
      const isDue = clock.monotonicMs() - lookedAtMs >= everyMs
      if (isDue) lookedAtMs = clock.monotonicMs()
      let verdicts = round(isDue ? 'all' : 'touched')
      if (verdicts.some(({ suspension }) => suspension?.state === 'suspended')) {
        // A success may have been told meanwhile.
        const decidedAtMs = clock.monotonicMs()
        if (!(await this.#until(() => asOfMs() >= decidedAtMs, signal))) break
        verdicts = round('all')
      }
      if (verdicts.length === 0) {
        await this.#pause(Math.min(everyMs, lookEveryMs), signal)
        continue
      }
      const end = await opened.write(verdicts)
      if (end.kind === 'in_doubt') this.#troubled(new Error(end.error))
      if (end.kind !== 'written') return end.kind
      this.#tell(verdicts)
      const writtenAtMs = clock.monotonicMs()
      if (!(await this.#until(() => asOfMs() >= writtenAtMs, signal))) break
    }
    return this.#endOf(signal)
  }

  #endOf(signal: AbortSignal): TermEnd {
    return signal.aborted ? 'over' : 'read_again'
  }

  #tell(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) this.#world.observer.observe(verdictObservation(verdict))
  }

  #sink(read: Freshness): FactSink {
    return {
      started() {},
      change: (webhookId, processId, fact) => this.#world.judge.fact(webhookId, processId, fact),
      position: (...position) => read.position(...position),
      reset: () => this.readAgain(),
    }
  }

  #troubled(error: unknown): TermEnd {
    const text = error instanceof Error ? error.message : String(error)
    this.#world.observer.observe({ kind: 'trouble', where: 'suspensions', error: text })
    return 'in_doubt'
  }

  /** False: it is over before that, or all has to be read again. */
  async #until(holds: () => boolean, signal: AbortSignal): Promise<boolean> {
    while (!holds()) {
      if (signal.aborted || this.#readAgain) return false
      await this.#pause(pollMs, signal)
    }
    return !signal.aborted && !this.#readAgain
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>()
    const cancel = this.#world.clock.after(ms, over.resolve)
    this.#wake = over.resolve
    signal.addEventListener('abort', this.#wake, { once: true })
    await over.promise
    signal.removeEventListener('abort', this.#wake)
    cancel()
  }
}

/** How soon after it was told of a fact is judged by. */
const lookEveryMs = 250
