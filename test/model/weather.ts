// How the brokers feel: how long a write takes until it stands in the log and until that is acknowledged, and what
// becomes of commits and heartbeats. Mostly well; in spells of bad weather not.
import type { VirtualClock } from '../fakes/virtual-clock.ts'
import type { Dice } from './dice.ts'

/**
 * Of writes: `late`: one stands in the log only when the spell is over; `deaf`: at once, but nobody says so before that;
 * `slow`: a second or so for either. Of commits: `refused`; `hanging` until the spell is over; `lost`: taken, and
 * the answer says that it was not. Of heartbeats: the group does not hear them, or its answers do not arrive. Of
 * configs and the registry: nothing is answered.
 */
export type Spell = {
  readonly fromMs: number
  readonly untilMs: number
  /** The number of the process that feels it; null: all. */
  readonly process: number | null
} & (
  | { readonly of: WriteOf; readonly what: 'late' | 'deaf' | 'slow' }
  | { readonly of: 'commits'; readonly what: 'refused' | 'hanging' | 'lost' }
  | { readonly of: 'heartbeats'; readonly what: 'unheard' | 'unanswered' }
  | { readonly of: 'configs' | 'registry'; readonly what: 'away' }
)

export type WriteOf = 'outcomes' | 'parking' | 'deadLetters'

export interface WriteDelays {
  readonly landMs: number
  readonly acknowledgeMs: number
}

const slowMs = 1_500

export class Weather {
  readonly #clock: VirtualClock
  readonly #dice: Dice
  readonly #spells: readonly Spell[]

  constructor(clock: VirtualClock, dice: Dice, spells: readonly Spell[]) {
    this.#clock = clock
    this.#dice = dice
    this.#spells = spells
  }

  /** The spell that a process feels now. */
  now(of: Spell['of'], process: number): Spell | null {
    const nowMs = this.#clock.monotonicMs()
    const reigns = ({ fromMs, untilMs }: Spell): boolean => fromMs <= nowMs && nowMs < untilMs
    const feels = (spell: Spell): boolean => spell.process === null || spell.process === process
    return this.#spells.find((spell) => spell.of === of && reigns(spell) && feels(spell)) ?? null
  }

  /** Whether any spell of writes, commits or heartbeats touches the time since `fromMs`. */
  wasBadSince(fromMs: number): boolean {
    const nowMs = this.#clock.monotonicMs()
    return this.#spells.some(
      ({ of, fromMs: begunMs, untilMs }) =>
        of !== 'configs' && of !== 'registry' && begunMs <= nowMs && untilMs >= fromMs,
    )
  }

  /** Whether a process has felt such a spell since `fromMs`. */
  wasAwaySince(what: Spell['of'], number: number, fromMs: number): boolean {
    const nowMs = this.#clock.monotonicMs()
    return this.#spells.some(
      ({ of, process, fromMs: begunMs, untilMs }) =>
        of === what && (process ?? number) === number && begunMs <= nowMs && untilMs >= fromMs,
    )
  }

  /** A moment's way there or back. */
  hopMs(): number {
    return 1 + this.#dice.next() * 3
  }

  /** What the group answers to a join takes longer now and then. */
  dealMs(): number {
    return this.#dice.chance(0.2) ? this.#dice.next() * 1_000 : this.hopMs()
  }

  writeDelays(of: WriteOf, process: number): WriteDelays {
    const spell = this.now(of, process)
    const delays = { landMs: this.hopMs(), acknowledgeMs: this.hopMs() }
    if (spell === null) return delays
    const leftMs = spell.untilMs - this.#clock.monotonicMs()
    if (spell.what === 'late') return { ...delays, landMs: leftMs }
    if (spell.what === 'deaf') return { ...delays, acknowledgeMs: leftMs }
    return { landMs: this.#dice.next() * slowMs, acknowledgeMs: this.#dice.next() * slowMs }
  }
}
