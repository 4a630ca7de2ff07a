// Receivers that lie, drip, flood, break off and show bad certificates, on real sockets: each ends as the tables in
// test/harness/hostile say, in time, at little cost, and without a trace in the next request.
import { beforeAll, describe, expect, it } from '@jest/globals'
import { behavioursBeside } from '../../harness/hostile/behaviours.ts'
import { meetAll, nextTarget } from '../../harness/hostile/encounters.ts'
import type { Encounters } from '../../harness/hostile/encounters.ts'
import { handshakes } from '../../harness/hostile/handshakes.ts'

/** How late a result may be on a busy machine. `npm run figure:hostile` holds it within a second. */
const marginMs = 3_000
/** MiB; the figure holds it within 50, where nothing else is measured. */
const mostGrowthMb = 100

const namesOf = (behaviours: readonly { readonly name: string }[]): readonly string[] =>
  behaviours.map(({ name }) => name)

function expectEnding({ met }: Encounters, name: string): void {
  const encounter = met.find(({ behaviour }) => behaviour.name === name)
  if (encounter === undefined) throw new Error(`nobody met a receiver that ${name}`)
  const { behaviour, odd, ended, lateMs, next, far } = encounter
  const { excerpt, ...ends } = behaviour.ends
  expect(ended).toEqual(ends)
  const answered = typeof ends.result === 'number'
  expect(odd.result).toMatchObject({
    kind: answered ? 'answered' : 'unanswered',
    ...(excerpt !== undefined && { excerpt }),
    timings: { firstByteMs: answered ? expect.any(Number) : null },
  })
  expect(JSON.stringify(odd.result)).not.toContain('s3cret')
  expect(lateMs).toBeLessThan(marginMs)
  expect([next, far]).toEqual([nextTarget, nextTarget])
}

describe('a receiver that', () => {
  let encounters: Encounters
  beforeAll(async () => {
    encounters = await meetAll(behavioursBeside)
  })

  const names = namesOf(behavioursBeside('http://neighbour.test'))
  it.each(names)('%s', (name) => expectEnding(encounters, name))

  it('is one of all these is followed nowhere, and costs neither memory nor the process', () => {
    const { trapped, rssGrowthMb, exitCode } = encounters
    expect(new Set(names).size).toBe(names.length)
    expect(trapped).toBe(0)
    expect(rssGrowthMb).toBeLessThan(mostGrowthMb)
    expect(exitCode).toBe(0)
  })
})

describe('where the environment tells Node.js to trust anybody, a receiver that', () => {
  let encounters: Encounters
  beforeAll(async () => {
    const surroundings = { environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, flags: ['--tls-min-v1.0'] }
    encounters = await meetAll(() => handshakes, { surroundings })
  })

  it.each(namesOf(handshakes))('%s', (name) => expectEnding(encounters, name))
})
