// The receivers of webhooks, each with phases in which it behaves in one way or another, and one process's way to them.
// A phase may be of a whole origin: nobody gets through to it then.
import type { AttemptLimits, AttemptResult, HttpRequest, TransportFailure } from '../../src/domain/attempt.ts'
import type { HttpSender } from '../../src/ports.ts'
import { headerOf } from '../fakes/header-of.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type { Dice } from './dice.ts'
import type { ProcessLife } from './process-life.ts'

/** `after`: the Retry-After header; null: none. */
export type Behaviour =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly after: RetryAfter | null
      readonly withinMs: number
    }
  | { readonly kind: 'failure'; readonly failure: TransportFailure; readonly withinMs: number }
  | { readonly kind: 'hang' }
  /** Of an origin: what stands behind it answers. */
  | { readonly kind: 'through' }
  /** Any of these, each time anew. */
  | { readonly kind: 'mixed'; readonly of: readonly Single[] }

export type Single = Exclude<Behaviour, { readonly kind: 'mixed' | 'through' }>

export type RetryAfter =
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'date'; readonly seconds: number }
  | { readonly kind: 'text'; readonly text: string }

export interface Phase {
  /** Monotonic milliseconds. */
  readonly untilMs: number
  readonly behaviour: Behaviour
}

export interface SentRequest {
  readonly request: HttpRequest
  readonly deliveryId: string
  readonly attempt: number
  readonly begunAtMs: number
}

export interface AnsweredRequest {
  readonly result: AttemptResult
  /** Epoch milliseconds, by the clock of who asked, before which the receiver wants nothing; null: it did not say. */
  readonly askedUntilMs: number | null
}

export interface RequestWitness {
  begun(sent: SentRequest): void
  /** When the process is told. */
  ended(sent: SentRequest, answered: AnsweredRequest): void
}

/** Phases by address: origin and path, or the origin alone. */
export type Phases = ReadonlyMap<string, readonly Phase[]>

export class Receivers {
  readonly #clock: VirtualClock
  readonly #dice: Dice
  readonly #phases: Phases

  constructor(clock: VirtualClock, dice: Dice, phases: Phases) {
    this.#clock = clock
    this.#dice = dice
    this.#phases = phases
  }

  /** The way to them of one process. */
  sender(life: ProcessLife, witness: RequestWitness): HttpSender {
    return {
      send: (request, limits, signal) => this.#send(request, { limits, signal, life, witness }),
      stop: () => Promise.resolve(),
    }
  }

  #send(
    request: HttpRequest,
    {
      limits,
      signal,
      life,
      witness,
    }: {
      readonly limits: AttemptLimits
      readonly signal: AbortSignal
      readonly life: ProcessLife
      readonly witness: RequestWitness
    },
  ): Promise<AttemptResult> {
    const begunAtMs = this.#clock.monotonicMs()
    if (signal.aborted) return Promise.resolve(unanswered('interrupted', 0))
    const sent: SentRequest = {
      request,
      deliveryId: headerOf(request, 'webhook-id') ?? '',
      attempt: Number(headerOf(request, 'webhook-attempt')),
      begunAtMs,
    }
    witness.begun(sent)
    const answer = this.#answerOf(request)
    return new Promise((resolve) => {
      const end = (result: AttemptResult, askedUntilMs: number | null): void => {
        for (const cancel of cancels) cancel()
        signal.removeEventListener('abort', cut)
        witness.ended(sent, { result, askedUntilMs })
        resolve(result)
      }
      const elapsedMs = (): number => this.#clock.monotonicMs() - begunAtMs
      const cut = (): void => end(unanswered('interrupted', elapsedMs()), null)
      const own = life.clock()
      const late = (): void => end(unanswered('total_timeout', elapsedMs()), null)
      const cancels = [own.after(limits.totalTimeoutMs, late)]
      signal.addEventListener('abort', cut, { once: true })
      if (answer.kind === 'hang') return
      const waitMs = answer.withinMs * (0.5 + this.#dice.next() / 2)
      if (answer.kind === 'failure') {
        cancels.push(own.after(waitMs, () => end(unanswered(answer.failure, elapsedMs()), null)))
      } else cancels.push(own.after(waitMs, () => end(...this.#answered(answer, elapsedMs(), life))))
    })
  }

  #answerOf({ origin, target }: HttpRequest): Single {
    const nowMs = this.#clock.monotonicMs()
    for (const address of [origin, `${origin}${target.split('?')[0]}`]) {
      const behaviour = this.#phases.get(address)?.find(({ untilMs }) => nowMs < untilMs)?.behaviour
      if (behaviour === undefined || behaviour.kind === 'through') continue
      return behaviour.kind === 'mixed' ? this.#dice.pick(behaviour.of) : behaviour
    }
    return { kind: 'status', status: 200, after: null, withinMs: 10 }
  }

  #answered(
    { status, after }: Extract<Single, { readonly kind: 'status' }>,
    elapsedMs: number,
    life: ProcessLife,
  ): [AttemptResult, number | null] {
    const asked = after === null ? null : this.#asked(after, life)
    const result: AttemptResult = {
      kind: 'answered',
      statusCode: status,
      redirectOrigin: null,
      retryAfter: asked?.header ?? null,
      excerpt: null,
      timings: { connectMs: 0, firstByteMs: elapsedMs, totalMs: elapsedMs },
    }
    return [result, asked?.untilMs ?? null]
  }

  /** `untilMs`: by the clock of who asks. */
  #asked(after: RetryAfter, life: ProcessLife): { header: string; untilMs: number | null } {
    const nowMs = life.nowMs()
    switch (after.kind) {
      case 'seconds':
        return {
          header: String(after.seconds),
          untilMs: after.seconds > 0 ? nowMs + after.seconds * 1_000 : null,
        }
      case 'date': {
        const atMs = Math.floor(this.#clock.nowMs() / 1_000 + after.seconds) * 1_000
        return { header: new Date(atMs).toUTCString(), untilMs: atMs > nowMs ? atMs : null }
      }
      case 'text':
        return { header: after.text, untilMs: null }
    }
  }
}

function unanswered(failure: TransportFailure, totalMs: number): AttemptResult {
  const timings = { connectMs: null, firstByteMs: null, totalMs }
  return { kind: 'unanswered', failure, detail: failure, timings }
}
