// What befalls the processes of a run and the weather of its brokers.
import type { Dice } from './dice.ts'
import type { Moment } from './moments.ts'
import type { Spell } from './weather.ts'

/** What befalls the processes: nothing; only what is done in good order; bad weather; deaths; all of it. */
export type Flavour = 'calm' | 'moves' | 'weather' | 'deaths' | 'all'

/** `which`: of those that live, counted round. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'start' }
  | { readonly kind: 'rebalance' }
  | { readonly kind: 'drain'; readonly which: number; readonly timeoutMs: number }
  /** The config topic is read again from its beginning. */
  | { readonly kind: 'reread'; readonly which: number }
  | Blow
)

/** `on`: so many milliseconds after the process has next come to this; null: at once. */
export type Blow = {
  readonly which: number
  readonly on: { readonly moment: Moment; readonly afterMs: number } | null
} & (
  | { readonly kind: 'kill' }
  | { readonly kind: 'freeze'; readonly forMs: number }
  | { readonly kind: 'crash'; readonly againAfterMs: number; readonly leaves: boolean }
)

const moments: readonly Moment[] = ['parks', 'writes', 'commits', 'sends', 'is answered']

interface FaultPlan {
  readonly flavour: Flavour
  readonly untilMs: number
}

export function drawFaults(dice: Dice, { flavour, untilMs }: FaultPlan): readonly Fault[] {
  const first = dice
    .some([0.75, 0.3], 0.6)
    .map((): Fault => ({ kind: 'start', atMs: dice.pick([0, dice.int(0, 3_000)]) }))
  if (flavour === 'calm' || flavour === 'weather') return first
  const count = dice.int(1, dice.pick([4, 10]))
  const faults = Array.from({ length: count }, () => drawFault(dice, flavour, dice.int(500, untilMs)))
  return [...first, ...faults.flat()].sort((a, b) => a.atMs - b.atMs)
}

function drawFault(dice: Dice, flavour: Flavour, atMs: number): readonly Fault[] {
  const which = dice.int(0, 5)
  const start: Fault = { kind: 'start', atMs: atMs + dice.pick([0, dice.int(1, 4_000), dice.int(1, 15_000)]) }
  const moves: readonly (readonly Fault[])[] = [
    [{ kind: 'rebalance', atMs }],
    [start],
    [{ kind: 'drain', atMs, which, timeoutMs: dice.pick([2_500, 6_000, 12_000]) }, start],
  ]
  const on = dice.chance(0.4) ? null : { moment: dice.pick(moments), afterMs: dice.next() * 8 }
  const deaths: readonly (readonly Fault[])[] = [
    [{ kind: 'kill', atMs, which, on }, start],
    [{ kind: 'kill', atMs, which, on }, start],
  ]
  const stalls: readonly (readonly Fault[])[] = [
    [{ kind: 'freeze', atMs, which, on, forMs: dice.pick([300, 1_500, 5_000, 12_000, 20_000]) }],
    [{ kind: 'crash', atMs, which, on, againAfterMs: dice.pick([500, 3_000]), leaves: dice.chance(0.5) }],
    [{ kind: 'reread', atMs, which }],
  ]
  switch (flavour) {
    case 'moves':
      return dice.pick(moves)
    case 'deaths':
      return dice.pick([...moves, ...deaths, ...deaths])
    case 'calm':
    case 'weather':
    case 'all':
      return dice.pick([...moves, ...deaths, ...stalls])
  }
}

/** Many begin about when something befalls a process: then it matters most. */
export function drawSpells(
  dice: Dice,
  { flavour, untilMs, faults }: FaultPlan & { readonly faults: readonly Fault[] },
): readonly Spell[] {
  if (flavour !== 'weather' && flavour !== 'all') return []
  const drawn = Array.from({ length: dice.int(1, 5) }, (): Spell => {
    const near = faults.length > 0 && dice.chance(0.6) ? dice.pick(faults).atMs - dice.int(-500, 6_000) : null
    const fromMs = Math.max(0, near ?? dice.int(500, untilMs))
    const lastsMs = dice.pick([500, 2_500, 5_500, 9_000, 14_000, 16_000])
    const when = { fromMs, untilMs: fromMs + lastsMs, process: dice.pick([null, 0, 1, 2]) }
    const of = dice.pick([
      'outcomes',
      'outcomes',
      'parking',
      'parking',
      'commits',
      'deadLetters',
      'commits',
      'heartbeats',
      'configs',
      'registry',
    ] as const)
    switch (of) {
      case 'outcomes':
      case 'parking':
      case 'deadLetters':
        return { ...when, of, what: dice.pick(['late', 'deaf', 'slow'] as const) }
      case 'commits':
        return { ...when, of, what: dice.pick(['refused', 'hanging', 'lost'] as const) }
      case 'heartbeats':
        return { ...when, of, what: dice.pick(['unheard', 'unanswered'] as const) }
      case 'configs':
      case 'registry':
        return { ...when, of, what: 'away' as const }
    }
  })
  const deaths = faults.filter(({ kind }) => kind === 'kill' || kind === 'crash')
  // A commit that the dead have sent arrives when others have what was theirs.
  const late = dice.some(deaths, 0.25).map(({ atMs }): Spell => ({
    fromMs: atMs - 1_500,
    untilMs: atMs + 15_500,
    process: null,
    of: 'commits',
    what: 'hanging',
  }))
  return [...drawn, ...late]
}
