// Receivers of every kind in test/harness/hostile at once, several times over: how many ended as they should, how late,
// and what it cost the process that sends. One JSON line; exit code 1 beyond a second, 50 MiB, or anything unexpected.
import { isDeepStrictEqual } from 'node:util'
import { behavioursBeside } from '../harness/hostile/behaviours.ts'
import { meetAll, nextTarget } from '../harness/hostile/encounters.ts'
import type { Encounter } from '../harness/hostile/encounters.ts'

const rounds = 1
const mostLateMs = 1_000
const mostGrowthMb = 50

const startedAtMs = performance.now()
const surroundings = { flags: ['--expose-gc'] }
const { met, trapped, rssGrowthMb, cpuMsEach, exitCode } = await meetAll(behavioursBeside, {
  rounds,
  surroundings,
})
const otherwise = met.filter((one) => !isAsDocumented(one)).map(({ behaviour }) => behaviour.name)
const spoiled = met.filter(({ next, far }) => next !== nextTarget || far !== nextTarget)
const figures = {
  figure: 'hostile receivers',
  behaviours: met.length / rounds,
  rounds,
  otherwise: [...new Set(otherwise)],
  spoiledNextRequests: spoiled.length,
  redirectsFollowed: trapped,
  latestMsBeyondTimeout: Math.round(Math.max(...met.map(({ lateMs }) => lateMs))),
  rssGrowthMb: Math.round(rssGrowthMb),
  cpuMsEach: Number(cpuMsEach.toFixed(2)),
  senderExitCode: exitCode,
  tookSeconds: Math.round((performance.now() - startedAtMs) / 1_000),
}
console.log(JSON.stringify(figures))
const isGood =
  otherwise.length + spoiled.length + trapped === 0 &&
  figures.latestMsBeyondTimeout <= mostLateMs &&
  figures.rssGrowthMb <= mostGrowthMb &&
  exitCode === 0
if (!isGood) process.exitCode = 1

function isAsDocumented({ behaviour, ended }: Encounter): boolean {
  const { excerpt: _excerpt, ...ends } = behaviour.ends
  return isDeepStrictEqual(ended, ends)
}
