// Whether a process runs, stands still or is dead, as its operating system knows it. All that reaches it from outside,
// timers included, comes through here: while it stands still that waits, and the dead are told nothing.
// Invariant: what was held is let in one piece after the other, each with all that it sets off, as an event loop does.
import type { Clock } from '../../src/ports.ts'
import type { VirtualClock } from '../fakes/virtual-clock.ts'

export class ProcessLife {
  readonly #clock: VirtualClock
  readonly #skewMs: number
  #state: 'running' | 'frozen' | 'dead' = 'running'
  #held: (() => void)[] = []
  #timers = 0

  /** `skewMs`: by how much its wall clock is ahead. */
  constructor(clock: VirtualClock, skewMs: number) {
    this.#clock = clock
    this.#skewMs = skewMs
  }

  /** Epoch milliseconds by its own wall clock. */
  nowMs(): number {
    return this.#clock.nowMs() + this.#skewMs
  }

  get isDead(): boolean {
    return this.#state === 'dead'
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  /** Timers that it waits for. */
  get timers(): number {
    return this.#timers
  }

  run(callback: () => void): void {
    if (this.#state === 'running') callback()
    else if (this.#state === 'frozen') this.#held.push(callback)
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'running'
    // A timer of no delay each: between two of them everything settles.
    for (const callback of this.#held.splice(0)) this.#clock.after(0, () => this.run(callback))
  }

  kill(): void {
    this.#state = 'dead'
    this.#held = []
  }

  /** Monotonic time is everybody's; being woken is not. */
  clock(): Clock {
    const after = (delayMs: number, callback: () => void): (() => void) => {
      this.#timers += 1
      let isPending = true
      const over = (): boolean => {
        if (!isPending) return false
        isPending = false
        this.#timers -= 1
        return true
      }
      const cancel = this.#clock.after(delayMs, () =>
        this.run(() => {
          if (over()) callback()
        }),
      )
      return () => {
        if (over()) cancel()
      }
    }
    return {
      nowMs: () => this.nowMs(),
      monotonicMs: () => this.#clock.monotonicMs(),
      after,
      nextTurn: (callback) => void after(0, callback),
    }
  }
}
