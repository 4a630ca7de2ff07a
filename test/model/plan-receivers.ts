// How receivers behave: well, or in phases of everything that receivers do.
import type { TransportFailure } from '../../src/domain/attempt.ts'
import type { Dice } from './dice.ts'
import type { PublishedConfig } from './plan-configs.ts'
import type { Behaviour, Phase, Phases, RetryAfter, Single } from './receivers.ts'

const well: Behaviour = { kind: 'status', status: 200, after: null, withinMs: 30 }
const forever = Number.POSITIVE_INFINITY

/** `healsAtMs`: from when on all are well; null: they stay as they are. */
export function drawPhases(
  dice: Dice,
  { configs, healsAtMs }: { readonly configs: readonly PublishedConfig[]; readonly healsAtMs: number | null },
): Phases {
  const records = configs.flatMap(({ change }) => (change.kind === 'upsert' ? [change.config] : []))
  const addresses = new Set(records.map(({ host, path }) => `http://${host}${path}`))
  const origins = new Set(records.map(({ host }) => `http://${host}`))
  const phases = new Map<string, readonly Phase[]>()
  const bad = dice.pick([0.3, 0.8])
  for (const address of addresses) {
    if (dice.chance(bad))
      phases.set(
        address,
        healed(
          drawSome(dice, () => drawBehaviour(dice)),
          healsAtMs,
        ),
      )
  }
  for (const origin of dice.some([...origins], dice.pick([0.1, 0.6]))) {
    const failure = dice.pick(['dns', 'connect', 'tls', 'connect_timeout'] as const)
    const fromMs = dice.int(0, 30_000)
    const away: Behaviour = { kind: 'failure', failure, withinMs: failure === 'connect_timeout' ? 1_000 : 20 }
    phases.set(origin, [
      { untilMs: fromMs, behaviour: { kind: 'through' } },
      { untilMs: Math.min(fromMs + dice.int(2_000, 30_000), healsAtMs ?? forever), behaviour: away },
      { untilMs: forever, behaviour: { kind: 'through' } },
    ])
  }
  return phases
}

function drawSome(dice: Dice, draw: () => Behaviour): readonly Phase[] {
  let untilMs = dice.pick([0, dice.int(0, 20_000)])
  const phases: Phase[] = [{ untilMs, behaviour: well }]
  const count = dice.int(1, 4)
  for (let index = 1; index <= count; index += 1) {
    untilMs += dice.int(1_000, 20_000)
    phases.push({
      untilMs: index === count ? forever : untilMs,
      behaviour: dice.chance(0.25) ? well : draw(),
    })
  }
  return phases
}

function healed(phases: readonly Phase[], healsAtMs: number | null): readonly Phase[] {
  if (healsAtMs === null) return phases
  const before = phases.map(({ untilMs, behaviour }) => ({
    untilMs: Math.min(untilMs, healsAtMs),
    behaviour,
  }))
  return [...before, { untilMs: forever, behaviour: well }]
}

function drawBehaviour(dice: Dice): Behaviour {
  if (dice.chance(0.5)) return drawSingle(dice)
  return { kind: 'mixed', of: Array.from({ length: dice.int(2, 4) }, () => drawSingle(dice)) }
}

/** How often each. */
const kinds = [
  'well',
  ...(['slow', 'slow', 'status', 'status', 'asks', 'asks', 'failure', 'failure', 'hang', 'hang'] as const),
] as const

function drawSingle(dice: Dice): Single {
  switch (dice.pick(kinds)) {
    case 'well':
      return { kind: 'status', status: dice.pick([200, 204]), after: null, withinMs: dice.pick([5, 60]) }
    case 'slow':
      return { kind: 'status', status: 200, after: null, withinMs: dice.pick([700, 2_500, 6_000]) }
    case 'status': {
      const status = dice.pick([500, 503, 503, 404, 301, 400, 408, 429])
      return { kind: 'status', status, after: null, withinMs: dice.pick([20, 20, 1_300]) }
    }
    case 'asks':
      return { kind: 'status', status: dice.pick([429, 429, 503, 500]), after: drawAsked(dice), withinMs: 20 }
    case 'failure':
      return { kind: 'failure', ...dice.pick(failures) }
    case 'hang':
      return { kind: 'hang' }
  }
}

const failures: readonly { readonly failure: TransportFailure; readonly withinMs: number }[] = [
  { failure: 'reset', withinMs: 20 },
  { failure: 'reset', withinMs: 1_400 },
  { failure: 'connect', withinMs: 3 },
  { failure: 'dns', withinMs: 15 },
  { failure: 'connect_timeout', withinMs: 1_000 },
  { failure: 'tls', withinMs: 40 },
  { failure: 'protocol_error', withinMs: 20 },
]

function drawAsked(dice: Dice): RetryAfter {
  const seconds = dice.pick([0, 1, 2, 4, 5, 8, 15, 20, 31, 45, 100, 100_000, 99_999_999_999])
  switch (dice.pick(['seconds', 'seconds', 'date', 'text'] as const)) {
    case 'seconds':
      return { kind: 'seconds', seconds }
    case 'date':
      return { kind: 'date', seconds: Math.min(seconds, 100_000) - dice.pick([0, 3]) }
    case 'text':
      return {
        kind: 'text',
        text: dice.pick(['', 'soon', '-3', '1.5', '3 s', 'Sun, 06 Nov 1994 08:49:37 GMT', '0']),
      }
  }
}
