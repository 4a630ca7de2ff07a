// Which of many like lines are written, when a receiver or a producer fails thousands of times a second.
// Invariants: the first of each kind in a window passes at once; what does not pass is counted and told at the window's
// end; lines and memory are bounded, however many webhooks fail.

/** Milliseconds of a window. */
export const windowMs = 10_000
/** Lines of one kind in a window: with the some 40 kinds that there are, 200 lines a second at the very worst. */
const linesPerKind = 50
/** Of these, about one webhook: the ten worst receivers of a bad hour are still seen. */
const linesPerWebhook = 5
/** Kinds are named by the code, not by what comes in; one kind more would be a bug, and is counted as `other`. */
const maxKinds = 256
/** Webhooks of one kind that are told apart in a window; of the others only the sum is known. */
const maxWebhooks = 500
/** Named in a summary. */
const worstNamed = 5

/** What makes lines alike. */
export interface LineKind {
  readonly text: string
  readonly level: 'debug' | 'info' | 'warn'
  /** Of a closed list; null where there is none. */
  readonly reason: string | null
}

export interface Suppressed extends LineKind {
  readonly lines: number
  /** At most five, those with the most lines first. */
  readonly worst: readonly { readonly webhook: string; readonly lines: number }[]
}

interface Count {
  written: number
  suppressed: number
}

interface Kind extends Count {
  readonly kind: LineKind
  readonly webhooks: Map<string, Count>
}

export class LineSampler {
  readonly #kinds = new Map<string, Kind>()

  /** Whether the line is to be written. `webhook`: null where it is about none. */
  passes(kind: LineKind, webhook: string | null): boolean {
    const ofKind = this.#ofKind(kind)
    const ofWebhook = webhook === null ? null : countOf(ofKind, webhook)
    const isWritten =
      ofKind.written < linesPerKind && (ofWebhook === null || ofWebhook.written < linesPerWebhook)
    for (const count of ofWebhook === null ? [ofKind] : [ofKind, ofWebhook]) {
      if (isWritten) count.written += 1
      else count.suppressed += 1
    }
    return isWritten
  }

  /** Ends the window. Answers what was kept back in it, by kind. */
  endWindow(): readonly Suppressed[] {
    const kinds = [...this.#kinds.values()]
    this.#kinds.clear()
    return kinds
      .filter(({ suppressed }) => suppressed > 0)
      .map(({ kind, suppressed, webhooks }) => ({ ...kind, lines: suppressed, worst: worstOf(webhooks) }))
  }

  #ofKind(kind: LineKind): Kind {
    const name = `${kind.text}\n${kind.reason}`
    const known = this.#kinds.get(name)
    if (known !== undefined) return known
    const isOther = this.#kinds.size >= maxKinds
    const made = isOther ? this.#kinds.get('other') : undefined
    if (made !== undefined) return made
    const added: Kind = {
      kind: isOther ? { ...kind, text: 'other lines', reason: null } : kind,
      written: 0,
      suppressed: 0,
      webhooks: new Map(),
    }
    this.#kinds.set(isOther ? 'other' : name, added)
    return added
  }
}

/** Null: it is not told apart from others. */
function countOf({ webhooks }: Kind, webhook: string): Count | null {
  const known = webhooks.get(webhook)
  if (known !== undefined) return known
  if (webhooks.size >= maxWebhooks) return null
  const added = { written: 0, suppressed: 0 }
  webhooks.set(webhook, added)
  return added
}

function worstOf(webhooks: ReadonlyMap<string, Count>): Suppressed['worst'] {
  return [...webhooks]
    .filter(([, { suppressed }]) => suppressed > 0)
    .map(([webhook, { suppressed }]) => ({ webhook, lines: suppressed }))
    .toSorted((a, b) => b.lines - a.lines)
    .slice(0, worstNamed)
}
