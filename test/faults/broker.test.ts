// A broker that is killed, and a link that swallows what is sent, under load: each run is judged by the oracle.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startGround } from './ground.ts'
import type { Ground } from './ground.ts'
import { rowNamed, shortTimes } from './rows.ts'
import { runRow } from './run-row.ts'

describe('the base load on a broker of its own', () => {
  let ground: Ground

  beforeAll(async () => {
    ground = await startGround('own')
  })

  afterAll(() => ground.stop())

  it.each(['broker killed', 'half-open link'])(
    '%s',
    async (name) => {
      const report = await runRow(rowNamed(name), ground, { times: shortTimes, eventsPerSecond: 100 })
      console.log(JSON.stringify(report))
      expect(report.missed).toEqual([])
    },
    120_000,
  )
})
