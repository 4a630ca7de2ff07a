// Keeps what it was told, for tests that look at the story as an operator would see it.
import type { Observation } from '../../src/domain/observation.ts'
import type { Observer } from '../../src/ports.ts'

type Of<Kind extends Observation['kind']> = Extract<Observation, { readonly kind: Kind }>

export class RecordingObserver implements Observer {
  readonly #seen: Observation[] = []

  observe(observation: Observation): void {
    this.#seen.push(observation)
  }

  of<Kind extends Observation['kind']>(kind: Kind): Of<Kind>[] {
    return this.#seen.filter((one): one is Of<Kind> => one.kind === kind)
  }
}
