// When the head of a retry topic's partition may be taken: at its time, or before it where what it waits for is over.
import type { WebhookId } from '../domain/ids.ts'
import { readExpectation, readPausedBy } from '../domain/parked-delivery.ts'
import type { PausedBy } from '../domain/parked-delivery.ts'
import type { Clock, SourceRecord } from '../ports.ts'
import { untilDueMs } from '../retry/due-time.ts'

export interface DueWorld {
  readonly clock: Clock
  /** Whether a receiver could take more than comes. */
  hasSpareRoom(webhookId: WebhookId): boolean
  /** Whether what waits for a pause is worth being taken. */
  mayGoOn(pausedBy: PausedBy): boolean
}

export class DueHead {
  readonly #world: DueWorld
  readonly #delayMs: number
  readonly #due: () => void
  #isAwaited = false
  /** The head that is waited for, and when it is due: fixed when it is first looked at, whatever the clock does then. */
  #awaited = { offset: -1n, dueAtMs: 0 }
  #cancel = (): void => {}

  /** `delayMs`: that each record of the topic waits. `due`: called when the head that is awaited is. */
  constructor(world: DueWorld, delayMs: number, due: () => void) {
    this.#world = world
    this.#delayMs = delayMs
    this.#due = due
  }

  get isAwaited(): boolean {
    return this.#isAwaited
  }

  /** Whether it is not due yet; then `due` is called when it is. */
  awaits(head: SourceRecord): boolean {
    this.#isAwaited = false
    const { clock } = this.#world
    const { offset } = head.position
    const leftMs = this.untilDueMs(head)
    if (leftMs <= 0) return false
    if (offset !== this.#awaited.offset) this.#awaited = { offset, dueAtMs: clock.monotonicMs() + leftMs }
    const waitMs = this.#awaited.dueAtMs - clock.monotonicMs()
    if (waitMs <= 0) return false
    this.#isAwaited = true
    this.#cancel()
    this.#cancel = clock.after(waitMs, this.#due)
    return true
  }

  /** Milliseconds; 0 or less: it is due. */
  untilDueMs({ position: { offset }, timestampMs: appendedAtMs, headers }: SourceRecord): number {
    const expected = readExpectation(headers)
    const pausedBy = readPausedBy(headers)
    if (pausedBy !== null) {
      if (this.#world.mayGoOn(pausedBy)) return 0
    } else if (expected !== null && this.#world.hasSpareRoom(expected.webhookId)) return 0
    const parkedAt = { offset, appendedAtMs, expectedAtMs: expected?.atMs ?? null }
    return untilDueMs(parkedAt, this.#delayMs, this.#world.clock.nowMs())
  }

  cancel(): void {
    this.#cancel()
  }
}
