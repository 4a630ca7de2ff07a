// What a worker with nothing to do costs: the CPU time of its process over 30 idle seconds, as a share of one
// core. One JSON line; exit code 1 above 1 %.
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const seconds = 30
/** Start-up compiles and connects; what is measured is what comes after. */
const settleSeconds = 5
/** Linux counts CPU time in hundredths of a second for every program. */
const ticksPerSecond = 100

await onLocalStack(async () => {
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '12' })
  const worker = await startWorkerProcess(rig.environment)
  try {
    await delay(settleSeconds * 1_000)
    const before = await cpuSeconds(worker.pid)
    await delay(seconds * 1_000)
    const percentOfCore = ((await cpuSeconds(worker.pid)) - before) * (100 / seconds)
    console.log(
      JSON.stringify({ figure: 'idle worker', percentOfCore: Number(percentOfCore.toFixed(2)), seconds }),
    )
    if (percentOfCore > 1) process.exitCode = 1
  } finally {
    await worker.end('SIGTERM')
    await rig.stop()
  }
})

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
