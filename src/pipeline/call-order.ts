// The order of one call at one receiver: the end's first attempt begins only after the start's first attempt is over,
// or the start waits in a retry topic.
// Invariant: whoever waits is let go, because every start says once that it is out of the way, however its life ends;
// both are taken from one partition in order, so the start has always said that it is there before the end asks.

interface Starts {
  pending: number
  readonly waiting: (() => void)[]
}

export class CallOrder {
  readonly #starts = new Map<string, Starts>()

  /** The answer says that this start is out of the way; calling it again changes nothing. */
  startTaken(callId: string, origin: string): () => void {
    const key = keyOf(callId, origin)
    const starts = this.#starts.get(key) ?? { pending: 0, waiting: [] }
    this.#starts.set(key, starts)
    starts.pending += 1
    let isPending = true
    return () => {
      if (!isPending) return
      isPending = false
      starts.pending -= 1
      if (starts.pending > 0) return
      this.#starts.delete(key)
      for (const resolve of starts.waiting) resolve()
    }
  }

  /** Null: nothing to wait for. */
  untilStartTried(callId: string, origin: string): Promise<void> | null {
    const starts = this.#starts.get(keyOf(callId, origin))
    if (starts === undefined) return null
    return new Promise((resolve) => {
      starts.waiting.push(resolve)
    })
  }
}

/** An origin holds no line feed. */
function keyOf(callId: string, origin: string): string {
  return `${origin}\n${callId}`
}
