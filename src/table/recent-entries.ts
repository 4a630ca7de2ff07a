// The entries that were used of late, by slot: making one from its record costs some microseconds, and most deliveries go
// to few of the webhooks. Two generations stand for the order of use: what is used moves to the newer, and when that is
// half of all, the older goes as a whole.
// Invariant: at most `capacity` of them, and of those the half that was used last.
import type { TableEntry } from './table-entry.ts'

export class RecentEntries {
  readonly #half: number
  #newer = new Map<number, TableEntry>()
  #older = new Map<number, TableEntry>()
  #ready = 0
  #made = 0

  /** `capacity`: 2 or more. */
  constructor(capacity: number) {
    this.#half = Math.floor(capacity / 2)
  }

  /** How often what was asked for was ready, and how often it had to be made. */
  get figures(): { readonly ready: number; readonly made: number } {
    return { ready: this.#ready, made: this.#made }
  }

  get(slot: number, make: () => TableEntry): TableEntry {
    const recent = this.#newer.get(slot)
    if (recent !== undefined) {
      this.#ready += 1
      return recent
    }
    const known = this.#older.get(slot)
    if (known === undefined) this.#made += 1
    else this.#ready += 1
    const entry = known ?? make()
    this.#newer.set(slot, entry)
    this.#older.delete(slot)
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    return entry
  }

  delete(slot: number): void {
    this.#newer.delete(slot)
    this.#older.delete(slot)
  }
}
