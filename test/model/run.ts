// One run of the model: the plan that a seed draws is carried out in virtual time, then everything ends, and the judges
// have the last word.
import { VirtualClock } from '../fakes/virtual-clock.ts'
import { ConfigTopic } from './config-topic.ts'
import { Dice } from './dice.ts'
import type { ProcessFacts } from './facts.ts'
import { Group } from './group.ts'
import { seatJudges } from './judges.ts'
import { Ledger } from './ledger.ts'
import type { Breach } from './ledger.ts'
import { PauseTopic } from './pause-topic.ts'
import { drawPlan } from './plan.ts'
import type { Plan } from './plan.ts'
import { Moments } from './moments.ts'
import type { Blow, Fault } from './plan-faults.ts'
import { drain, kill, startProcess } from './process.ts'
import { Receivers } from './receivers.ts'
import type { Bending, Surroundings } from './surroundings.ts'
import { Topics } from './topics.ts'
import { Weather } from './weather.ts'

export interface RunResult {
  readonly plan: Plan
  readonly breaches: readonly Breach[]
  readonly ledger: Ledger
  readonly virtualMs: number
}

const mostProcesses = 3
const rebalanceTimeoutMs = 20_000
/** Between two looks at whether it is over, or lost already. */
const stepMs = 1_000
/** Longer than any breaker stays open, any lane is paused, or a last commit takes. */
const graceMs = 400_000
/** With bad weather to wait out there is none when it comes to this. */
const mostDrainMs = 30_000

export async function runSeed(seed: number, bending: Bending = {}): Promise<RunResult> {
  const plan = drawPlan(seed)
  const around = surroundingsOf(plan, bending)
  const { clock, ledger, topics } = around
  seatJudges(around, plan)
  publish(plan, around)
  const processes = new Processes(around)
  processes.start()
  for (const fault of plan.faults) at(clock, fault.atMs, () => processes.befall(fault))
  at(clock, plan.calmFromMs, () => processes.calm())
  const { call_start, call_end } = plan.settings.horizons.horizonMs
  const deadlineMs = plan.calmFromMs + Math.max(call_start, call_end) + graceMs
  while (
    ledger.breaches.length === 0 &&
    (clock.monotonicMs() < plan.calmFromMs + 4_000 || !isDrained(topics))
  ) {
    if (clock.monotonicMs() > deadlineMs) ledger.breach('stuck', unfinishedText(topics))
    await clock.advance(stepMs)
  }
  if (ledger.breaches.length === 0) await processes.end()
  if (ledger.breaches.length === 0) ledger.over()
  return { plan, breaches: ledger.breaches, ledger, virtualMs: clock.monotonicMs() }
}

function surroundingsOf(plan: Plan, bending: Bending): Surroundings {
  const { seed, partitions, settings, spells, phases } = plan
  const clock = new VirtualClock()
  const dice = new Dice(seed).of('world')
  const { pauseDelayMs, retry } = settings.delivery
  const topics = new Topics(clock, partitions, [...retry.delaysMs, pauseDelayMs])
  const { sessionTimeoutMs } = settings
  const times = { sessionTimeoutMs, rebalanceTimeoutMs }
  const { takesStaleCommits = false } = bending
  const ledger = new Ledger(clock)
  const expelled = (process: string): void => {
    const isAlive = ledger.processes.some(({ name, life }) => name === process && !life.isDead)
    ledger.saw(isAlive ? 'expelled alive' : 'expelled dead')
    ledger.tell(process, 'is expelled')
  }
  const group = new Group({
    clock,
    dice: dice.of('group'),
    topics,
    partitions,
    takesStaleCommits,
    ...times,
    expelled,
  })
  return {
    ...plan,
    clock,
    dice,
    topics,
    group,
    configs: new ConfigTopic(),
    pauses: new PauseTopic(),
    receivers: new Receivers(clock, dice.of('receivers'), phases),
    weather: new Weather(clock, dice.of('weather'), spells),
    ledger,
    bending,
  }
}

function at(clock: VirtualClock, atMs: number, callback: () => void): void {
  clock.after(atMs - clock.monotonicMs(), callback)
}

function publish(
  { configs, operator, events }: Plan,
  { clock, topics, configs: topic, pauses, ledger }: Surroundings,
): void {
  for (const record of operator) {
    const write = (): void => {
      ledger.tell('operator', record.state, record.key)
      pauses.append(record)
    }
    if (record.atMs === 0) write()
    else at(clock, record.atMs, write)
  }
  for (const { atMs, change } of configs) {
    if (atMs === 0) topic.append(change)
    else {
      at(clock, atMs, () => {
        ledger.tell('config', change.kind, change.webhookId)
        topic.append(change)
      })
    }
  }
  for (const { atMs, partition, ageMs, bytes, content } of events) {
    at(clock, atMs, () => {
      topics.appendEvent(partition, content(clock.nowMs() - ageMs), bytes, clock.nowMs())
    })
  }
}

class Processes {
  readonly #around: Surroundings
  readonly #moments = new Moments()
  readonly #running = new Set<ProcessFacts>()
  readonly #draining = new Set<ProcessFacts>()
  #started = 0
  #isCalm = false

  constructor(around: Surroundings) {
    this.#around = around
    around.ledger.seats(this.#moments)
  }

  start(): void {
    if (this.#running.size >= mostProcesses) return
    this.#running.add(startProcess(this.#started, this.#around))
    this.#started += 1
  }

  befall(fault: Fault): void {
    if (fault.kind === 'start') return this.start()
    if (fault.kind === 'rebalance') return this.#around.group.rebalance()
    const alive = [...this.#running, ...this.#draining]
    const process = alive[fault.which % Math.max(1, alive.length)]
    if (process === undefined) return
    switch (fault.kind) {
      case 'drain':
        if (this.#running.has(process)) this.#drain(process, fault.timeoutMs)
        return
      case 'reread':
        process.pauses.reset()
        return process.configs.reset()
      case 'kill':
      case 'freeze':
      case 'crash': {
        const { on } = fault
        if (on === null) return this.#strike(process, fault)
        const { clock } = this.#around
        return this.#moments.next(process, on.moment, () =>
          clock.after(on.afterMs, () => this.#strike(process, fault)),
        )
      }
    }
  }

  #strike(process: ProcessFacts, blow: Blow): void {
    const { clock, ledger } = this.#around
    if (process.life.isDead || this.#isCalm) return
    ledger.tell(process.name, 'suffers', blow)
    switch (blow.kind) {
      case 'kill':
        this.#running.delete(process)
        this.#draining.delete(process)
        return kill(process, ledger)
      case 'freeze':
        process.life.freeze()
        process.disturbedUntilMs = Math.max(process.disturbedUntilMs, clock.monotonicMs() + blow.forMs)
        clock.after(blow.forMs, () => process.life.thaw())
        return
      case 'crash':
        process.disturbedUntilMs = Number.POSITIVE_INFINITY
        return process.member.crash({ afterMs: blow.againAfterMs, leaves: blow.leaves })
    }
  }

  /** Nothing more befalls anybody, and somebody is there to do what is left. */
  calm(): void {
    this.#isCalm = true
    this.#around.ledger.tell('calm from here on')
    if (this.#running.size === 0) this.start()
  }

  async end(): Promise<void> {
    const { clock, ledger } = this.#around
    for (const process of this.#running) this.#drain(process, 10_000)
    const deadlineMs = clock.monotonicMs() + mostDrainMs
    while (this.#draining.size > 0 && clock.monotonicMs() < deadlineMs) await clock.advance(stepMs)
    if (this.#draining.size > 0) ledger.breach('stuck', 'a process does not end')
  }

  #drain(process: ProcessFacts, timeoutMs: number): void {
    this.#running.delete(process)
    this.#draining.add(process)
    const isOver = (): void => void this.#draining.delete(process)
    process.life.run(() => void drain(process, timeoutMs, this.#around).then(isOver))
  }
}

/** Everything in every topic is done with. */
function isDrained({ logs }: Topics): boolean {
  return logs.every(({ records, committed }) => Number(committed?.offset ?? 0n) === records.length)
}

function unfinishedText({ logs }: Topics): string {
  const left = logs.filter(({ records, committed }) => Number(committed?.offset ?? 0n) < records.length)
  return left
    .map(({ key, records, committed }) => `${key} ${committed?.offset} of ${records.length}`)
    .join(', ')
}
