// Several observers as one, in the order given.
import type { Observer } from '../ports.ts'

export function observers(...all: readonly Observer[]): Observer {
  return {
    observe(observation) {
      for (const observer of all) observer.observe(observation)
    },
  }
}
