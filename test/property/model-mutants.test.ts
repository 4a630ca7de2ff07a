// The model notices what is broken: each mutant of the core dies within a few worlds.
import { describe, expect, it } from '@jest/globals'
import { mutants } from '../model/mutants.ts'
import { runSeed } from '../model/run.ts'

const mostSeeds = 300

describe('a core in which', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s is noticed', async (_name, mutant) => {
    const restore = mutant.install?.()
    try {
      for (let seed = 1; seed <= mostSeeds; seed += 1) {
        const [first] = (await runSeed(seed, mutant)).breaches
        if (first === undefined) continue
        if (process.env['MODEL_STATS'])
          process.stderr.write(`${seed} ${mutant.name}: ${first.kind} ${first.text}\n`)
        expect(mutant.knownAs).toContain(first.kind)
        return
      }
    } finally {
      restore?.()
    }
    throw new Error(`not noticed in ${mostSeeds} worlds`)
  })
})
