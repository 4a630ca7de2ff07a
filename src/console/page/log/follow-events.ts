/// <reference lib="dom" />
// Keeps a stream of events open while somebody looks: connects again, ever more slowly, when it breaks or falls silent.
// Invariant: whoever follows is told after each connection, too: what happened in between was not heard.
import { EventStream } from './event-stream.ts'

export interface Following {
  /** @throws where nobody answers */
  open(signal: AbortSignal): Promise<Response>
  /** `connected`: there may be news; else the event's name. */
  told(what: string): void
  /** It could not be connected, and is tried again. */
  broken(): void
  /** Milliseconds; resolves early when `signal` ends. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

const firstWaitMs = 1_000
const longestWaitMs = 30_000
/** The console says something every 15 s. */
const silenceMs = 45_000

/** Until `signal` ends it, or the console says that there is nothing to follow. */
export async function followEvents(following: Following, signal: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs; !signal.aborted;) {
    const end = await once(following, signal)
    if (signal.aborted || end === 'nothing_there') return
    if (end === 'broke') waitMs = firstWaitMs
    else following.broken()
    // Many pages lost the same console at the same moment.
    await following.wait(waitMs * (0.75 + Math.random() / 2), signal)
    waitMs = Math.min(longestWaitMs, waitMs * 2)
  }
}

/** `broke`: it had begun. */
async function once(
  following: Following,
  outer: AbortSignal,
): Promise<'broke' | 'refused' | 'nothing_there'> {
  const silence = new AbortController()
  outer.addEventListener('abort', () => silence.abort(), { signal: silence.signal })
  let hasBegun = false
  let timer = setTimeout(() => silence.abort(), silenceMs)
  try {
    const { ok, status, body } = await following.open(silence.signal)
    if (!ok || body === null) return status === 404 ? 'nothing_there' : 'refused'
    hasBegun = true
    following.told('connected')
    const events = new EventStream()
    const decoder = new TextDecoder()
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return 'broke'
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMs)
      for (const name of events.push(decoder.decode(value, { stream: true }))) following.told(name)
    }
  } catch {
    return hasBegun ? 'broke' : 'refused'
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
}
