// Workers that are killed, stopped and frozen under load: each run is judged by the oracle.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startGround } from './ground.ts'
import type { Ground } from './ground.ts'
import { rowNamed, shortTimes } from './rows.ts'
import { runRow } from './run-row.ts'

describe('the base load', () => {
  let ground: Ground

  beforeAll(async () => {
    ground = await startGround('shared')
  })

  afterAll(() => ground.stop())

  it.each(['stop', 'kill one', 'kill both', 'frozen'])(
    '%s',
    async (name) => {
      // The group notices sooner who is gone.
      const settings = { KAFKA_SESSION_TIMEOUT_MS: '6000' }
      const report = await runRow(rowNamed(name), ground, {
        times: shortTimes,
        eventsPerSecond: 100,
        settings,
      })
      console.log(JSON.stringify(report))
      expect(report.missed).toEqual([])
    },
    120_000,
  )
})
