// One process of the model: the core on the simulated world's edges. Nothing reaches it but through its life.
import type { Grant, Hold } from '../../src/progress/in-flight-budget.ts'
import { coreOn } from '../fakes/core.ts'
import type { Core, CoreEdges } from '../fakes/core.ts'
import { ConfigReader } from './config-topic.ts'
import { decoders, sender, sinks } from './edges.ts'
import type { ProcessFacts } from './facts.ts'
import type { Ledger } from './ledger.ts'
import { Member } from './member.ts'
import type { MembershipWitness } from './member.ts'
import { PauseReader } from './pause-topic.ts'
import { ProcessLife } from './process-life.ts'
import type { Surroundings } from './surroundings.ts'

/** What was written in bad weather may be on its way for so long after it. */
const aftermathMs = 4_000

export function startProcess(number: number, around: Surroundings): ProcessFacts {
  const { clock, ledger, configs, weather, dice } = around
  const name = `P${number}`
  const own = dice.of(name)
  const life = new ProcessLife(clock, own.of('skew').int(-around.mostSkewMs, around.mostSkewMs))
  const watched = (): ProcessFacts => process
  const witness = witnessOf(watched, around)
  const member = new Member({ ...around, name, number, life, dice: own.of('member'), witness })
  const reader = new ConfigReader({ topic: configs, clock, life, weather, number })
  const pauseReader = new PauseReader({
    topic: around.pauses,
    clock,
    life,
    weather,
    dice: own.of('pauses'),
    number,
  })
  const { decoder, parkedDecoder, matched } = decoders(watched, around)
  const edges: CoreEdges = {
    clock: life.clock(),
    random: own.of('chance'),
    observer: { observe: (observation) => ledger.observed(process, observation) },
    source: member,
    decoder,
    parkedDecoder,
    sender: sender(watched, around),
    ...sinks(watched, own.of('writes'), around),
  }
  const { bending, settings } = around
  const core = coreOn(bending.bend?.(edges) ?? edges, bending.set?.(settings) ?? settings)
  const { table } = core.live
  const lookup = table.lookup.bind(table)
  table.lookup = (event) => {
    const webhookIds = lookup(event)
    matched(
      event,
      webhookIds.flatMap((webhookId) => table.find(webhookId) ?? []),
    )
    return webhookIds
  }
  const held = countHolds(core)
  const process: ProcessFacts = {
    name,
    number,
    life,
    core,
    member,
    configs: reader,
    pauses: pauseReader,
    owned: new Map(),
    eventsRead: new Map(),
    parkedRead: new Map(),
    deadLetters: new Set(),
    underWay: new Set(),
    held,
    share: 0,
    shareSinceMs: clock.monotonicMs(),
    settlingSinceMs: null,
    disturbedUntilMs: 0,
    settlesCleanly() {
      const { settlingSinceMs, disturbedUntilMs } = process
      if (settlingSinceMs === null || disturbedUntilMs > settlingSinceMs || life.isDead) return false
      return !weather.wasBadSince(settlingSinceMs - aftermathMs)
    },
  }
  ledger.processes.push(process)
  ledger.tell(name, 'starts')
  life.run(() => void boot(core, reader, pauseReader))
  return process
}

/** What its budget has granted, counted from outside. */
function countHolds({ budget }: Core): { all: number; parked: number } {
  const held = { all: 0, parked: 0 }
  const count = ({ kind }: Hold, by: number): void => {
    held.all += by
    if (kind === 'parked') held.parked += by
  }
  const [acquire, release] = [budget.acquire.bind(budget), budget.release.bind(budget)]
  budget.acquire = (hold, nowMs) => {
    const asked = acquire(hold, nowMs)
    if (!(asked instanceof Promise)) count(hold, 1)
    return asked instanceof Promise ? granted(asked, () => count(hold, 1)) : asked
  }
  budget.release = (hold, nowMs) => {
    count(hold, -1)
    release(hold, nowMs)
  }
  return held
}

async function granted(asked: Promise<Grant>, note: () => void): Promise<Grant> {
  const grant = await asked
  note()
  return grant
}

/** Table and pauses first, then the group: as a worker does. */
async function boot(
  { live, pauses, pipeline }: Core,
  reader: ConfigReader,
  pauseReader: PauseReader,
): Promise<void> {
  await Promise.all([live.hydrate(reader), pauses.hydrate(pauseReader)])
  await pipeline.start()
}

function witnessOf(watched: () => ProcessFacts, around: Surroundings): MembershipWitness {
  const { clock, ledger, partitions } = around
  return {
    rejoining() {
      const process = watched()
      process.settlingSinceMs ??= settlesFromMs(process, around)
      ledger.tell(process.name, 'rejoins', process.settlingSinceMs === null ? 'in doubt' : '')
    },
    assigned(deal, isAsked) {
      const process = watched()
      const { share } = process
      process.disturbedUntilMs = Math.min(process.disturbedUntilMs, clock.monotonicMs())
      process.share = deal.partitions.length / partitions
      if (process.share !== share) process.shareSinceMs = clock.monotonicMs()
      const isCurrent = deal.generation === around.group.generation
      ledger.assigned(process, { partitions: deal.partitions, isAsked, isCurrent })
    },
    commitIssued: (offsets) => ledger.commitIssued(watched(), offsets),
    committed: (generation, offsets) => ledger.committed(watched(), generation, offsets),
    leftLying: ({ key }) => ledger.breach('left lying', `${watched().name} left ${key} without pausing it`),
  }
}

/** Null: in doubt about its membership it cannot settle, nor if it would be before it has. */
function settlesFromMs({ member }: ProcessFacts, { clock, settings }: Surroundings): number | null {
  const nowMs = clock.monotonicMs()
  const beatenAtMs = member.lastHeartbeatMs() ?? Number.NEGATIVE_INFINITY
  const { revokeSettleMs, writeMs } = settings.pipeline
  return nowMs - beatenAtMs > settings.sessionTimeoutMs - revokeSettleMs - writeMs ? null : nowMs
}

export function kill(process: ProcessFacts, ledger: Ledger): void {
  if (process.life.isDead) return
  process.life.kill()
  ledger.gone(process, false)
}

/** Resolves when it has gone. */
export async function drain(process: ProcessFacts, timeoutMs: number, around: Surroundings): Promise<void> {
  const { clock, ledger } = around
  const { core, life, configs, pauses } = process
  ledger.tell(process.name, 'drains')
  process.settlingSinceMs ??= settlesFromMs(process, around)
  const { clean } = await core.pipeline.drain(timeoutMs)
  const isClean = process.settlesCleanly()
  if (isClean && !clean) ledger.breach('unclean drain', `${process.name} could not settle in good weather`)
  ledger.gone(process, isClean && clean)
  await configs.stop()
  await pauses.stop()
  core.gate.stop()
  const gone = Promise.withResolvers<void>()
  clock.after(goneAfterMs, () => {
    if (clean && !life.isDead) ledger.left(process)
    life.kill()
    gone.resolve()
  })
  await gone.promise
}

/** For what wakes up once more and finds nothing to do. */
const goneAfterMs = 1_200
