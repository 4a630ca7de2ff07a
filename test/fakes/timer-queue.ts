// Timers by when they are due, those of one moment in the order in which they were set: a binary heap, because a run of
// the model sets and cancels thousands.
// Invariant: `size` counts those that will be called; what was cancelled is dropped when it comes to the top.

export interface Timer {
  readonly dueAtMs: number
  readonly callback: () => void
}

interface Entry extends Timer {
  readonly order: number
  isPending: boolean
}

export class TimerQueue {
  readonly #heap: Entry[] = []
  #order = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The answer cancels; calling it again, or afterwards, changes nothing. */
  add(dueAtMs: number, callback: () => void): () => void {
    const entry: Entry = { dueAtMs, callback, order: this.#order, isPending: true }
    this.#order += 1
    this.#size += 1
    this.#rise(entry)
    return () => {
      if (!entry.isPending) return
      entry.isPending = false
      this.#size -= 1
    }
  }

  /** The first one that is due by `untilMs`; it is out of the queue. */
  take(untilMs: number): Timer | null {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.isPending && first.dueAtMs > untilMs) return null
      this.#removeFirst()
      if (!first.isPending) continue
      first.isPending = false
      this.#size -= 1
      return first
    }
    return null
  }

  #rise(entry: Entry): void {
    const heap = this.#heap
    let index = heap.length
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || isBefore(parent, entry)) break
      heap[index] = parent
      index = above
    }
    heap[index] = entry
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (isBefore(last, child)) break
      heap[index] = child
      index = 2 * index + (isRight ? 2 : 1)
    }
    heap[index] = last
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.dueAtMs < other.dueAtMs || (one.dueAtMs === other.dueAtMs && one.order < other.order)
}
