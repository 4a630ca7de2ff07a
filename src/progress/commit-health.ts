// Since when finished work could not be committed. Work that is begun while commits fail is work that will be
// repeated after a crash, so it must not pile up.

export class CommitHealth {
  #dueSinceMs: number | null = null

  /** A commit is about to be tried. `nowMs`: monotonic. */
  due(nowMs: number): void {
    this.#dueSinceMs ??= nowMs
  }

  /** A commit succeeded, or there was none to make. */
  settled(): void {
    this.#dueSinceMs = null
  }

  /** Milliseconds for which a commit has been due in vain; 0 if none is. Counts one that never returns, too. */
  stuckMs(nowMs: number): number {
    return this.#dueSinceMs === null ? 0 : nowMs - this.#dueSinceMs
  }
}
