// Keeps a client running that cannot be trusted to keep itself running: builds it anew after a crash and after a
// long silence, and gives up when that keeps failing, so that a process never lives on doing nothing.
// Invariant: at most one client is being built or running; after `stop` none is built any more.
import type { Observer } from '../ports.ts'

export interface SupervisorOptions {
  /** Builds and starts a client. Rejects if it cannot be started. */
  build(): Promise<void>
  /** Ends the client that runs, if any. May hang; the supervisor does not wait for it for ever. */
  tearDown(): Promise<void>
  /** Called once, when no further attempt will be made. */
  gaveUp(error: Error): void
  /** Milliseconds without progress, over however many clients, after which it gives up. */
  readonly giveUpMs: number
  /** Milliseconds of silence after which a running client is replaced. */
  readonly silenceMs: number
  readonly observer: Observer
  monotonicMs(): number
}

const firstWaitMs = 500
/** With a teardown that hangs and a join, brokers that are back are in use again within a quarter of a minute. */
const lastWaitMs = 5_000
const tearDownMs = 5_000
const watchEveryMs = 1_000
/** A client that makes progress each time and yet crashes again, ever so often, gets nowhere either. */
const maxRelapses = 20
const crashWindowMs = 300_000

export class Supervisor {
  readonly #options: SupervisorOptions
  #state: 'starting' | 'running' | 'rebuilding' | 'over' = 'starting'
  #progressAtMs: number
  #builtAtMs = 0
  /** Crashes within the window, for how long to wait; and those of clients that had made progress. */
  #crashesAtMs: number[] = []
  #relapsesAtMs: number[] = []
  /** The client starts in the background: it may crash before its build has ended without rejecting it. */
  #crashedWhileBuilt: Error | null = null
  #rebuild: NodeJS.Timeout | null = null
  #watch: NodeJS.Timeout | null = null

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#progressAtMs = options.monotonicMs()
  }

  /** The first build is the caller's to answer for: if it fails, nothing is supervised. */
  async start(): Promise<void> {
    await this.#options.build()
    if (this.#state === 'over') return
    this.#progressAtMs = this.#options.monotonicMs()
    this.#watch = setInterval(() => this.#look(), watchEveryMs)
    this.#built()
  }

  /** The client did something that only a working one can do. */
  progressed(): void {
    this.#progressAtMs = this.#options.monotonicMs()
  }

  crashed(error: Error): void {
    if (this.#state === 'running') this.#replace(error)
    else this.#crashedWhileBuilt = error
  }

  stop(): void {
    this.#state = 'over'
    if (this.#rebuild !== null) clearTimeout(this.#rebuild)
    if (this.#watch !== null) clearInterval(this.#watch)
  }

  #built(): void {
    this.#state = 'running'
    this.#builtAtMs = this.#options.monotonicMs()
    if (this.#crashedWhileBuilt !== null) this.#replace(this.#crashedWhileBuilt)
  }

  #look(): void {
    const silentMs = this.#options.monotonicMs() - Math.max(this.#progressAtMs, this.#builtAtMs)
    if (this.#state !== 'running' || silentMs < this.#options.silenceMs) return
    this.#replace(new Error(`no progress for ${Math.round(silentMs / 1_000)} s`))
  }

  #replace(error: Error): void {
    const { observer, giveUpMs, monotonicMs } = this.#options
    const nowMs = monotonicMs()
    const recent = (atMs: number): boolean => nowMs - atMs < crashWindowMs
    this.#crashesAtMs = [...this.#crashesAtMs.filter(recent), nowMs]
    this.#relapsesAtMs = this.#relapsesAtMs.filter(recent)
    if (this.#progressAtMs > this.#builtAtMs) this.#relapsesAtMs.push(nowMs)
    observer.observe({ kind: 'trouble', where: 'event-source', error: error.message })
    const withoutProgressMs = nowMs - this.#progressAtMs
    if (withoutProgressMs > giveUpMs || this.#relapsesAtMs.length > maxRelapses) {
      this.stop()
      this.#options.gaveUp(
        new Error(
          `the Kafka client was rebuilt in vain: ${this.#crashesAtMs.length} times in 5 minutes, ${Math.round(withoutProgressMs / 1_000)} s without progress; the last error: ${error.message}`,
          { cause: error },
        ),
      )
      return
    }
    this.#state = 'rebuilding'
    const waitMs = Math.min(firstWaitMs * 2 ** (this.#crashesAtMs.length - 1), lastWaitMs)
    this.#rebuild = setTimeout(() => void this.#buildAgain(), waitMs)
  }

  async #buildAgain(): Promise<void> {
    try {
      await within(tearDownMs, this.#options.tearDown())
      if (this.#state === 'over') return
      this.#crashedWhileBuilt = null
      this.#options.observer.observe({ kind: 'client_rebuilt', where: 'event-source' })
      await this.#options.build()
      if (this.#state === 'rebuilding') this.#built()
    } catch (error) {
      if (this.#state !== 'over') this.#replace(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([work.catch(() => undefined), late.promise])
  clearTimeout(timer)
}
