// Real chance, for jitter. Nothing here needs to be hard to guess.
import type { Random } from '../ports.ts'

export const systemRandom: Random = { next: () => Math.random() }
