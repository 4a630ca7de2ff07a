// Plays all scenes on one Prometheus, each as a job of its own, and judges what fired and what the dashboards show. Faults
// are made one after the other, since processes that start take most of the time; then all go on at once.
import { until } from '../harness/until.ts'
import {
  committedDashboards,
  committedRules,
  filledIn,
} from '../generated/prometheus/committed-expressions.ts'
import type { PrometheusServer } from './prometheus-server.ts'
import { startPrometheus } from './prometheus-server.ts'
import { factor, scaledRules } from './scaled-rules.ts'
import type { Scene } from './scene.ts'
import { controlScenes } from './scenes/controls.ts'
import { deliveryScenes } from './scenes/deliveries.ts'
import { recordScenes } from './scenes/records.ts'
import { workerScenes } from './scenes/workers.ts'
import { Stage } from './stage.ts'

/** Those that take longest come first. */
const faults: readonly Scene[] = [...recordScenes, ...deliveryScenes, ...workerScenes]
/** From the fault to the alert: limits of up to two minutes are not scaled. */
const firesWithinMs = 240_000
const jobOf = ({ name }: Scene): string => `webhook-worker-${name}`

type InTurn = (work: () => Promise<void>) => Promise<void>

/** `tell`: a line for each alert and each dashboard. Answers what went wrong; none: all is well. */
export async function playScenes(tell: (line: object) => void): Promise<readonly string[]> {
  const prometheus = await startPrometheus(scaledRules())
  const stage = new Stage(prometheus)
  const startedAt = Date.now() / 1_000
  const endAtOnce = (): void => process.exit(1)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, endAtOnce)
  const wrong: string[] = []
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn: InTurn = (work) => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }
  const guarded = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      wrong.push(`${what}: ${String(error)}`)
    }
  }
  try {
    await Promise.all([
      ...controlScenes.map((scene) => guarded(scene.name, () => scene.play(stage, jobOf(scene)))),
      ...faults.map((scene) => guarded(scene.name, () => playFault(stage, scene, inTurn, tell))),
    ])
    const played = new Set(faults.flatMap(({ alerts }) => alerts))
    wrong.push(
      ...committedRules()
        .filter(({ alert }) => !played.has(alert))
        .map(({ alert }) => `no scene is about ${alert}`),
    )
    for (const scene of controlScenes) {
      const fired = await firedSince(prometheus, scene, startedAt)
      tell({ scene: scene.name, fault: scene.fault, fired })
      wrong.push(...fired.map((alert) => `${alert} fired in ${scene.name}`))
    }
    wrong.push(
      ...(await prometheus.annotations())
        .map(({ description = '' }) => description)
        .filter((text) => /error|no value|\{\{|NaN/.test(text))
        .map((text) => `an alert says: ${text}`),
      ...(await emptyPanels(prometheus, startedAt, tell)),
    )
  } finally {
    await stage.end()
    await prometheus.stop()
  }
  return wrong
}

async function playFault(
  stage: Stage,
  scene: Scene,
  inTurn: InTurn,
  tell: (line: object) => void,
): Promise<void> {
  const job = jobOf(scene)
  await inTurn(() => scene.play(stage, job))
  const faultAtMs = performance.now()
  await Promise.all(
    scene.alerts.map(async (alert) => {
      const firing = `ALERTS{alertname="${alert}", alertstate="firing", job="${job}"}`
      const isFiring = async (): Promise<boolean> => (await stage.prometheus.query(firing)).length > 0
      await until(isFiring, `${alert} in ${scene.name}`, firesWithinMs)
      const afterS = Math.round((performance.now() - faultAtMs) / 1_000)
      tell({ alert, fault: scene.fault, firedAfterS: afterS, durationsDividedBy: factor })
    }),
  )
}

async function firedSince(
  prometheus: PrometheusServer,
  scene: Scene,
  startedAt: number,
): Promise<readonly string[]> {
  const seconds = Math.ceil(Date.now() / 1_000 - startedAt)
  const fired = await prometheus.query(
    `count by (alertname) (max_over_time(ALERTS{alertstate="firing", job="${jobOf(scene)}"}[${seconds}s]))`,
  )
  return fired.map(({ labels }) => labels['alertname'] ?? '')
}

/** Each query of each panel has to have shown a number at some time. */
async function emptyPanels(
  prometheus: PrometheusServer,
  from: number,
  tell: (line: object) => void,
): Promise<readonly string[]> {
  const empty: string[] = []
  for (const { title, panels } of committedDashboards()) {
    const queries = panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({ panel: panel.title, expr })),
    )
    let withData = 0
    for (const { panel, expr } of queries) {
      const courses = await prometheus.queryRange(filledIn(expr, '15s'), {
        from,
        to: Date.now() / 1_000,
        step: 5,
      })
      if (courses.some(({ points }) => points.some(([, value]) => Number.isFinite(value)))) withData += 1
      else empty.push(`${title} / ${panel} shows nothing: ${expr}`)
    }
    tell({ dashboard: title, queries: queries.length, withData })
  }
  return empty
}
