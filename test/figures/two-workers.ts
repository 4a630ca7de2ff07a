// 20,000 events on two workers, one of which is stopped half-way and started again; then 6,000 with one, and with
// both, killed. One JSON line each: what ids say about lost and repeated deliveries, and how long partitions stood.
import { longestTakeOverMs, startLoad } from '../harness/two-workers.ts'
import type { Load } from '../harness/two-workers.ts'
import { until } from '../harness/until.ts'
import { onLocalStack } from './on-local-stack.ts'

/** Slow enough that a change comes in the middle of the work. */
const begin = (): Promise<Load> =>
  startLoad({
    answer: () => (response) => {
      setTimeout(() => response.end(), 10)
    },
    environment: { IN_FLIGHT_MAX_DELIVERIES: '32' },
  })

await onLocalStack(async () => {
  await stopAndStartAgain()
  await kill('one of two workers killed', 1)
  await kill('both workers killed', 2)
})

async function stopAndStartAgain(): Promise<void> {
  const load = await begin()
  try {
    await load.publish(10_000)
    const [first] = await Promise.all([load.worker('first'), load.worker('second')])
    await untilReceived(load, 1 / 2)
    const exitCode = await first.end('SIGTERM')
    await untilReceived(load, 3 / 5)
    await load.worker('third')
    await load.untilDelivered(120_000)
    const takeOverMs = longestTakeOverMs(load.rig.outcomes, 'first')
    report('one of two workers stopped half-way and started again', load, { exitCode, takeOverMs }, 0)
    if (takeOverMs > 5_000 || exitCode !== 0) process.exitCode = 1
  } finally {
    await load.stop()
  }
}

async function kill(figure: string, kills: number): Promise<void> {
  const load = await begin()
  try {
    await load.publish(3_000)
    const both = await Promise.all([load.worker('first'), load.worker('second')])
    await untilReceived(load, 1 / 3)
    await Promise.all(both.slice(0, kills).map((each) => each.end('SIGKILL')))
    const bound = await load.repeatable()
    if (kills === 2) await load.worker('third')
    await load.untilDelivered(120_000)
    const repeatable = await bound()
    report(figure, load, { repeatable }, repeatable)
  } finally {
    await load.stop()
  }
}

function untilReceived({ receiver, expected }: Load, share: number): Promise<void> {
  return until(() => receiver.requests.length > expected.size * share, `${share} of the deliveries`, 120_000)
}

function report(
  figure: string,
  { expected, missing, extra, receiver }: Load,
  more: Readonly<Record<string, unknown>>,
  maxDuplicates: number,
): void {
  const figures = { missing: missing(), extra: extra(), duplicates: receiver.duplicates() }
  console.log(JSON.stringify({ figure, events: expected.size, ...figures, ...more }))
  if (figures.missing + figures.extra > 0 || figures.duplicates > maxDuplicates) process.exitCode = 1
}
