// Time that passes only when a test says so. Callbacks run in the order in which they are due, and whatever they
// set off has settled before the next one runs, so a run is the same every time and waits for nothing real.
import type { Clock } from '../../src/ports.ts'
import { TimerQueue } from './timer-queue.ts'

export class VirtualClock implements Clock {
  readonly #timers = new TimerQueue()
  #monotonicMs = 1_000
  readonly #epochMs: number

  /** `epochMs`: the wall clock when the monotonic one stands at 0. */
  constructor(epochMs = 1_700_000_000_000) {
    this.#epochMs = epochMs
  }

  nowMs(): number {
    return this.#epochMs + this.#monotonicMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#timers.add(this.#monotonicMs + Math.max(0, delayMs), callback)
  }

  /** A turn of the event loop: no time passes. */
  nextTurn(callback: () => void): void {
    this.after(0, callback)
  }

  /** Callbacks that are still to come: 0 when everything cleaned up after itself. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets `ms` pass, running what falls due on the way. */
  async advance(ms: number): Promise<void> {
    await settle()
    const endMs = this.#monotonicMs + ms
    for (let timer = this.#timers.take(endMs); timer !== null; timer = this.#timers.take(endMs)) {
      this.#monotonicMs = Math.max(this.#monotonicMs, timer.dueAtMs)
      timer.callback()
      await settle()
    }
    this.#monotonicMs = endMs
  }

  /** The process stands still for `ms`: time passes and nothing runs; afterwards what is overdue runs once. */
  async stall(ms: number): Promise<void> {
    this.jump(ms)
    await this.advance(0)
  }

  /** Time has passed, and nobody has noticed yet. */
  jump(ms: number): void {
    this.#monotonicMs += ms
  }

  /** Lets time pass until `work` is over, at most `limitMs`. */
  async run<Result>(work: Promise<Result>, limitMs = 600_000): Promise<Result> {
    const underWay = new Set([work])
    const note = (): void => underWay.clear()
    work.then(note, note)
    await settle()
    const endMs = this.#monotonicMs + limitMs
    while (underWay.size > 0 && this.#monotonicMs < endMs) await this.advance(1)
    if (underWay.size > 0) throw new Error(`not over after ${limitMs} ms of virtual time`)
    return work
  }
}

/** Resolves when every promise that could go on has gone on: the event loop comes round only after all of them. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}
