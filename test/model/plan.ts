// What is going to happen in a run, all of it drawn from the seed before it begins: who is there, what is published, how
// receivers and brokers behave, and what befalls the processes.
import type { CoreSettings } from '../fakes/core.ts'
import { Dice } from './dice.ts'
import { drawConfigs, drawWebhooks } from './plan-configs.ts'
import type { PublishedConfig } from './plan-configs.ts'
import { drawEvents, drawProbes } from './plan-events.ts'
import type { PublishedEvent } from './plan-events.ts'
import type { PauseRecord } from './pause-topic.ts'
import { drawFaults, drawSpells } from './plan-faults.ts'
import type { Fault, Flavour } from './plan-faults.ts'
import { drawPauses } from './plan-pauses.ts'
import { drawPhases } from './plan-receivers.ts'
import { drawSettings, withRoom } from './plan-settings.ts'
import type { Phases } from './receivers.ts'
import type { Spell } from './weather.ts'

export interface Plan {
  readonly seed: number
  readonly flavour: Flavour
  readonly partitions: number
  readonly settings: CoreSettings
  readonly batchSize: number
  readonly unasked: number
  /** By how much the wall clock of a process may be wrong: less than the shortest delay, or that delay is none. */
  readonly mostSkewMs: number
  readonly doubled: number
  readonly configs: readonly PublishedConfig[]
  readonly operator: readonly PauseRecord[]
  readonly events: readonly PublishedEvent[]
  readonly phases: Phases
  readonly spells: readonly Spell[]
  readonly faults: readonly Fault[]
  /** From here on nothing more befalls anybody. */
  readonly calmFromMs: number
  /** From here on every receiver answers 200; null: they stay as they are. */
  readonly healsAtMs: number | null
}

/** How often each: most is found where most befalls. */
const drawn: readonly Flavour[] = ['calm', 'moves', 'weather', 'deaths', 'deaths', 'all', 'all', 'all']

/** Until when events come, and when faults are over. */
const eventsUntilMs = 25_000
const faultsUntilMs = 55_000

export function drawPlan(seed: number): Plan {
  const dice = new Dice(seed)
  const flavour = dice.pick(drawn)
  const heals = dice.chance(0.4)
  const partitions = dice.pick([1, 1, 2, 3, 4])
  const settings = drawSettings(dice.of('settings'), heals)
  const webhooks = drawWebhooks(dice.of('webhooks'), settings)
  const configs = drawConfigs(dice.of('configs'), webhooks)
  const events = drawEvents(dice.of('events'), { webhooks, partitions, untilMs: eventsUntilMs })
  const times = { flavour, untilMs: faultsUntilMs }
  const faults = drawFaults(dice.of('faults'), times)
  const operator = drawPauses(dice.of('pauses'), webhooks, faults)
  const isJudgedByTime = flavour === 'calm' && operator.length > 0
  const spells = drawSpells(dice.of('spells'), { ...times, faults })
  const calmFromMs =
    1_000 +
    Math.max(
      eventsUntilMs,
      ...spells.map(({ untilMs }) => untilMs),
      ...faults.map(overAtMs),
      ...configs.map(({ atMs }) => atMs),
      ...operator.map(({ atMs }) => atMs),
    )
  const healsAtMs = heals ? calmFromMs : null
  const probes =
    healsAtMs === null ? [] : drawProbes(dice.of('probes'), { webhooks, partitions, fromMs: healsAtMs })
  const phases = drawPhases(dice.of('receivers'), { configs, healsAtMs })
  return {
    seed,
    flavour,
    partitions,
    settings: isJudgedByTime ? withRoom(settings) : settings,
    batchSize: dice.pick([1, 3, 100]),
    unasked: flavour === 'all' ? 0.1 : 0,
    mostSkewMs: dice.chance(0.25) ? 400 : 0,
    doubled: dice.chance(0.3) ? 0.2 : 0,
    configs,
    operator,
    events: [...events, ...probes],
    phases,
    spells,
    faults,
    calmFromMs,
    healsAtMs,
  }
}

function overAtMs(fault: Fault): number {
  return (
    fault.atMs +
    (fault.kind === 'freeze' ? fault.forMs : 0) +
    (fault.kind === 'crash' ? fault.againAfterMs : 0)
  )
}
