// A row of the fault suite: what is done to a running group, and which goals it has beside those of every row.
import type { GroundKind } from './ground.ts'
import type { Scene } from './scene.ts'

/** How long things last; short ones for the suite that runs with all tests. Milliseconds. */
export interface Times {
  readonly warmUpMs: number
  readonly calmMs: number
  readonly frozenMs: number
  /** A broker that stands still, or is gone. */
  readonly awayMs: number
  /** A link that swallows all that is sent. */
  readonly halfOpenMs: number
  readonly slowMs: number
  readonly registryAwayMs: number
  readonly refusedMs: number
  readonly stormMs: number
  readonly poisonMs: number
  readonly kills: number
  readonly killEveryMs: number
  /** How long a new worker has been ready before an old one goes. */
  readonly readyForMs: number
}

/** A figure of a row's own, with its goal where it has one. */
export interface Measured {
  readonly name: string
  readonly value: number
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Happened {
  /** When recovery begins to count. Epoch milliseconds. */
  readonly endedAtMs: number
  /** Asked when everything has come to rest. */
  measure(): readonly Measured[] | Promise<readonly Measured[]>
}

export interface Row {
  readonly name: string
  /** What happens, and what is wanted, as it is printed. */
  readonly what: string
  readonly goal: string
  readonly ground: GroundKind
  /** Default 2; 0: the row starts its own. */
  readonly workers?: number
  /** Of the workers, beside those that all rows have. */
  readonly settings?: Readonly<Record<string, string>>
  /** Null: told, without a goal. */
  readonly recoveryWithinMs: number | null
  /**
   * Once all is as before, how long workers may still not know of what was deleted meanwhile; default 1 s. A table
   * that could not be read is asked for again after up to 5 s.
   */
  readonly staleForMs?: number
  happen(scene: Scene, times: Times): Promise<Happened>
}
