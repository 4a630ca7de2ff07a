// 100 events of an account with 1,000 webhooks, one of two workers killed in the middle, beside the calls of others: the
// ledger of 100,000 final outcomes, what was repeated, and what the others noticed.
import { setTimeout as delay } from 'node:timers/promises'
import { finalOutcomeId } from '../../src/domain/outcome.ts'
import { deliveryIdOf } from '../../src/join/delivery-id.ts'
import { simulateCall } from '../../src/local/simulated-call.ts'
import { delaysOf } from '../harness/field-load.ts'
import type { Expected } from '../harness/field-load.ts'
import { addressOf, startReceivers } from '../harness/receivers.ts'
import { parkedAmong, unfinishedByCommit } from '../harness/unfinished.ts'
import { until } from '../harness/until.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig, webhookRecord } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const events = Number(process.env['EVENTS'] ?? 100)
const fanout = 1_000
const destinations = 40
const others = 20
const othersPerSecond = 50

await onLocalStack(async () => {
  const receivers = await startReceivers({ destinations, answerAfterMs: 10 })
  const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '6' })
  const workers = []
  try {
    const webhook = (webhook_id: string, account_id: string, destination: number) =>
      rig.publisher.webhook(
        webhookRecord({
          webhook_id,
          account_id,
          path: `/${webhook_id}`,
          host: addressOf(destination),
          port: receivers.portOf(destination),
        }),
      )
    await Promise.all(
      Array.from({ length: fanout }, (_, index) => webhook(`wide-${index}`, 'wide', index % others)),
    )
    await Promise.all(
      Array.from({ length: others }, (_, index) =>
        webhook(`other-${index}`, `other-${index}`, others + index),
      ),
    )
    for (const name of ['first', 'second']) {
      workers.push(await startWorkerProcess({ ...rig.environment, WORKER_ID: name, LOG_LEVEL: 'silent' }))
    }
    const expected = new Set<string>()
    const ofOthers = new Map<string, Expected>()
    let count = 0
    const publishOther = async (): Promise<void> => {
      const publishedAtMs = performance.timeOrigin + performance.now()
      const which = count % others
      const { end } = simulateCall(count, `other-${which}`, Math.floor(publishedAtMs))
      count += 1
      const id = deliveryIdOf(end.event_id, `other-${which}`)
      ofOthers.set(id, { destination: others + which, publishedAtMs })
      expected.add(finalOutcomeId(id, 0))
      await rig.publisher.callEvent(end)
    }
    const over = new AbortController()
    const background = (async () => {
      while (!over.signal.aborted) {
        await publishOther()
        await delay(1_000 / othersPerSecond)
      }
    })()
    await delay(8_000)
    const fromMs = performance.timeOrigin + performance.now()
    for (let index = 0; index < events; index += 1) {
      const { end } = simulateCall(index, 'wide', Date.now())
      for (let each = 0; each < fanout; each += 1)
        expected.add(finalOutcomeId(deliveryIdOf(end.event_id, `wide-${each}`), 0))
      await rig.publisher.callEvent(end)
    }
    const wideFinals = (): number => [...rig.finals().keys()].length
    await until(() => wideFinals() > (events * fanout) / 3, 'a third of the deliveries', 300_000)
    const killedAtMs = performance.timeOrigin + performance.now()
    await workers[0]?.end('SIGKILL')
    const unfinished = await unfinishedByCommit(rig.settings)
    const open = await parkedAmong(unfinished, rig.settings)
    workers.push(await startWorkerProcess({ ...rig.environment, WORKER_ID: 'third', LOG_LEVEL: 'silent' }))
    const missing = (): number => [...expected].filter((id) => !rig.finals().has(id)).length
    await until(() => rig.finals().size >= events * fanout, '100,000 final outcomes', 400_000)
    over.abort()
    await background
    await until(
      () => missing() === 0,
      'the rest',
      60_000,
      () => String(missing()),
    )
    const toMs = performance.timeOrigin + performance.now()
    const arrivals = await receivers.collect()
    const seen = new Map<string, number>()
    for (const { deliveryId, attempt } of arrivals) {
      seen.set(`${deliveryId}/${attempt}`, (seen.get(`${deliveryId}/${attempt}`) ?? 0) + 1)
    }
    const repeated = [...seen].filter(([, times]) => times > 1)
    const eventTopic = rig.settings.topics.events.name
    const ofEvents = [...rig.finals().values()].filter(
      ({ account_id, source_partition, source_offset }) =>
        account_id !== 'wide' && unfinished.has(eventTopic, source_partition, BigInt(source_offset)),
    )
    const mayRepeat = new Set([...open, ...ofEvents.map(({ delivery_id }) => delivery_id)])
    const isMeant = (): boolean => true
    const figures = {
      figure: '100 events for 1,000 webhooks each, a worker killed in the middle',
      expected: events * fanout,
      missing: missing(),
      extra: [...rig.finals().keys()].filter((id) => !expected.has(id)).length,
      repeated: repeated.length,
      repeatedOfFinishedChunks: repeated.filter(([key]) => !mayRepeat.has(key.split('/')[0] ?? '')).length,
      seconds: Math.round((toMs - fromMs) / 1_000),
      othersBefore: delaysOf(ofOthers, arrivals, { fromMs: fromMs - 6_000, toMs: fromMs, isMeant }),
      othersMeanwhile: delaysOf(ofOthers, arrivals, { fromMs, toMs: killedAtMs - 500, isMeant }),
      othersThroughTheKill: delaysOf(ofOthers, arrivals, {
        fromMs: killedAtMs - 500,
        toMs: toMs - 2_000,
        isMeant,
      }),
    }
    console.log(JSON.stringify(figures))
    if (
      figures.missing + figures.extra + figures.repeatedOfFinishedChunks > 0 ||
      figures.othersMeanwhile.p99Ms > 150
    )
      process.exitCode = 1
  } finally {
    for (const worker of workers) await worker.end('SIGKILL')
    await rig.stop()
    await receivers.stop()
  }
})
