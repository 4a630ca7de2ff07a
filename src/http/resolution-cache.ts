// Resolutions by name, for as long as they may be believed.
// Invariant: bounded: the name that was asked for least recently leaves first, so whoever invents names by the
// million costs others a question and the process no memory.
import type { Resolution } from './resolution.ts'

interface Kept {
  readonly resolution: Resolution
  readonly untilMs: number
}

export class ResolutionCache {
  readonly #mostNames: number
  /** In the order in which they were asked for. */
  readonly #kept = new Map<string, Kept>()

  constructor(mostNames: number) {
    this.#mostNames = mostNames
  }

  get size(): number {
    return this.#kept.size
  }

  get(name: string, nowMs: number): Resolution | undefined {
    const kept = this.#kept.get(name)
    if (kept === undefined) return undefined
    this.#kept.delete(name)
    if (kept.untilMs <= nowMs) return undefined
    this.#kept.set(name, kept)
    return kept.resolution
  }

  set(name: string, resolution: Resolution, untilMs: number): void {
    this.#kept.delete(name)
    this.#kept.set(name, { resolution, untilMs })
    if (this.#kept.size <= this.#mostNames) return
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
  }
}
