// Which receivers, and which ways to origins, attempts do not go well with now: their breakers are not closed, or they
// have kept attempts waiting for long. For whoever asks which receiver it is that makes trouble.
// Invariant: it looks at what is held and changes nothing, but that a breaker whose time is over is half-open.
import type { TroubledWay } from '../domain/standing.ts'
import { oldAfterMs } from './attempt-ages.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { Lane } from './lane.ts'
import type { LaneDirectory } from './lane-directory.ts'

/** At most `most` of webhooks, then of origins; with attempts that hang first, then those tried again the latest. */
export function troubledWays(
  { lanes, gates }: Pick<LaneDirectory, 'lanes' | 'gates'>,
  most: number,
  nowMs: number,
): readonly TroubledWay[] {
  const webhooks: TroubledWay[] = []
  for (const [name, lane] of lanes) {
    const { accountId, origin } = lane
    const way = { of: 'webhook', name, accountId, origin, ...breakerOf(lane.breaker, nowMs) } as const
    const { hanging, oldestMs } = hangingOf(lane, nowMs)
    if (way.breaker !== 'closed' || hanging > 0) webhooks.push({ ...way, hanging, oldestMs })
  }
  const origins: TroubledWay[] = []
  for (const [name, { breaker }] of gates) {
    const told = breakerOf(breaker, nowMs)
    if (told.breaker !== 'closed') {
      const way = { of: 'origin', name, accountId: null, origin: name } as const
      origins.push({ ...way, ...told, hanging: 0, oldestMs: 0 })
    }
  }
  return [worstOf(webhooks, most), worstOf(origins, most)].flat()
}

function breakerOf(breaker: CircuitBreaker, nowMs: number): Pick<TroubledWay, 'breaker' | 'triedAgainInMs'> {
  const state = breaker.state(nowMs)
  return { breaker: state.kind, triedAgainInMs: state.kind === 'open' ? state.untilMs - nowMs : 0 }
}

/** Attempts are in the order in which they began. */
function hangingOf({ running }: Lane, nowMs: number): Pick<TroubledWay, 'hanging' | 'oldestMs'> {
  let hanging = 0
  let oldestMs = 0
  for (const { begunAtMs } of running) {
    const ageMs = nowMs - begunAtMs
    if (ageMs < oldAfterMs) break
    hanging += 1
    oldestMs = Math.max(oldestMs, ageMs)
  }
  return { hanging, oldestMs }
}

function worstOf(ways: readonly TroubledWay[], most: number): readonly TroubledWay[] {
  return ways
    .toSorted((one, other) => other.hanging - one.hanging || other.triedAgainInMs - one.triedAgainInMs)
    .slice(0, most)
}
