// Isolation on time that passes only when a test says so: asks are named, their answers and times are kept, and whoever
// waits is woken as often as a process does it.
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { Webhook } from '../../../src/domain/webhook.ts'
import type { Admission, Asked, AttemptEnding, Permit } from '../../../src/isolation/admission.ts'
import { Isolation } from '../../../src/isolation/isolation.ts'
import type { IsolationBounds } from '../../../src/isolation/isolation-options.ts'
import { aWebhook } from '../domain/samples.ts'

export const wakeEveryMs = 10

const ordinary = aWebhook()

/** A webhook of an origin of its own, if none is named. */
export function webhookOf(name: string, fields: Partial<Webhook> = {}): Webhook {
  return { ...ordinary, webhookId: name as WebhookId, origin: `https://${name}.test`, ...fields }
}

export const isolationBounds: IsolationBounds = {
  laneConcurrency: 64,
  originConcurrency: 256,
  ratePerSecond: null,
  maxWaitMs: 1_000,
  maxWaiting: 500,
  maxOldAttempts: 500,
  maxLanes: 1_000,
}

export const answered = (latencyMs = 10): AttemptEnding => ({
  kind: 'answered',
  latencyMs,
  retryAfterMs: null,
})
export const endedAs = (kind: AttemptEnding['kind'], retryAfterMs: number | null = null): AttemptEnding => ({
  kind,
  latencyMs: kind === 'hung' ? 10_000 : 10,
  retryAfterMs,
})

/** Lets every promise that could go on go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve()
}

/** What was asked, and what came of it. */
export class Ask {
  readonly asked: Asked
  readonly askedAtMs: number
  /** Monotonic milliseconds; null: it still waits. */
  answeredAtMs: number | null = null
  admission: Admission | null = null
  hasEnded = false

  constructor(asked: Asked, askedAtMs: number) {
    this.asked = asked
    this.askedAtMs = askedAtMs
  }

  /** `go`, `waits`, or the deferral as `kind: reason`. */
  get answer(): string {
    if (this.admission === null) return 'waits'
    if (this.admission.kind === 'go') return 'go'
    const { kind, reason } = this.admission.deferral
    return `${kind}: ${reason}`
  }

  /** Milliseconds after which it is to come back; NaN where it is not. */
  get waitMs(): number {
    return this.admission?.kind === 'defer' ? this.admission.deferral.waitMs : Number.NaN
  }

  get isRunning(): boolean {
    return this.admission?.kind === 'go' && !this.hasEnded
  }

  /** @throws where it was not let in. */
  get permit(): Permit {
    if (this.admission?.kind !== 'go') throw new Error(`not let in: ${this.answer}`)
    this.hasEnded = true
    return this.admission.permit
  }
}

export class IsolationRig {
  readonly isolation: Isolation
  /** Every breaker that opened or closed, as `webhook w opened`. */
  readonly changes: string[] = []
  readonly asks: Ask[] = []
  nowMs = 100_000

  constructor(bounds: Partial<IsolationBounds> = {}, random: () => number = () => 0.5) {
    this.isolation = new Isolation({
      bounds: { ...isolationBounds, ...bounds },
      random,
      changed: ({ of, name, change }) => this.changes.push(`${of} ${name} ${change}`),
    })
    this.isolation.setShare(1, 0)
  }

  ask(webhook: Webhook, fields: Partial<Omit<Asked, 'webhook'>> = {}): Ask {
    const asked = { urgency: 'start', patience: 'may_wait', isOffered: true, ...fields, webhook } as const
    const ask = new Ask(asked, this.nowMs)
    this.asks.push(ask)
    const answer = this.isolation.ask(asked, this.nowMs)
    const note = (admission: Admission): void => {
      ask.admission = admission
      ask.answeredAtMs = this.nowMs
    }
    if (answer instanceof Promise) void answer.then(note)
    else note(answer)
    return ask
  }

  askAll(webhook: Webhook, count: number, fields: Partial<Omit<Asked, 'webhook'>> = {}): Ask[] {
    return Array.from({ length: count }, () => this.ask(webhook, fields))
  }

  async end(ask: Ask, ending: AttemptEnding = answered()): Promise<void> {
    ask.permit.end(ending, this.nowMs)
    await settled()
  }

  async cancel(ask: Ask): Promise<void> {
    ask.permit.cancel(this.nowMs)
    await settled()
  }

  /** Lets time pass, waking whoever waits as a process does. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms
    while (this.isolation.waiting > 0 && this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + wakeEveryMs)
      this.isolation.wake(this.nowMs)
      await settled()
    }
    this.nowMs = endMs
  }

  /** One attempt from ask to end. @throws where it was not let in at once. */
  async attempt(webhook: Webhook, ending: AttemptEnding = answered()): Promise<void> {
    const ask = this.ask(webhook)
    this.nowMs += ending.latencyMs
    await this.end(ask, ending)
  }

  /** Attempts that succeed, so many at a time, until the lane lets that many in at once. */
  async widen(webhook: Webhook, atOnce: number): Promise<void> {
    for (let round = 0; round < atOnce * 4; round += 1) {
      const asks = this.askAll(webhook, atOnce, { patience: 'at_once' }).filter(({ isRunning }) => isRunning)
      this.nowMs += 10
      for (const ask of asks) await this.end(ask)
      if (asks.length === atOnce) return
    }
    throw new Error(`the lane does not let ${atOnce} in at once`)
  }
}
