// Two workers that are killed, the one that judges above all, while receivers fail and clients edit their webhooks: what it
// came to, by ids. Every event has one delivery, and every delivery has to end; verdicts are counted in their topic.
import { setTimeout as delay } from 'node:timers/promises'
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { startReceiver } from '../../src/local/receiver.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import type { StatusReport } from '../../src/telemetry/status-report.ts'
import { writtenNotices, writtenSuspensions } from '../harness/suspension-topics.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'

export interface SuspensionPlan {
  readonly webhooks: number
  readonly eventsPerSecond: number
  /** Of the worker that judges and the other one in turns. */
  readonly kills: number
  readonly killEveryMs: number
  /** One webhook after the other is edited this often. */
  readonly editEveryMs: number
}

export interface SuspensionFigures {
  readonly events: number
  /** Deliveries without a final outcome. */
  readonly lost: number
  readonly unexpected: number
  readonly kills: number
  readonly killsOfJudge: number
  readonly edits: number
  readonly suspended: number
  /** Versions of webhooks that were suspended more than once. */
  readonly suspendedTwice: number
  /** Verdicts without exactly one notice, and notices without a verdict. */
  readonly noticesAmiss: number
  /** Longest time from an edit's acknowledgement to the last delivery that was rejected for the version before. */
  readonly liftedWithinMs: number
  readonly rejected: number
}

const settings = {
  SUSPENSION_AFTER_MS: '600',
  SUSPENSION_ATTEMPTS: '3',
  SUSPENSION_REPORT_EVERY_MS: '200',
  // Receivers fail all the time: a probe changes nothing, and is in the way of nothing.
  SUSPENSION_PROBE_EVERY_MS: '2000',
  KAFKA_SESSION_TIMEOUT_MS: '6000',
  RETRY_QUICK_TRIES: '0',
  RETRY_DELAYS: '1s,2s',
  RETRY_ROOM_DELAYS: '1s,4s',
  HORIZON_CALL_END_MS: '10000',
}

export async function killWhoJudges(plan: SuspensionPlan): Promise<SuspensionFigures> {
  const receiver = await startReceiver({ answer: () => ({ status: 500 }) })
  const rig = await startWorkerRig(settings)
  const workers = new Set<WorkerProcess>()
  let named = 0
  const startWorker = async (): Promise<void> => {
    named += 1
    workers.add(await startWorkerProcess({ ...rig.environment, WORKER_ID: `worker-${named}` }))
  }
  const isOver = new AbortController()
  const over = { signal: isOver.signal }
  const expected = new Set<string>()
  const editedAtMs = new Map<string, number>()
  const nameOf = (index: number): string => `w${index % plan.webhooks}`
  const publishWebhook = (index: number): Promise<void> =>
    rig.publisher.webhook(
      webhookRecord({ webhook_id: nameOf(index), account_id: nameOf(index), port: receiver.port }),
    )
  try {
    for (let index = 0; index < plan.webhooks; index += 1) await publishWebhook(index)
    await Promise.all([startWorker(), startWorker()])

    const publishing = (async () => {
      for (let call = 0; !isOver.signal.aborted; call += 1) {
        const { end } = simulateCall(call, nameOf(call), Date.now())
        expected.add(finalOutcomeId(deliveryIdOf(end.event_id, nameOf(call)), 0))
        await rig.publisher.callEvent(end)
        await delay(1_000 / plan.eventsPerSecond, undefined, over).catch(() => {})
      }
    })()
    let edits = 0
    const editing = (async () => {
      while (!isOver.signal.aborted) {
        await delay(plan.editEveryMs, undefined, over).catch(() => {})
        if (isOver.signal.aborted) return
        await publishWebhook(edits)
        // The topic of webhooks has one partition, and nobody else writes to it.
        editedAtMs.set(`${nameOf(edits)}/${plan.webhooks + edits}`, Date.now())
        edits += 1
      }
    })()

    const rejected = () => rig.outcomes.filter(({ reason }) => reason === 'suspended')
    await until(() => rejected().length > 0, 'a webhook that is suspended')
    let killsOfJudge = 0
    for (let killed = 0; killed < plan.kills; killed += 1) {
      await delay(plan.killEveryMs)
      const judges = await Promise.all(
        [...workers].map(async (each) => ((await judging(each)) ? [each] : [])),
      )
      const [judge] = judges.flat()
      const other = [...workers].find((worker) => worker !== judge)
      // Two of three times the one that judges.
      const victim = killed % 3 === 2 ? (other ?? judge) : (judge ?? other)
      if (victim === undefined) throw new Error('no worker lives')
      if (victim === judge) killsOfJudge += 1
      await victim.end('SIGKILL')
      workers.delete(victim)
      await startWorker()
    }
    await delay(plan.killEveryMs)
    isOver.abort()
    await Promise.all([publishing, editing])
    const missing = (): number => [...expected].filter((id) => !rig.finals().has(id)).length
    await until(
      () => missing() === 0,
      'every delivery to end',
      90_000,
      () => `${missing()} have not`,
    ).catch(() => {})

    const written = (await writtenSuspensions(rig.settings)).filter((record) => record !== null)
    const verdicts = written.filter(({ state }) => state === 'suspended')
    const perVersion = Map.groupBy(verdicts, versionOf)
    const notices = (await writtenNotices(rig.settings)).filter(({ kind }) => kind === 'suspended')
    const noticesOf = Map.groupBy(notices, versionOf)
    const lateMs = rejected().map(({ webhook_id, config_offset, written_at }) => {
      const later = [...editedAtMs].flatMap(([key, atMs]) => {
        const [name, offset] = key.split('/')
        return name === webhook_id && Number(offset) > (config_offset ?? 0) ? [atMs] : []
      })
      return later.length === 0 ? 0 : written_at - Math.min(...later)
    })
    return {
      events: expected.size,
      lost: missing(),
      unexpected: [...rig.finals().keys()].filter((id) => !expected.has(id)).length,
      kills: plan.kills,
      killsOfJudge,
      edits,
      suspended: verdicts.length,
      suspendedTwice: [...perVersion.values()].filter(({ length }) => length > 1).length,
      noticesAmiss:
        [...perVersion.keys()].filter((version) => noticesOf.get(version)?.length !== 1).length +
        [...noticesOf.keys()].filter((version) => !perVersion.has(version)).length,
      liftedWithinMs: Math.max(0, ...lateMs),
      rejected: rejected().length,
    }
  } finally {
    isOver.abort()
    await Promise.all([...workers].map((worker) => worker.end('SIGKILL')))
    await rig.stop()
    await receiver.stop()
  }
}

function versionOf({ webhook_id, config_offset }: { webhook_id: string; config_offset: number }): string {
  return `${webhook_id}/${config_offset}`
}

async function judging({ opsPort }: WorkerProcess): Promise<boolean> {
  const status = await fetch(`http://127.0.0.1:${opsPort}/status`)
  const { suspensions } = (await status.json()) as StatusReport
  return suspensions.judge === 'judging'
}
