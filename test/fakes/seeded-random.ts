// Chance that repeats: the same seed draws the same numbers, so a run that failed can be run again.
import type { Random } from '../../src/ports.ts'

/** Mulberry32 (T. Ettinger, public domain): 32 bits of state, good enough for jitter. */
export function seededRandom(seed: number): Random {
  let state = seed
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    },
  }
}
