// Where the group stands in one partition as far as this process knows, and whether it stands there by this process's
// doing. Invariants: nothing is committed below where the group stands; what another has committed is told from what this
// process did, also where an answer to a commit was lost.
import type { CommittedProgress } from '../ports.ts'

/** Metadata of null: it is not known. */
interface Known {
  readonly offset: bigint
  readonly metadata: string | null
}

export class GroupStanding {
  /** The first offset that was read under this assignment, then what was committed. */
  #committed: CommittedProgress | null = null
  /** What the group may hold of ours: as it told, then what it took last and what was sent since. Null: it told nothing. */
  #ours: readonly (Known | null)[]

  /** `told`: at the assignment; null: nothing was committed, or it could not be asked. */
  constructor(told: CommittedProgress | null) {
    this.#ours = [told]
  }

  /** The first offset of records that were read. */
  readFrom(offset: bigint): void {
    if (this.#committed !== null) return
    this.#committed = { offset, metadata: '' }
    this.#ours = this.#ours.map((one) => one ?? { offset, metadata: null })
  }

  /** Not before anything was read: if there is nothing to read, the group stands at the end. */
  isDue(progress: CommittedProgress): boolean {
    if (this.#committed === null || progress.offset < this.#committed.offset) return false
    return progress.offset > this.#committed.offset || progress.metadata !== this.#committed.metadata
  }

  /** A commit is on its way; whether it arrives may never be known. */
  sent(progress: CommittedProgress): void {
    if (!this.isOurs(progress)) this.#ours = [...this.#ours, progress]
  }

  taken(progress: CommittedProgress): void {
    this.#committed = progress
    this.#ours = [progress]
  }

  /** Whether nobody else has committed since. Where it cannot be told: what was begun is not given up for nothing. */
  isOurs(found: CommittedProgress | null): boolean {
    if (found === null) return true
    const { offset, metadata } = found
    return this.#ours.some(
      (one) => one === null || (one.offset === offset && (one.metadata ?? metadata) === metadata),
    )
  }

  /** The partition was assigned again, and the group stands where this process left it. */
  again(told: CommittedProgress | null): GroupStanding {
    const next = new GroupStanding(told)
    if (told === null) next.#ours = this.#ours
    return next
  }
}
