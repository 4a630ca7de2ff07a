// All destinations answer 503 for a minute, then recover: how many requests they get in any five seconds, against their
// steady rate, until everything is delivered.
import { setTimeout as delay } from 'node:timers/promises'
import { startFieldLoad } from '../harness/field-load.ts'
import { addressOf, startReceivers } from '../harness/receivers.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const destinations = 20
const eventsPerSecond = Number(process.env['EVENTS_PER_SECOND'] ?? 200)
const steadySeconds = 30
const failingSeconds = 60
/** Past the third wait of the schedule, five minutes, and a tenth of it. */
const afterSeconds = Number(process.env['AFTER_SECONDS'] ?? 420)
const windowSeconds = 5

await onLocalStack(async () => {
  const receivers = await startReceivers({ destinations, answerAfterMs: 10 })
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '6' })
  const workers = []
  try {
    const load = await startFieldLoad(rig, destinations, (destination) => ({
      protocol: 'http',
      host: addressOf(destination),
      port: receivers.portOf(destination),
    }))
    for (const name of ['first', 'second']) {
      workers.push(await startWorkerProcess({ ...rig.environment, WORKER_ID: name, LOG_LEVEL: 'silent' }))
    }
    await load.run(eventsPerSecond, 8)
    const steadyFromMs = performance.timeOrigin + performance.now()
    await load.run(eventsPerSecond, steadySeconds)
    const failingFromMs = performance.timeOrigin + performance.now()
    await receivers.behave(null, 'failing')
    await load.run(eventsPerSecond, failingSeconds)
    await receivers.behave(null, 'well')
    const recoveredMs = performance.timeOrigin + performance.now()
    await load.run(eventsPerSecond, afterSeconds)
    await delay(2_000)
    const arrivals = await receivers.collect()
    const inWindow = (fromMs: number): number =>
      arrivals.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowSeconds * 1_000).length
    const steadyPerSecond =
      arrivals.filter(({ atMs }) => atMs >= steadyFromMs && atMs < failingFromMs).length /
      ((failingFromMs - steadyFromMs) / 1_000)
    const perSecond: number[] = []
    for (const { atMs } of arrivals) {
      const second = Math.floor((atMs - failingFromMs) / 1_000)
      if (second >= 0) perSecond[second] = (perSecond[second] ?? 0) + 1
    }
    let peak = { perSecond: 0, atSecond: 0 }
    for (let second = 0; second + windowSeconds <= perSecond.length; second += 1) {
      const rate =
        perSecond.slice(second, second + windowSeconds).reduce((sum, each) => sum + (each ?? 0), 0) /
        windowSeconds
      if (rate > peak.perSecond) peak = { perSecond: rate, atSecond: second }
    }
    const ended = [...rig.finals().values()]
    const figures = {
      figure: 'all destinations answer 503 for a minute',
      steadyPerSecond: Math.round(steadyPerSecond),
      peakPerSecond: Math.round(peak.perSecond),
      peakAtSecond: peak.atSecond,
      ratio: Number((peak.perSecond / steadyPerSecond).toFixed(2)),
      requestsInTheMinute:
        inWindow(failingFromMs) &&
        perSecond.slice(0, failingSeconds).reduce((sum, each) => sum + (each ?? 0), 0),
      secondsToRecover:
        Math.round((arrivals.find(({ atMs }) => atMs > recoveredMs)?.atMs ?? recoveredMs) - recoveredMs) /
        1_000,
      undelivered: load.expected.size - ended.filter(({ result }) => result === 'delivered').length,
      perTenSeconds: Array.from({ length: Math.ceil(perSecond.length / 10) }, (_, index) =>
        Math.round(
          perSecond.slice(index * 10, index * 10 + 10).reduce((sum, each) => sum + (each ?? 0), 0) / 10,
        ),
      ),
    }
    console.log(JSON.stringify(figures))
    if (figures.ratio > 2.5) process.exitCode = 1
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
    await rig.stop()
    await receivers.stop()
  }
})
