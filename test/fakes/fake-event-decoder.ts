// Decodes by what the test said a record's text means. A text that is held waits, as one whose schema is not
// known yet does, until it is released or the wait is aborted; one that nobody named is undecodable.
import type { DecodedEvent } from '../../src/domain/decoded.ts'
import type { EventDecoder, SourceRecord } from '../../src/ports.ts'

export class FakeEventDecoder implements EventDecoder {
  /** What was asked for, in order. */
  readonly asked: string[] = []
  readonly #meanings = new Map<string, DecodedEvent>()
  readonly #held = new Map<string, Promise<void>>()

  means(text: string, decoded: DecodedEvent): void {
    this.#meanings.set(text, decoded)
  }

  /** The answer releases it. */
  hold(text: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.set(text, promise)
    return () => {
      this.#held.delete(text)
      resolve()
    }
  }

  decode({ value }: SourceRecord, signal: AbortSignal): DecodedEvent | Promise<DecodedEvent> {
    const text = value === null ? '' : Buffer.from(value).toString()
    this.asked.push(text)
    const held = this.#held.get(text)
    if (held === undefined) return this.#meaningOf(text)
    const aborted = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => aborted.reject(new Error('stopped waiting')), { once: true })
    return Promise.race([held.then(() => this.#meaningOf(text)), aborted.promise])
  }

  #meaningOf(text: string): DecodedEvent {
    return (
      this.#meanings.get(text) ?? { kind: 'undecodable', reason: 'not_framed', detail: 'no meaning given' }
    )
  }
}
