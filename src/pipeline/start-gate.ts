// Whether work may begin. These facts must hold: the table has been read to its end, and was proved complete within the
// last minutes; the group has answered a heartbeat within the session timeout; commits succeed; and, if the process ever
// stood still, the table was proved complete since. Without the last, a process thawed after 20 seconds would serve a
// webhook deleted meanwhile.
import type { Clock, Observer } from '../ports.ts'

export interface StartGateFacts {
  /** Table and pauses were read to their ends. */
  tableReady(): boolean
  /** Monotonic milliseconds as of which the table was complete. */
  tableAsOfMs(): number
  /** Monotonic milliseconds as of which table and pauses were. Of pauses the last that is known counts, however old. */
  caughtUpAsOfMs(): number
  /** Monotonic milliseconds of the last heartbeat answered well; null before the first. */
  lastHeartbeatMs(): number | null
  /** Milliseconds for which a commit has been due in vain, at the monotonic time given. */
  commitsStuckMs(nowMs: number): number
}

export interface StartGateBounds {
  /** A heartbeat older than this means that the partitions may belong to somebody else by now. */
  readonly sessionTimeoutMs: number
  /** A table that nobody could prove complete for longer says too little of what clients want by now. */
  readonly maxTableAgeMs: number
}

const tickMs = 200
/** Longer than any garbage collection seen here, shorter than what a deletion may take to come into force. */
const stallMs = 1_000
/** What is begun while commits fail is repeated after a crash; this bounds how much. */
const maxCommitsStuckMs = 5_000

export class StartGate {
  readonly #clock: Clock
  readonly #facts: StartGateFacts
  readonly #bounds: StartGateBounds
  readonly #observer: Observer
  readonly #waiting: (() => void)[] = []
  readonly #inDoubt: (() => void)[] = []
  #lastTickMs: number
  /** The last heartbeat that was answered, also before a membership that is over. */
  #beatenAtMs = Number.NEGATIVE_INFINITY
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

  /** Null = pass. Otherwise resolves within a tick: ask anew then, and look whether there is still a reason to. */
  pass(): Promise<void> | null {
    this.#evaluate()
    if (this.#closedBecause === null) return null
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  /** For whoever cannot wait. */
  get isOpen(): boolean {
    this.#evaluate()
    return this.#closedBecause === null
  }

  /**
   * Whether what belongs to the partitions (outcomes, commits) may be written: null = yes. Otherwise, while they may
   * be somebody else's by now, resolves when it is worth asking anew.
   */
  membership(): Promise<void> | null {
    if (this.#isMember(this.#clock.monotonicMs())) return null
    return new Promise((resolve) => {
      this.#inDoubt.push(resolve)
    })
  }

  /** Why work may not begin, or null. */
  get closedBecause(): string | null {
    return this.#closedBecause
  }

  /**
   * No heartbeat was answered for a whole session: whoever tells of the partitions now may tell of another's. Not so in a
   * rejoin, which takes them from nobody for as long.
   */
  get isForgotten(): boolean {
    const nowMs = this.#clock.monotonicMs()
    return !this.#isMember(nowMs) && nowMs - this.#beatenAtMs > this.#bounds.sessionTimeoutMs
  }

  /** Lets everybody who waits go, so that they see their own signal. */
  stop(): void {
    this.#cancelTick()
    this.#release()
    this.#releaseDoubt()
  }

  #schedule(): void {
    this.#cancelTick = this.#clock.after(tickMs, () => {
      this.#evaluate()
      this.#release()
      this.#releaseDoubt()
      this.#schedule()
    })
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #releaseDoubt(): void {
    for (const resolve of this.#inDoubt.splice(0)) resolve()
  }

  #isMember(nowMs: number): boolean {
    const heartbeatMs = this.#facts.lastHeartbeatMs()
    if (heartbeatMs !== null) this.#beatenAtMs = heartbeatMs
    return heartbeatMs !== null && nowMs - heartbeatMs <= this.#bounds.sessionTimeoutMs
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
    if (nowMs - this.#facts.tableAsOfMs() > this.#bounds.maxTableAgeMs)
      return 'the table is too old; its topic cannot be read'
    if (this.#facts.lastHeartbeatMs() === null) return 'the group has not been joined'
    if (!this.#isMember(nowMs)) return 'the group does not answer heartbeats'
    if (this.#facts.commitsStuckMs(nowMs) > maxCommitsStuckMs) return 'commits fail'
    return null
  }
}
