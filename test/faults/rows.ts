// Every row of the fault suite, by name, and how long things last in it: as the goals say, or short.
import { rollingUpdateOfWorkers } from '../harness/manifests.ts'
import type { Row, Times } from './row.ts'
import { brokerAway } from './rows/broker-away.ts'
import { calm } from './rows/calm.ts'
import { cleanLeaves } from './rows/clean-leaves.ts'
import { frozen } from './rows/frozen.ts'
import { kills } from './rows/kills.ts'
import { outcomesRefused } from './rows/outcomes-refused.ts'
import { poison } from './rows/poison.ts'
import { registryAway } from './rows/registry-away.ts'
import { rollingUpgrades } from './rows/rolling-upgrade.ts'
import { storm } from './rows/storm.ts'
import { threeBrokers } from './rows/three-brokers.ts'

export const rows: readonly Row[] = [
  ...calm,
  ...cleanLeaves,
  ...rollingUpgrades,
  ...kills,
  ...frozen,
  ...storm,
  ...brokerAway,
  ...registryAway,
  ...outcomesRefused,
  ...poison,
  ...threeBrokers,
]

export function rowNamed(name: string): Row {
  const row = rows.find((each) => each.name === name)
  if (row === undefined) throw new Error(`no row is named ${name}`)
  return row
}

export const fullTimes: Times = {
  warmUpMs: 10_000,
  calmMs: 20_000,
  frozenMs: 20_000,
  awayMs: 30_000,
  halfOpenMs: 60_000,
  slowMs: 60_000,
  registryAwayMs: 60_000,
  refusedMs: 60_000,
  stormMs: 60_000,
  poisonMs: 30_000,
  kills: 8,
  killEveryMs: 15_000,
  readyForMs: rollingUpdateOfWorkers().minReadySeconds * 1_000,
}

/** Above the shortest session that the group allows, where the group has to notice. */
export const shortTimes: Times = {
  warmUpMs: 3_000,
  calmMs: 5_000,
  frozenMs: 12_000,
  awayMs: 8_000,
  halfOpenMs: 12_000,
  // Long enough for the rate, not the moment in which it falls back.
  slowMs: 20_000,
  registryAwayMs: 8_000,
  refusedMs: 10_000,
  stormMs: 12_000,
  poisonMs: 8_000,
  kills: 2,
  killEveryMs: 8_000,
  readyForMs: 500,
}
