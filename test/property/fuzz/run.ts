// `npm run test:fuzz`: 100,000 cases of each target, or CASES; SEED: the same ones again. A line for each target, and
// one for the whole. Ends with 1 where a target threw, broke an invariant or was slow.
import { fuzz } from './fuzz-target.ts'
import { fuzzSeed, fuzzTargets } from './fuzz-targets.ts'

const cases = Number(process.env['CASES'] ?? 100_000)
const seed = fuzzSeed()
const startedAtMs = performance.now()
let failed = 0
let slowestMs = 0
for (const target of fuzzTargets) {
  try {
    const report = fuzz(target, { cases, seed })
    slowestMs = Math.max(slowestMs, report.slowestMs)
    console.log(JSON.stringify(report))
  } catch (error) {
    failed += 1
    console.log(JSON.stringify({ target: target.name, seed, error: String(error) }))
  }
}
const targets = fuzzTargets.length
const tookS = Math.round((performance.now() - startedAtMs) / 1_000)
console.log(JSON.stringify({ fuzz: 'ended', targets, casesOfEach: cases, seed, failed, slowestMs, tookS }))
process.exitCode = failed === 0 ? 0 : 1
