// Who is suspended, in whatever order workers try, tell, die, take over and judge, and clients edit.
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { rules, SuspensionWorld } from './suspension-world.ts'
import type { Answer } from './suspension-world.ts'

type Move =
  | {
      readonly kind: 'attempt'
      readonly of: number
      readonly answer: Answer
      readonly as: 'delivery' | 'probe'
    }
  | { readonly kind: 'read'; readonly of: number; readonly count: number | 'all' }
  | { readonly kind: 'judge'; readonly of: number; readonly write: Parameters<SuspensionWorld['judge']>[1] }
  | { readonly kind: 'tell' | 'restart' | 'take_over' | 'spell'; readonly of: number }
  | { readonly kind: 'edit' | 'delete' }
  | { readonly kind: 'pass'; readonly ms: number }

const processes = 3
const of = fc.nat(processes - 1)
const kind = <const Kind extends string>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name)

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: kind('attempt'),
      of,
      answer: fc.oneof(
        { weight: 20, arbitrary: kind('fails') },
        { weight: 1, arbitrary: kind('gone') },
        { weight: 2, arbitrary: kind('accepts') },
      ),
      as: fc.constantFrom('delivery', 'probe'),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: kind('read'), of, count: fc.oneof(fc.nat(2), kind('all')) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: kind('tell'), of }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('spell'), of }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: kind('judge'),
      of,
      write: fc.oneof(
        { weight: 8, arbitrary: kind('written') },
        { weight: 1, arbitrary: kind('in_doubt_written') },
        { weight: 1, arbitrary: kind('in_doubt_lost') },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('take_over'), of }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('restart'), of }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.oneof(kind('edit'), kind('edit'), kind('delete')) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: kind('pass'), ms: fc.oneof(fc.nat(100), fc.nat(800), fc.nat(3_000)) }),
  },
)

function run(world: SuspensionWorld, move: Move): void {
  switch (move.kind) {
    case 'attempt':
      return world.attempt(move.of, move.answer, move.as)
    case 'read':
      return world.read(move.of, move.count)
    case 'judge':
      return world.judge(move.of, move.write)
    case 'tell':
      return world.tell(move.of)
    case 'restart':
      return world.restart(move.of)
    // One process does what all do, in order, while nothing is accepted.
    case 'spell':
      for (let count = 0; count < 8; count += 1) {
        world.read(move.of, 'all')
        world.attempt(move.of, 'fails', 'delivery')
        world.tell(move.of)
        world.judge(move.of, 'written')
        world.nowMs += 60
      }
      return undefined
    case 'take_over':
      return world.takeOver(move.of)
    case 'edit':
      return world.edit()
    case 'delete':
      return world.delete()
    case 'pass':
      world.nowMs += move.ms
      return undefined
  }
}

/** Every process tries, hears of everything and tells, and one judges, for so long. */
function goOn(world: SuspensionWorld, answer: Answer, forMs: number): void {
  const untilMs = world.nowMs + forMs
  world.takeOver(0)
  while (world.nowMs < untilMs) {
    for (let index = 0; index < processes; index += 1) {
      world.read(index, 'all')
      world.attempt(index, answer, 'delivery')
      world.tell(index)
    }
    world.judge(0, 'written')
    world.nowMs += 50
  }
}

it('at most once for a version without a success in between, never against a success that was told, and not beyond an edit', () => {
  let suspended = 0
  let lifted = 0
  fc.assert(
    fc.property(fc.array(anyMove, { minLength: 30, maxLength: 250, size: 'max' }), (moves) => {
      const world = new SuspensionWorld(processes)
      world.takeOver(0)
      for (const move of moves) run(world, move)
      // What only fails is suspended in the end, whatever was before.
      world.edit()
      goOn(world, 'fails', 3 * rules.afterMs)
      const held = world.held()
      expect([held?.state, held?.config]).toEqual(['suspended', world.configs.at(-1)])
      // An edit lifts it, and costs one record.
      world.edit()
      const before = world.verdicts.length
      goOn(world, 'accepts', rules.afterMs)
      expect(world.verdicts.slice(before)).toMatchObject([
        { suspension: null, notice: { liftedBy: 'edited', of: { config: held?.config } } },
      ])
      suspended += world.verdicts.filter(({ suspension }) => suspension?.state === 'suspended').length - 1
      lifted += world.verdicts.filter(({ notice }) => notice?.liftedBy === 'succeeded').length
    }),
    { numRuns: 2_000 },
  )
  // Otherwise it would say nothing.
  expect([suspended > 500, lifted > 50]).toEqual([true, true])
})
