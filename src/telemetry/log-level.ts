// The level of the log while the process runs: changed for a time or until the next change, and then as it was configured.
// Invariant: who changed it stands in the log, at whatever level it is before and after.
import type { Clock } from '../ports.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogLevelState {
  readonly level: LogLevel
  /** By the settings: what it goes back to. */
  readonly configured: LogLevel
  /** Milliseconds until it does; null: it stays. */
  readonly forMs: number | null
}

export interface LogLevelChange {
  readonly level: LogLevel
  /** Milliseconds; null: until the next change. */
  readonly forMs: number | null
  /** Who asks for it, as far as that is known. */
  readonly by: string
}

export interface LogLevelWorld {
  readonly configured: LogLevel
  readonly clock: Pick<Clock, 'after' | 'monotonicMs'>
  apply(level: LogLevel): void
  /** Writes a line that no level holds back. */
  tell(text: string, fields: Readonly<Record<string, unknown>>): void
}

export class LogLevelControl {
  readonly #world: LogLevelWorld
  #level: LogLevel
  #endsAtMs: number | null = null
  #cancel = (): void => {}

  constructor(world: LogLevelWorld) {
    this.#world = world
    this.#level = world.configured
  }

  get state(): LogLevelState {
    const { configured, clock } = this.#world
    const forMs = this.#endsAtMs === null ? null : Math.max(0, this.#endsAtMs - clock.monotonicMs())
    return { level: this.#level, configured, forMs }
  }

  change({ level, forMs, by }: LogLevelChange): void {
    const { clock, configured } = this.#world
    this.#cancel()
    this.#endsAtMs = forMs === null ? null : clock.monotonicMs() + forMs
    this.#set(level, { forS: forMs === null ? null : forMs / 1_000, by })
    if (forMs !== null) this.#cancel = clock.after(forMs, () => this.#end(configured))
  }

  stop(): void {
    this.#cancel()
  }

  #end(configured: LogLevel): void {
    this.#endsAtMs = null
    this.#set(configured, { by: 'its time is over' })
  }

  #set(level: LogLevel, why: Readonly<Record<string, unknown>>): void {
    const from = this.#level
    this.#level = level
    this.#world.apply(level)
    this.#world.tell('log level changed', { from, to: level, ...why })
  }
}
