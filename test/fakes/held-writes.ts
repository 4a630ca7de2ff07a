// What both fake sinks share: a log that grows at once, and acknowledgements that come when the test lets them.
// `hold`: the broker has the record and has not said so; a record whose writer dies meanwhile stays written.

interface Waiting {
  readonly acknowledge: () => void
  readonly reject: (error: Error) => void
}

export class HeldWrites<Value> {
  /** What the topic holds, in order, repeats included. */
  readonly written: Value[] = []
  readonly #waiting: Waiting[] = []
  #holding = false
  #stopped = false

  /** Acknowledgements wait from now on. */
  hold(): void {
    this.#holding = true
  }

  /** What waited is acknowledged, and the rest comes at once again. */
  release(): void {
    this.#holding = false
    for (const { acknowledge } of this.#waiting.splice(0)) acknowledge()
  }

  get unacknowledged(): number {
    return this.#waiting.length
  }

  write(value: Value): Promise<void> {
    if (this.#stopped) return Promise.reject(new Error('the sink was stopped'))
    this.written.push(value)
    if (!this.#holding) return Promise.resolve()
    return new Promise((acknowledge, reject) => {
      this.#waiting.push({ acknowledge, reject })
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the sink was stopped'))
    await Promise.resolve()
  }
}
