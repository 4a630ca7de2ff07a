// Receivers as a test scripts them, in virtual time, with a ledger of what they were sent.
// A script is a list of answers for one address; the last one is given again and again.
import type { AttemptResult, AttemptTerms, HttpRequest, TransportFailure } from '../../src/domain/attempt.ts'
import type { Clock, HttpSender } from '../../src/ports.ts'
import { headerOf } from './header-of.ts'

export type FakeAnswer = (
  | {
      readonly status: number
      readonly body?: string
      readonly location?: string
      /** The Retry-After header as it comes. */
      readonly retryAfter?: string
    }
  | { readonly failure: TransportFailure }
  | { readonly hang: true }
) & {
  /** Milliseconds until the answer; default 10. */
  readonly afterMs?: number
}

export interface SentRequest {
  readonly request: HttpRequest
  readonly limits: AttemptTerms
  /** From the `webhook-id` and `webhook-attempt` headers, as a receiver reads them. */
  readonly deliveryId: string
  readonly attempt: number
  readonly begunAtMs: number
}

export class FakeHttpSender implements HttpSender {
  readonly ledger: SentRequest[] = []
  readonly #clock: Clock
  readonly #scripts = new Map<string, FakeAnswer[]>()
  #underWay = 0
  #mostUnderWay = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `address`: origin and path, without a query. Without a script the answer is 200. */
  script(address: string, ...answers: FakeAnswer[]): void {
    this.#scripts.set(address, answers)
  }

  get underWay(): number {
    return this.#underWay
  }

  get mostUnderWay(): number {
    return this.#mostUnderWay
  }

  send(request: HttpRequest, limits: AttemptTerms, signal: AbortSignal): Promise<AttemptResult> {
    if (signal.aborted) return Promise.resolve(cutBefore)
    const { origin, target } = request
    const begunAtMs = this.#clock.monotonicMs()
    const attempt = Number(headerOf(request, 'webhook-attempt') ?? 0)
    this.#underWay += 1
    this.#mostUnderWay = Math.max(this.#mostUnderWay, this.#underWay)
    const script = this.#scripts.get(`${origin}${target.split('?')[0]}`) ?? [{ status: 200 }]
    const answer = (script.length > 1 ? script.shift() : script[0]) ?? { status: 200 }
    const deliveryId = headerOf(request, 'webhook-id') ?? ''
    const isDenied = 'failure' in answer && answer.failure === 'address_denied'
    if (!isDenied) this.ledger.push({ request, limits, deliveryId, attempt, begunAtMs })
    return new Promise((resolve) => {
      const end = (result: AttemptResult): void => {
        for (const cancel of cancels) cancel()
        signal.removeEventListener('abort', cut)
        this.#underWay -= 1
        resolve(result)
      }
      const elapsedMs = (): number => this.#clock.monotonicMs() - begunAtMs
      const fail = (failure: TransportFailure, detail: string): void =>
        end({
          kind: 'unanswered',
          failure,
          detail,
          timings: { connectMs: null, firstByteMs: null, totalMs: elapsedMs() },
        })
      const cut = (): void => fail('interrupted', 'cut short by this process')
      const late = (): void => fail('total_timeout', `no answer within ${limits.totalTimeoutMs} ms`)
      const cancels = [this.#clock.after(limits.totalTimeoutMs, late)]
      signal.addEventListener('abort', cut, { once: true })
      if (!('hang' in answer)) {
        cancels.push(this.#clock.after(answer.afterMs ?? 10, () => this.#answer(answer, elapsedMs(), end)))
      }
    })
  }

  #answer(
    answer: Exclude<FakeAnswer, { readonly hang: true }>,
    elapsedMs: number,
    end: (result: AttemptResult) => void,
  ): void {
    const timings = { connectMs: 0, firstByteMs: elapsedMs, totalMs: elapsedMs }
    if ('failure' in answer) {
      const { failure } = answer
      end({
        kind: 'unanswered',
        failure,
        detail: failure,
        timings: { ...timings, connectMs: null, firstByteMs: null },
      })
      return
    }
    const { status, body, location, retryAfter } = answer
    const redirected = status >= 300 && status < 400 && location !== undefined && URL.canParse(location)
    end({
      kind: 'answered',
      statusCode: status,
      redirectOrigin: redirected ? new URL(location).origin : null,
      retryAfter: retryAfter?.slice(0, 64) ?? null,
      excerpt: body === undefined || body === '' ? null : body.slice(0, 512),
      timings,
    })
  }

  async stop(): Promise<void> {}
}

const cutBefore: AttemptResult = {
  kind: 'unanswered',
  failure: 'interrupted',
  detail: 'cut short by this process',
  timings: { connectMs: null, firstByteMs: null, totalMs: 0 },
}
