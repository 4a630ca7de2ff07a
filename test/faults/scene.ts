// What a row plays on: the base load on workers of one group, receivers that keep a ledger, and the means to do
// something to the workers. Whatever cuts work off is noted, since it decides what may be repeated.
import kafkajs from 'kafkajs'
import { createKafkaClient } from '../../src/kafka/kafka-client.ts'
import { assignmentsOf } from '../harness/assignments.ts'
import { quietClient } from '../harness/quiet-client.ts'
import { followCommits } from '../harness/group-commits.ts'
import type { GroupCommits } from '../harness/group-commits.ts'
import { startReceivers } from '../harness/receivers.ts'
import type { Receivers } from '../harness/receivers.ts'
import { startWorkerProcess } from '../harness/worker-process.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { startWorkerRig } from '../harness/worker-rig.ts'
import type { WorkerRig } from '../harness/worker-rig.ts'
import { destinations, prepareBaseLoad } from './base-load.ts'
import type { BaseLoad } from './base-load.ts'
import { plantedSettings } from './canaries.ts'
import type { Ground } from './ground.ts'
import type { Interruption } from './oracle/ledger.ts'
import { watchArrivals } from './watched-arrivals.ts'
import type { WatchedArrivals } from './watched-arrivals.ts'

const { ConfigResourceTypes } = kafkajs

export interface Member {
  readonly name: string
  readonly process: WorkerProcess
}

export interface Scene {
  readonly ground: Ground
  readonly eventsPerSecond: number
  readonly rig: WorkerRig
  readonly receivers: Receivers
  readonly load: BaseLoad
  readonly arrivals: WatchedArrivals
  readonly commits: GroupCommits
  /** All that each worker has printed, those that have ended too. */
  outputs(): readonly string[]
  /** Those that live, in the order of their start. */
  readonly members: readonly Member[]
  readonly interruptions: Interruption[]
  /** Resolves when it is ready. */
  startWorker(): Promise<Member>
  /** Ends it as an orchestrator does; answers its exit code. */
  stopWorker(member: Member): Promise<number | null>
  /** All at the same moment; answers that moment. */
  kill(...members: readonly Member[]): Promise<number>
  /** Work under way may have been cut off within that time. */
  interrupted(interruption: Interruption): void
  /** Lets go of all that is accounted for. */
  forget(): void
  /** Ends everything, whatever state it is in. */
  end(): Promise<void>
}

export interface SceneOptions {
  readonly ground: Ground
  readonly eventsPerSecond: number
  /** Settings of the workers. */
  readonly settings: Readonly<Record<string, string>>
  /** Modules that workers load first. */
  readonly imports: readonly string[]
}

export const partitions = 6

/** Retries come soon enough for a run to be over soon. */
const shortDelays = { RETRY_DELAYS: '1s,2s,4s', RETRY_ROOM_DELAYS: '1s,4s' }

export async function setScene(options: SceneOptions): Promise<Scene> {
  const { ground, eventsPerSecond, settings, imports } = options
  const closing: (() => Promise<unknown>)[] = []
  const end = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  try {
    const receivers = await startReceivers({ destinations, answerAfterMs: 10, failsOnce: true })
    closing.push(() => receivers.stop())
    const rig = await startWorkerRig({
      TOPICS_EVENTS_PARTITIONS: String(partitions),
      ...shortDelays,
      ...settings,
      ...ground.direct,
    })
    closing.push(() => rig.stop())
    await stampOnArrival(rig)
    const commits = await followCommits(rig.settings)
    closing.push(() => commits.stop())
    const load = await prepareBaseLoad(rig, receivers.portOf(0), eventsPerSecond)
    closing.push(() => load.halt())
    const arrivals = watchArrivals(receivers, load)
    closing.push(() => arrivals.stop())
    const workers = new Group(
      { ...rig.environment, LOG_LEVEL: 'info', ...plantedSettings, ...ground.forWorkers },
      imports,
    )
    closing.push(() => workers.end())
    const means = workers.means()
    const forget = (): void => {
      for (const each of [rig, load, arrivals]) each.forget()
      for (const list of [commits.taken, means.interruptions]) list.length = 0
    }
    return { ground, eventsPerSecond, rig, receivers, load, arrivals, commits, ...means, forget, end }
  } catch (error) {
    await end()
    throw error
  }
}

class Group {
  readonly #environment: Readonly<Record<string, string>>
  readonly #imports: readonly string[]
  readonly #members: Member[] = []
  readonly #all: WorkerProcess[] = []
  /** Started and not ended by us. */
  readonly #running = new Set<Promise<Member>>()
  readonly #interruptions: Interruption[] = []
  #started = 0

  constructor(environment: Readonly<Record<string, string>>, imports: readonly string[]) {
    this.#environment = environment
    this.#imports = imports
  }

  means(): Pick<
    Scene,
    'outputs' | 'members' | 'interruptions' | 'startWorker' | 'stopWorker' | 'kill' | 'interrupted'
  > {
    return {
      outputs: () => this.#all.map((process) => process.output()),
      members: this.#members,
      interruptions: this.#interruptions,
      startWorker: () => this.#start(),
      stopWorker: (member) => this.#end(member, 'SIGTERM'),
      kill: async (...members) => {
        const atMs = epochMs()
        const partitions = members.flatMap(({ process }) => assignmentsOf(process).at(-1)?.partitions ?? [])
        this.#interruptions.push({ fromMs: atMs, toMs: atMs, partitions })
        await Promise.all(members.map((member) => this.#end(member, 'SIGKILL')))
        return atMs
      },
      interrupted: (interruption) => void this.#interruptions.push(interruption),
    }
  }

  async end(): Promise<void> {
    for (const starting of this.#running) await starting.catch(() => {})
    await Promise.all(this.#members.map(({ process }) => process.end('SIGKILL')))
  }

  async #start(): Promise<Member> {
    this.#started += 1
    const name = `worker-${this.#started}`
    const names = { WORKER_ID: name, HTTP_USER_AGENT: name }
    const starting = startWorkerProcess({ ...this.#environment, ...names }, this.#imports).then(
      (process): Member => ({ name, process }),
    )
    this.#running.add(starting)
    try {
      const member = await starting
      this.#members.push(member)
      this.#all.push(member.process)
      return member
    } finally {
      this.#running.delete(starting)
    }
  }

  #end(member: Member, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const index = this.#members.indexOf(member)
    if (index >= 0) this.#members.splice(index, 1)
    return member.process.end(signal)
  }
}

/** Outcomes and dead letters bear the broker's time, as what is parked does anyway. */
async function stampOnArrival({ settings }: WorkerRig): Promise<void> {
  const { outcomes, deadLetters } = settings.topics
  const admin = createKafkaClient(quietClient(settings)).admin()
  await admin.connect()
  try {
    const resources = [outcomes.name, deadLetters.name].map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configEntries: [
        { name: 'message.timestamp.type', value: 'LogAppendTime' },
        // What is not named here goes back to its default.
        { name: 'max.message.bytes', value: '2097152' },
      ],
    }))
    await admin.alterConfigs({ validateOnly: false, resources })
  } finally {
    await admin.disconnect()
  }
}

export function epochMs(): number {
  return performance.timeOrigin + performance.now()
}
