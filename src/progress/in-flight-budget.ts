// The bound on all that a process has in hand: deliveries begun and not yet acknowledged, and the bytes of their
// events. Waiting quick tries and unacknowledged outcomes count, so neither can grow past it.
// Invariant: grants are given in the order in which they were asked for; what is granted is given back once.

export interface BudgetBounds {
  readonly maxDeliveries: number
  readonly maxBytes: number
}

interface Waiting {
  readonly bytes: number
  readonly granted: () => void
}

export class InFlightBudget {
  readonly #bounds: BudgetBounds
  readonly #waiting: Waiting[] = []
  #deliveries = 0
  #bytes = 0

  constructor(bounds: BudgetBounds) {
    this.#bounds = bounds
  }

  get deliveries(): number {
    return this.#deliveries
  }

  get bytes(): number {
    return this.#bytes
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Null = granted at once; otherwise resolves when it is this asker's turn. */
  acquire(bytes: number): Promise<void> | null {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#grant(bytes)
      return null
    }
    return new Promise((granted) => {
      this.#waiting.push({ bytes, granted })
    })
  }

  release(bytes: number): void {
    this.#deliveries -= 1
    this.#bytes -= bytes
    for (
      let first = this.#waiting[0];
      first !== undefined && this.#fits(first.bytes);
      first = this.#waiting[0]
    ) {
      this.#waiting.shift()
      this.#grant(first.bytes)
      first.granted()
    }
  }

  /** One that is larger than the whole budget passes alone, or it would wait for ever. */
  #fits(bytes: number): boolean {
    if (this.#deliveries === 0) return true
    return this.#deliveries < this.#bounds.maxDeliveries && this.#bytes + bytes <= this.#bounds.maxBytes
  }

  #grant(bytes: number): void {
    this.#deliveries += 1
    this.#bytes += bytes
  }
}
