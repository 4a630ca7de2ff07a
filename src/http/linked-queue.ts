// A queue whose members know their place in it.
// Invariant: joining, leaving from anywhere, and asking for either end cost the same however long it is. An array or
// a Map leaves gaps that the next look at its beginning walks over, and this is looked at for every request.

/** A member's place. It belongs to one queue at a time, and may be used again after it has left. */
export class Link<Value> {
  readonly value: Value
  before: Link<Value> | null = null
  after: Link<Value> | null = null
  queue: LinkedQueue<Value> | null = null

  constructor(value: Value) {
    this.value = value
  }
}

export class LinkedQueue<Value> {
  #first: Link<Value> | null = null
  #last: Link<Value> | null = null
  #size = 0

  get first(): Value | undefined {
    return this.#first?.value
  }

  get last(): Value | undefined {
    return this.#last?.value
  }

  get size(): number {
    return this.#size
  }

  /** At the end. The link is in no queue. */
  append(link: Link<Value>): void {
    link.queue = this
    link.before = this.#last
    if (this.#last === null) this.#first = link
    else this.#last.after = link
    this.#last = link
    this.#size += 1
  }

  /** Takes out the first; undefined where there is none. */
  shift(): Value | undefined {
    const first = this.#first
    if (first === null) return undefined
    this.remove(first)
    return first.value
  }

  /** Nothing happens to a link that is not in this queue. */
  remove(link: Link<Value>): void {
    if (link.queue !== this) return
    if (link.before === null) this.#first = link.after
    else link.before.after = link.after
    if (link.after === null) this.#last = link.before
    else link.after.before = link.before
    link.queue = null
    link.before = null
    link.after = null
    this.#size -= 1
  }
}
