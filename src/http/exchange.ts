// One request and its answer, as a dispatch handler: leaner than the client's promise and stream interface, and
// it sees when a connection took the request.
// Invariants: exactly one result; one deadline over the whole exchange, from hand-over to the last byte; the
// status line decides, so a body that breaks off or runs on after it changes nothing.
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { AttemptResult, AttemptTimings } from '../domain/attempt.ts'
import { listenersOf } from './abort-listeners.ts'
import type { AbortListener } from './abort-listeners.ts'
import { detailOf, failureOf } from './failure.ts'

/** What of the answer is kept for an excerpt: 512 characters take at most four bytes each. */
const keptBytes = 2_048
const excerptCharacters = 512
const retryAfterCharacters = 64

export interface ExchangeOptions {
  readonly totalTimeoutMs: number
  readonly maxResponseBytes: number
  readonly signal: AbortSignal
  /** Asked once, when a connection stands; left out: it may. */
  mayLeave?(): boolean
  monotonicMs(): number
}

/** Thrown into the client to make it let go of the connection; never seen outside. */
class Cut extends Error {}

export class Exchange implements Dispatcher.DispatchHandler, AbortListener {
  readonly #options: ExchangeOptions
  readonly #resolve: (result: AttemptResult) => void
  readonly #begunAtMs: number
  readonly #deadline: NodeJS.Timeout
  readonly #listeners: Set<AbortListener>
  #controller: Dispatcher.DispatchController | null = null
  #connectMs: number | null = null
  #firstByteMs: number | null = null
  #statusCode = 0
  #redirectOrigin: string | null = null
  #retryAfter: string | null = null
  #kept: Buffer[] = []
  #keptBytes = 0
  #receivedBytes = 0
  #over = false

  constructor(options: ExchangeOptions, resolve: (result: AttemptResult) => void) {
    this.#options = options
    this.#resolve = resolve
    this.#begunAtMs = options.monotonicMs()
    this.#deadline = setTimeout(() => this.#late(), options.totalTimeoutMs)
    this.#listeners = listenersOf(options.signal).add(this)
    // A signal that has fired already calls nobody.
    if (options.signal.aborted) this.aborted()
  }

  /** Whether the result has been given: then there is nothing left to dispatch. */
  get over(): boolean {
    return this.#over
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // The deadline passed while the request waited for a connection: it must not leave any more.
    if (this.#over) controller.abort(new Cut())
    // In a process that stood still, the connection is told of before the timer is.
    else if (this.#elapsedMs() >= this.#options.totalTimeoutMs) this.#late()
    else if (this.#options.mayLeave?.() === false) this.#unanswered('withheld', 'taken back before it left')
    else this.#connectMs = this.#elapsedMs()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (statusCode === 101) this.#unanswered('protocol_error', 'switches protocols unasked')
    if (statusCode < 200) return
    this.#statusCode = statusCode
    this.#firstByteMs = this.#elapsedMs()
    if (statusCode >= 300 && statusCode < 400) this.#redirectOrigin = originOf(headers.location)
    this.#retryAfter = firstOf(headers['retry-after'])?.slice(0, retryAfterCharacters) ?? null
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#receivedBytes += chunk.length
    if (this.#keptBytes < keptBytes) {
      const part = Buffer.from(chunk.subarray(0, keptBytes - this.#keptBytes))
      this.#kept.push(part)
      this.#keptBytes += part.length
    }
    if (this.#receivedBytes > this.#options.maxResponseBytes) this.#answered('cut')
  }

  onResponseEnd(): void {
    this.#answered('complete')
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over) return
    if (this.#statusCode > 0) this.#answered('complete')
    else this.#unanswered(failureOf(error), detailOf(error))
  }

  #late(): void {
    if (this.#statusCode > 0) this.#answered('cut')
    else this.#unanswered('total_timeout', `no answer within ${this.#options.totalTimeoutMs} ms`)
  }

  aborted(): void {
    if (this.#statusCode > 0) this.#answered('cut')
    else this.#unanswered('interrupted', 'cut short by this process')
  }

  #answered(body: 'complete' | 'cut'): void {
    this.#end(
      {
        kind: 'answered',
        statusCode: this.#statusCode,
        redirectOrigin: this.#redirectOrigin,
        retryAfter: this.#retryAfter,
        excerpt: this.#excerpt(),
        timings: this.#timings(),
      },
      body,
    )
  }

  #unanswered(failure: Extract<AttemptResult, { kind: 'unanswered' }>['failure'], detail: string): void {
    this.#end({ kind: 'unanswered', failure, detail, timings: this.#timings() }, 'cut')
  }

  #end(result: AttemptResult, body: 'complete' | 'cut'): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#deadline)
    this.#listeners.delete(this)
    this.#resolve(result)
    if (body === 'cut') this.#controller?.abort(new Cut())
  }

  #timings(): AttemptTimings {
    return { connectMs: this.#connectMs, firstByteMs: this.#firstByteMs, totalMs: this.#elapsedMs() }
  }

  #elapsedMs(): number {
    return this.#options.monotonicMs() - this.#begunAtMs
  }

  /** Null where the bytes are not text: a replacement character or a zero byte says so. */
  #excerpt(): string | null {
    if (this.#keptBytes === 0) return null
    // A character that was cut at the end of what is kept is no sign of binary data.
    const text = new TextDecoder().decode(Buffer.concat(this.#kept), { stream: true })
    if (text.includes('\uFFFD') || text.includes('\0')) return null
    const shown = text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, excerptCharacters)
    // The cut may have gone through a character of two units; half of one is no text.
    return shown.isWellFormed() ? shown : shown.slice(0, -1)
  }
}

/** A header that came several times is a list. */
function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

function originOf(location: string | string[] | undefined): string | null {
  const first = firstOf(location)
  if (first === undefined || !URL.canParse(first)) return null
  const { origin } = new URL(first)
  return origin === 'null' ? null : origin.slice(0, 256)
}
