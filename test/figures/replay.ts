// 10,000 failed deliveries are replayed on the real stack, and the command is killed in the middle of it, again and again:
// whether the count is exact, the rate kept, each ends anew under its own id, and none is sent twice.
import { setTimeout as delay } from 'node:timers/promises'
import { startCli } from '../harness/cli-process.ts'
import type { CliProcess } from '../harness/cli-process.ts'
import { failedDeliveries, notOnce } from '../harness/failed-deliveries.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { writtenReplays, writtenTwice } from '../harness/written-replays.ts'
import type { WrittenReplay } from '../harness/written-replays.ts'
import { onLocalStack } from './on-local-stack.ts'

const deliveries = Number(process.env['DELIVERIES'] ?? 10_000)
const rate = Number(process.env['RATE'] ?? 100)
/** Long enough for the deliveries of one second, which may come together after a pause, not to count for much. */
const windowMs = 30_000
const kills = Number(process.env['KILLS'] ?? 5)

await onLocalStack(async () => {
  const workers: WorkerProcess[] = []
  const failed = await failedDeliveries(deliveries / 2, ['one', 'other'], {}, async ({ environment }) => {
    workers.push(await startWorkerProcess({ ...environment, LOG_LEVEL: 'silent' }))
  })
  const { rig, receiver, ids } = failed
  const { environment } = rig
  try {
    const counted = startCli(['replay', '--since', '1h', '--dry-run', '--json'], environment)
    await counted.ended
    const { count, outcomes_read, read_seconds } = JSON.parse(counted.out()) as Record<string, number>
    const atTheReceiver = (): number => receiver.requests().size
    let run = startCli(['replay', '--since', '1h', '--rate', String(rate), '--yes', '--json'], environment)
    const runId = await runIdOf(run)
    let killed = 0
    for (; killed < kills; killed += 1) {
      const before = atTheReceiver()
      while (atTheReceiver() === before) await delayUnlessOver(run)
      // At any moment of a slice.
      await delay(5_000 + Math.random() * 1_000)
      run.kill('SIGKILL')
      await run.ended
      run = startCli(['replay', '--resume', runId, '--rate', String(rate), '--yes', '--json'], environment)
    }
    const exitCode = await run.ended
    const last = JSON.parse(run.out()) as { already_sent: number; result: { sent: number; seconds: number } }
    await rig.untilFinals(2 * deliveries, 120_000)
    const replayed = [...rig.finals().values()].filter(({ replay }) => replay === 1)
    // A copy that comes at once is dropped by the worker: so what was written is looked at, too.
    const written = await writtenReplays(rig)
    const figures = {
      figure: 'replay of failed deliveries',
      deliveries,
      count,
      outcomesReadPerSecond: Math.round((outcomes_read ?? 0) / Math.max(0.001, read_seconds ?? 0)),
      rate,
      // Of the last run, from its first delivery on; and over all runs, by the brokers' clock.
      lastRunPerSecond: Number((last.result.sent / last.result.seconds).toFixed(1)),
      mostPerSecond:
        Math.max(...written.map(({ atMs }) => sentWithin(written, atMs, windowMs))) / (windowMs / 1_000),
      killed,
      alreadySentAtLastResume: last.already_sent,
      sentByLastRun: last.result.sent,
      newFinals: replayed.length,
      newFinalsDelivered: replayed.filter(({ result }) => result === 'delivered').length,
      otherReplays: [...rig.finals().values()].filter(({ replay }) => replay > 1).length,
      writtenTwice: writtenTwice(written),
      ...notOnce(ids, receiver.requests()),
      exitCode,
    }
    console.log(JSON.stringify(figures))
    const kept = Math.abs(figures.lastRunPerSecond / rate - 1) <= 0.1 && figures.mostPerSecond <= 1.1 * rate
    const exact = count === deliveries && figures.newFinals === deliveries && figures.otherReplays === 0
    const once = figures.missing + figures.twice + figures.strange + figures.writtenTwice === 0
    if (!kept || !exact || !once || exitCode !== 0) process.exitCode = 1
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
    await failed.stop()
  }
})

function sentWithin(written: readonly WrittenReplay[], fromMs: number, ms: number): number {
  const within = written.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + ms)
  return within.reduce((sum, { deliveries: each }) => sum + each.length, 0)
}

async function delayUnlessOver(run: CliProcess): Promise<void> {
  const ended = await Promise.race([run.ended, delay(5, 'under way' as const)])
  if (ended !== 'under way') throw new Error(`the command ended with ${ended}: ${run.err()}${run.out()}`)
}

/** It is told before anything is sent. */
async function runIdOf(run: CliProcess): Promise<string> {
  for (;;) {
    const [, id] = /^run (\S+):/m.exec(run.err()) ?? []
    if (id !== undefined) return id
    await delayUnlessOver(run)
  }
}
