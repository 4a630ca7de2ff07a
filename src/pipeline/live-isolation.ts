// Isolation on the process's clock: those who wait for room are looked after while there are any, and what becomes of
// breakers is observed.
import type { Admission, Asked, AttemptEnding, Permit } from '../isolation/admission.ts'
import { Isolation } from '../isolation/isolation.ts'
import type { IsolationBounds } from '../isolation/isolation-options.ts'
import type { Clock, Observer, Random } from '../ports.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { LanesStanding, TroubledWay } from '../domain/standing.ts'
import type { Webhook } from '../domain/webhook.ts'

/** Fine enough for a rate of a hundred a second; a faster one makes up for what a late wake-up missed. */
const wakeEveryMs = 10

export class LiveIsolation {
  readonly #clock: Clock
  readonly #isolation: Isolation
  #isAwake = false

  constructor(clock: Clock, random: Random, observer: Observer, bounds: IsolationBounds) {
    this.#clock = clock
    this.#isolation = new Isolation({
      bounds,
      random: () => random.next(),
      changed: (change) => observer.observe({ kind: 'breaker', ...change }),
    })
  }

  setShare(share: number): void {
    this.#isolation.setShare(share, this.#clock.monotonicMs())
  }

  ask(asked: Asked): Admission | Promise<Admission> {
    const answer = this.#isolation.ask(asked, this.#clock.monotonicMs())
    if (answer instanceof Promise) this.#stayAwake()
    return answer
  }

  ended(permit: Permit, ending: AttemptEnding): void {
    permit.end(ending, this.#clock.monotonicMs())
  }

  /** Nothing was begun. */
  cancelled(permit: Permit): void {
    permit.cancel(this.#clock.monotonicMs())
  }

  /** The operator holds it back: what it gets at once afterwards begins small, whatever it took before. */
  paused(webhookId: WebhookId): void {
    this.#isolation.paused(webhookId)
  }

  spendRetry(webhook: Webhook): boolean {
    return this.#isolation.spendRetry(webhook, this.#clock.monotonicMs())
  }

  hasSpareRoom(webhookId: WebhookId): boolean {
    return this.#isolation.hasSpareRoom(webhookId, this.#clock.monotonicMs())
  }

  /** Looks at every lane: not for the hot path. */
  standing(): LanesStanding {
    return this.#isolation.standing(this.#clock.monotonicMs())
  }

  /** At most so many of each, those of webhooks first. Looks at every lane. */
  troubled(most: number): readonly TroubledWay[] {
    return this.#isolation.troubled(most, this.#clock.monotonicMs())
  }

  #stayAwake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    this.#clock.after(wakeEveryMs, () => {
      this.#isAwake = false
      this.#isolation.wake(this.#clock.monotonicMs())
      if (this.#isolation.waiting > 0) this.#stayAwake()
    })
  }
}
