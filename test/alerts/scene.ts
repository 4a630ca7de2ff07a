// A fault, played on real workers, and the alerts that it is to set off.
import type { Stage } from './stage.ts'

export interface Scene {
  /** The job that its workers are scraped as is named after it. */
  readonly name: string
  /** What is done, in words. */
  readonly fault: string
  /** What has to fire; none: nothing may, as long as the run lasts. */
  readonly alerts: readonly string[]
  /** Resolves when the fault is there, or when all is over that must set off nothing. */
  play(stage: Stage, job: string): Promise<void>
}
