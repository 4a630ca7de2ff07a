// One of 20 destinations hangs, then five of them, in each of five ways: what the others notice of it. A line for each
// way, in which "others" are the deliveries to destinations that are well, measured before and while others hang.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newAuthority } from '../harness/certificates.ts'
import { startDnsServer } from '../harness/dns-server.ts'
import { delaysOf, startFieldLoad } from '../harness/field-load.ts'
import type { Address, Delays } from '../harness/field-load.ts'
import { addressOf, startReceivers } from '../harness/receivers.ts'
import type { Receivers } from '../harness/receivers.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import { onLocalStack } from './on-local-stack.ts'

const ways = [
  'no answer',
  'SYN black hole',
  'unfinished TLS handshake',
  '200 after 9 s',
  'name never resolves',
] as const
type Way = (typeof ways)[number]

const destinations = 20
const mayHang = 5
const eventsPerSecond = Number(process.env['EVENTS_PER_SECOND'] ?? 200)
const seconds = Number(process.env['SECONDS_EACH'] ?? 31)
const rounds = Number(process.env['ROUNDS'] ?? 3)
const chosen = process.argv.slice(2)

await onLocalStack(async () => {
  for (const way of ways) {
    if (chosen.length > 0 && !chosen.some((word) => way.includes(word))) continue
    const runs: Awaited<ReturnType<typeof hang>>[] = []
    for (let round = 0; round < rounds; round += 1) runs.push(await hang(way))
    const median = (of: (run: (typeof runs)[number]) => number): number =>
      runs.map(of).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0
    const baselineP99Ms = median(({ baseline }) => baseline.p99Ms)
    const one = { p99Ms: median(({ one }) => one.p99Ms), share: median(({ one }) => one.share) }
    const five = { p99Ms: median(({ five }) => five.p99Ms), share: median(({ five }) => five.share) }
    const allowedMs = Math.max(1.2 * baselineP99Ms, baselineP99Ms + 20)
    const samples = Math.min(...runs.flatMap(({ baseline, five }) => [baseline.count, five.count]))
    console.log(
      JSON.stringify({
        figure: 'hanging destinations',
        way,
        rounds,
        samples,
        baselineP99Ms,
        allowedMs,
        one,
        five,
        runs,
      }),
    )
    if (Math.max(one.p99Ms, five.p99Ms) > allowedMs || Math.min(one.share, five.share) < 0.98)
      process.exitCode = 1
  }
})

async function hang(way: Way): Promise<{ baseline: Delays; one: Delays; five: Delays }> {
  const closing: (() => Promise<unknown>)[] = []
  const folder = await mkdtemp(join(tmpdir(), 'hanging-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  try {
    const authority = newAuthority('hanging')
    const ca = join(folder, 'ca.pem')
    await writeFile(ca, authority.cert)
    const common = { destinations, answerAfterMs: 10, failsOnce: true }
    const well = await startReceivers(common)
    closing.push(() => well.stop())
    const others =
      way === 'SYN black hole'
        ? await Promise.all([
            startReceivers({ ...common, backlog: 1 }),
            startReceivers({ ...common, backlog: 1 }),
          ])
        : way === 'unfinished TLS handshake'
          ? [await startReceivers({ ...common, destinations: mayHang, tls: authority.issue('localhost') })]
          : [well]
    for (const each of others) if (each !== well) closing.push(() => each.stop())
    // The first to hang may be in a process of its own, since only a whole process can be frozen.
    const receiversOf = (destination: number): Receivers =>
      (destination === 0 ? others[0] : others.at(-1)) ?? well
    const names = await startDnsServer()
    closing.push(() => names.stop())
    const address = (destination: number): Address => {
      const host = addressOf(destination)
      if (destination >= mayHang) return { protocol: 'http', host, port: well.portOf(destination) }
      const port = receiversOf(destination).portOf(destination)
      if (way === 'unfinished TLS handshake') return { protocol: 'https', host: '127.0.0.1', port }
      if (way !== 'name never resolves') return { protocol: 'http', host, port }
      names.set(`d${destination}.test`, { a: [host], ttlS: 1 })
      return { protocol: 'http', host: `d${destination}.test`, port }
    }
    const rig = await startWorkerRig({ TOPICS_EVENTS_PARTITIONS: '6' })
    closing.push(() => rig.stop())
    const load = await startFieldLoad(rig, destinations, address)
    const environment = {
      ...rig.environment,
      LOG_LEVEL: 'silent',
      NODE_EXTRA_CA_CERTS: ca,
      HTTP_DNS_SERVERS: names.address,
    }
    for (const name of ['first', 'second']) {
      const worker = await startWorkerProcess({ ...environment, WORKER_ID: name })
      closing.push(() => worker.end('SIGKILL'))
    }
    const startHanging = async (from: number, to: number): Promise<void> => {
      const which = Array.from({ length: to - from }, (_, index) => from + index)
      const receivers = receiversOf(from)
      if (way === 'name never resolves')
        for (const each of which) names.set(`d${each}.test`, { a: 'silent', aaaa: 'silent' })
      const gone = way === 'name never resolves' || way === 'SYN black hole'
      await receivers.behave(which, gone ? 'gone' : way === '200 after 9 s' ? 'slow' : 'silent')
      if (way === 'SYN black hole') await receivers.blackHole()
    }
    const isMeant = (destination: number): boolean => destination >= mayHang
    const measured = async (): Promise<{ fromMs: number; toMs: number; isMeant: typeof isMeant }> => {
      const fromMs = performance.timeOrigin + performance.now()
      await load.run(eventsPerSecond, seconds)
      return { fromMs, toMs: performance.timeOrigin + performance.now(), isMeant }
    }
    await load.run(eventsPerSecond, 8)
    const spans = [await measured()]
    await startHanging(0, 1)
    spans.push(await measured())
    await startHanging(1, mayHang)
    spans.push(await measured())
    await load.run(eventsPerSecond, 2)
    const arrivals = await well.collect()
    const [baseline, one, five] = spans.map((span) => delaysOf(load.expected, arrivals, span))
    if (baseline === undefined || one === undefined || five === undefined)
      throw new Error('a span is missing')
    return { baseline, one, five }
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}
