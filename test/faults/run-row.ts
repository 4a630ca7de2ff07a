// Plays a row: warm-up, fault, recovery, rest; then all ledgers are read back and judged. The answer is one report, with
// every goal that was missed in words.
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { groupLag } from '../harness/group-lag.ts'
import { until } from '../harness/until.ts'
import type { BaseLoad } from './base-load.ts'
import { destinations } from './base-load.ts'
import { leaksIn } from './canaries.ts'
import { createCollector } from './collect.ts'
import type { Collector } from './collect.ts'
import type { Ground } from './ground.ts'
import type { Verdict } from './oracle/oracle.ts'
import { judge } from './oracle/oracle.ts'
import type { Measured, Row, Times } from './row.ts'
import { epochMs, partitions, setScene } from './scene.ts'
import type { Scene } from './scene.ts'

export interface RowOptions {
  readonly times: Times
  readonly eventsPerSecond: number
  readonly settings?: Readonly<Record<string, string>>
  /** Modules that workers load first. */
  readonly imports?: readonly string[]
}

export interface Report {
  readonly row: string
  readonly what: string
  readonly goal: string
  readonly load: Readonly<Record<string, unknown>>
  readonly figures: Readonly<Record<string, number>>
  readonly anomalies: Readonly<Record<keyof Verdict['anomalies'], number>>
  readonly duplicates: number
  readonly duplicatesBound: number
  readonly recoveryMs: number | null
  /** Deliveries in each second, from two before the fault's end on. */
  readonly perSecond: readonly number[]
  /** Goals that were missed, in words; empty: all is well. */
  readonly missed: readonly string[]
  readonly tookS: number
  readonly node: string
  readonly cores: number
}

/** Longer than any recovery's goal: how much longer it took is worth knowing. */
const recoveryPatienceMs = 90_000
const restPatienceMs = 90_000

export async function runRow(row: Row, ground: Ground, options: RowOptions): Promise<Report> {
  const { times, eventsPerSecond, settings = {}, imports = [] } = options
  const scene = await setScene({
    ground,
    eventsPerSecond,
    settings: { ...row.settings, ...settings },
    imports,
  })
  try {
    await Promise.all(Array.from({ length: row.workers ?? 2 }, () => scene.startWorker()))
    return await playRow(row, scene, createCollector(scene.rig.settings), times, async () => {
      const exitCodes = await Promise.all([...scene.members].map((member) => scene.stopWorker(member)))
      return [{ name: 'exitedWithFault', value: exitCodes.filter((code) => code !== 0).length, atMost: 0 }]
    })
  } finally {
    await scene.end()
  }
}

/** `afterRest`: when all has come to rest, before it is judged. */
export async function playRow(
  row: Row,
  scene: Scene,
  collector: Collector,
  times: Times,
  afterRest: () => Promise<readonly Measured[]>,
): Promise<Report> {
  const startedAtMs = epochMs()
  const workers = scene.members.length
  const usualPerSecond = await warmUp(scene, times.warmUpMs)
  const { endedAtMs, measure } = await row.happen(scene, times)
  const recoveryMs = await scene.arrivals.recovery(endedAtMs, usualPerSecond, recoveryPatienceMs)
  await afterwards(scene.load, row.staleForMs ?? 1_000)
  const uncommitted = await comeToRest(scene)
  const measured: Measured[] = [
    ...(await measure()),
    { name: 'uncommitted', value: uncommitted, atMost: 0 },
    ...(await afterRest()),
  ]
  await scene.arrivals.complete()
  const { verdict, leaks } = await judged(scene, collector)
  measured.push({ name: 'leaks', value: leaks.length, atMost: 0 })
  const { anomalies, duplicates } = verdict
  const events = scene.load.orders.length
  return {
    row: row.name,
    what: row.what,
    goal: row.goal,
    load: { eventsPerSecond: scene.eventsPerSecond, events, partitions, workers, destinations },
    figures: {
      deliveries: scene.load.orderedAtMs.length,
      requests: scene.arrivals.all.length,
      commits: scene.commits.taken.length,
      usualPerSecond: Math.round(usualPerSecond),
      ...Object.fromEntries(measured.map(({ name, value }) => [name, value])),
    },
    anomalies: countsOf(anomalies),
    duplicates: duplicates.count,
    duplicatesBound: duplicates.bound,
    recoveryMs: recoveryMs === null ? null : Math.round(recoveryMs),
    perSecond: courseAround(scene, endedAtMs),
    missed: [
      ...missedOf(verdict),
      ...leaks,
      ...measured.flatMap(missedGoal),
      ...missedRecovery(recoveryMs, row),
    ],
    tookS: Math.round((epochMs() - startedAtMs) / 1_000),
    node: process.versions.node,
    cores: availableParallelism(),
  }
}

/** Answers how many deliveries are made in a second when all is well. */
async function warmUp({ load, arrivals, members }: Scene, warmUpMs: number): Promise<number> {
  load.start()
  const startedAtMs = epochMs()
  // Where there are no workers yet, nothing can be measured but what is ordered.
  if (members.length === 0) {
    await until(() => epochMs() - startedAtMs >= warmUpMs, 'the warm-up')
    return load.orderedAtMs.length / ((epochMs() - startedAtMs) / 1_000)
  }
  const orderedPerSecond = (): number => load.orderedAtMs.length / ((epochMs() - startedAtMs) / 1_000)
  // At the beginning workers have much to compile, and lanes begin narrow.
  const lately = (): number => arrivals.perSecond(epochMs() - 1_200, epochMs() - 200)
  const isSteady = (): boolean => lately() > 0.9 * orderedPerSecond() && arrivals.waiting() < lately()
  await until(() => epochMs() - startedAtMs >= 2_000 && isSteady(), 'a steady rate', 30_000)
  const fromMs = epochMs()
  await until(() => epochMs() - fromMs >= warmUpMs, 'the warm-up', warmUpMs + 10_000)
  // What was late from the start may still be coming in.
  return Math.min(arrivals.perSecond(fromMs - 200, epochMs() - 200), orderedPerSecond())
}

/** The load goes on for a moment: a webhook that was deleted meanwhile must not be called any more. */
async function afterwards(load: BaseLoad, staleForMs: number): Promise<void> {
  load.deletionsInForce(staleForMs)
  await delay(staleForMs + 1_000)
  await load.stop()
}

/** Waits until all has ended and is committed; answers what is not. What has not ended is for the oracle. */
async function comeToRest({ rig, load }: Scene): Promise<number> {
  const ordered = load.orders.flatMap(({ deliveries }) => deliveries.map(({ deliveryId }) => deliveryId))
  const open = new Set(ordered.filter((id) => load.placeOf(id) !== undefined))
  const deadlineMs = epochMs() + restPatienceMs
  while (open.size > 0 && epochMs() < deadlineMs) {
    const finals = rig.finals()
    for (const id of open) if (finals.get(finalOutcomeId(id, 0))?.result === 'delivered') open.delete(id)
    await delay(100)
  }
  let uncommitted = await groupLag(rig.settings)
  while (uncommitted > 0 && epochMs() < deadlineMs) {
    await delay(250)
    uncommitted = await groupLag(rig.settings)
  }
  return uncommitted
}

async function judged(
  scene: Scene,
  collector: Collector,
): Promise<{ readonly verdict: Verdict; readonly leaks: readonly string[] }> {
  const { records, outcomes, letters } = await collector.collect()
  const { orders, deletions } = scene.load
  const { arrivals, commits, interruptions } = scene
  const verdict = judge({
    orders,
    deletions,
    arrivals: arrivals.all,
    outcomes,
    records,
    commits: commits.taken,
    interruptions,
  })
  return { verdict, leaks: leaksIn({ outputs: scene.outputs(), outcomes, letters }) }
}

function courseAround({ arrivals }: Scene, atMs: number): readonly number[] {
  const seconds = Math.min(20, Math.floor((epochMs() - atMs) / 1_000))
  const from = (second: number): number => atMs + second * 1_000
  return Array.from({ length: seconds + 2 }, (_, index) => index - 2).map((second) =>
    arrivals.perSecond(from(second), from(second + 1)),
  )
}

function countsOf(anomalies: Verdict['anomalies']): Report['anomalies'] {
  return Object.fromEntries(
    Object.entries(anomalies).map(([name, cases]) => [name, cases.length]),
  ) as Report['anomalies']
}

/** Each with its first cases. */
function missedOf({ anomalies, duplicates, setBacks }: Verdict): readonly string[] {
  const all = { ...anomalies, 'duplicates beyond their bound': duplicates.beyond, 'set back': setBacks }
  return Object.entries(all).flatMap(([name, cases]) =>
    cases.length === 0 ? [] : [`${name}: ${cases.length}, such as ${cases.slice(0, 3).join('; ')}`],
  )
}

function missedRecovery(recoveryMs: number | null, { recoveryWithinMs }: Row): readonly string[] {
  if (recoveryWithinMs === null || (recoveryMs !== null && recoveryMs <= recoveryWithinMs)) return []
  return [`recovery took ${recoveryMs ?? `more than ${recoveryPatienceMs}`} ms, not ${recoveryWithinMs}`]
}

function missedGoal({ name, value, atMost, atLeast }: Measured): readonly string[] {
  if (atMost !== undefined && !(value <= atMost)) return [`${name} is ${value}, not at most ${atMost}`]
  if (atLeast !== undefined && !(value >= atLeast)) return [`${name} is ${value}, not at least ${atLeast}`]
  return []
}
