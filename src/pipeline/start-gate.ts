// Whether work may begin. Three facts must hold: the table has been read to its end, the group has answered a
// heartbeat within the session timeout, and, if the process ever stood still, the table was proved complete
// since. Without the last, a process thawed after 20 seconds would serve a webhook deleted meanwhile.
import type { Clock, Observer } from '../ports.ts'

export interface StartGateFacts {
  tableReady(): boolean
  /** Monotonic milliseconds as of which the table was complete. */
  caughtUpAsOfMs(): number
  /** Monotonic milliseconds of the last heartbeat answered well; null before the first. */
  lastHeartbeatMs(): number | null
}

export interface StartGateBounds {
  /** A heartbeat older than this means that the partitions may belong to somebody else by now. */
  readonly sessionTimeoutMs: number
}

const tickMs = 200
/** Longer than any garbage collection seen here, shorter than what a deletion may take to come into force. */
const stallMs = 1_000

export class StartGate {
  readonly #clock: Clock
  readonly #facts: StartGateFacts
  readonly #bounds: StartGateBounds
  readonly #observer: Observer
  readonly #waiting: (() => void)[] = []
  #lastTickMs: number
  /** When the process last woke from standing still; the table must have been complete after it. */
  #wokeAtMs = Number.NEGATIVE_INFINITY
  #closedBecause: string | null = 'starting'
  #cancelTick = (): void => {}

  constructor(clock: Clock, facts: StartGateFacts, bounds: StartGateBounds, observer: Observer) {
    this.#clock = clock
    this.#facts = facts
    this.#bounds = bounds
    this.#observer = observer
    this.#lastTickMs = clock.monotonicMs()
    this.#schedule()
  }

  /** Null = pass. Otherwise resolves when the gate may be open again: ask anew then. */
  pass(): Promise<void> | null {
    this.#evaluate()
    if (this.#closedBecause === null) return null
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  /** Why work may not begin, or null. */
  get closedBecause(): string | null {
    return this.#closedBecause
  }

  /** Lets everybody who waits go, so that they see their own signal. */
  stop(): void {
    this.#cancelTick()
    this.#release()
  }

  #schedule(): void {
    this.#cancelTick = this.#clock.after(tickMs, () => {
      this.#evaluate()
      if (this.#closedBecause === null) this.#release()
      this.#schedule()
    })
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #evaluate(): void {
    const nowMs = this.#clock.monotonicMs()
    const stoodStillMs = nowMs - this.#lastTickMs - tickMs
    this.#lastTickMs = nowMs
    if (stoodStillMs >= stallMs) {
      this.#wokeAtMs = nowMs
      this.#observer.observe({ kind: 'stalled', stalledMs: stoodStillMs })
    }
    const because = this.#reason(nowMs)
    if (because === this.#closedBecause) return
    this.#closedBecause = because
    this.#observer.observe({
      kind: 'start_gate',
      state: because === null ? 'open' : 'closed',
      why: because ?? '',
    })
  }

  #reason(nowMs: number): string | null {
    if (!this.#facts.tableReady()) return 'the table is being read'
    if (this.#facts.caughtUpAsOfMs() < this.#wokeAtMs)
      return 'the process stood still; the table is being checked'
    const heartbeatMs = this.#facts.lastHeartbeatMs()
    if (heartbeatMs === null) return 'the group has not been joined'
    if (nowMs - heartbeatMs > this.#bounds.sessionTimeoutMs) return 'the group does not answer heartbeats'
    return null
  }
}
