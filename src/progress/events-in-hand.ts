// The call events that a process has taken and not yet ended or parked, by when they happened.
// Invariant: what is taken out is what was put in, so that nothing stays behind; the oldest is looked for only when
// somebody asks, because events do not come in the order of their times.

export class EventsInHand {
  readonly #inHand = new Set<{ readonly eventTimeMs: number }>()

  /** `eventTimeMs`: epoch milliseconds. The answer is to be called when it is out of hand, perhaps more than once. */
  take(eventTimeMs: number): () => void {
    const event = { eventTimeMs }
    this.#inHand.add(event)
    return () => this.#inHand.delete(event)
  }

  /** Milliseconds since the oldest happened; 0 if there is none, or it is told to lie ahead. `nowMs`: epoch. */
  oldestMs(nowMs: number): number {
    let oldestMs = 0
    for (const { eventTimeMs } of this.#inHand) oldestMs = Math.max(oldestMs, nowMs - eventTimeMs)
    return oldestMs
  }
}
