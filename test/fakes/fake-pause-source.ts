// The topic of states, in memory: it hands over what was written and keeps telling its position, as a reader does after
// every fetch. Held back, it answers nothing, as a reader whose broker is away.
import type { Clock, PauseSink, PauseSource } from '../../src/ports.ts'

const fetchEveryMs = 100
const partition = 0

export class FakePauseSource implements PauseSource {
  readonly #clock: Clock
  #log: { readonly key: string; readonly state: 'paused' | 'lifted' }[] = []
  #position = 0
  #sink: PauseSink | null = null
  #isHeldBack = false
  #cancel = (): void => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async start(sink: PauseSink): Promise<void> {
    await Promise.resolve()
    this.#sink = sink
    this.#position = 0
    sink.started(new Map([[partition, BigInt(this.#log.length)]]))
    this.#fetch()
  }

  async stop(): Promise<void> {
    this.#cancel()
    this.#sink = null
    await Promise.resolve()
  }

  pause(key: string): void {
    this.#append(key, 'paused')
  }

  lift(key: string): void {
    this.#append(key, 'lifted')
  }

  /** No fetch is answered until `goOn`. */
  holdBack(): void {
    this.#isHeldBack = true
    this.#cancel()
  }

  goOn(): void {
    this.#isHeldBack = false
    this.#fetch()
  }

  /** The log was emptied but for what is given, and is read again. */
  resetTo(...paused: readonly string[]): void {
    this.#log = paused.map((key) => ({ key, state: 'paused' }))
    this.#position = 0
    this.#sink?.reset(partition, 'the topic was made anew')
    this.#fetch()
  }

  #append(key: string, state: 'paused' | 'lifted'): void {
    this.#log.push({ key, state })
    this.#fetch()
  }

  #fetch(): void {
    this.#cancel()
    const sink = this.#sink
    if (sink === null || this.#isHeldBack) return
    const askedAtMs = this.#clock.monotonicMs()
    for (const [index, { key, state }] of this.#log.entries()) {
      if (index >= this.#position) sink.change(key, state, BigInt(index))
    }
    this.#position = this.#log.length
    sink.position(partition, BigInt(this.#position), BigInt(this.#log.length), askedAtMs)
    this.#cancel = this.#clock.after(fetchEveryMs, () => this.#fetch())
  }
}
