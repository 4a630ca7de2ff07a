import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { eventTypes, type EventType } from '../../src/domain/call-event.ts'
import type { WebhookId } from '../../src/domain/ids.ts'
import type { WebhookChange } from '../../src/domain/webhook-change.ts'
import { GlobalTable } from '../../src/table/global-table.ts'
import { endsKnown, positionReached, readAgain } from '../../src/table/hydration.ts'
import { at, found, tombstone, undecodable, upsert } from '../unit/table/table-samples.ts'

/** What is known of a webhook, told without an index: the whole of it is searched at every lookup. */
interface Known {
  readonly partition: number
  readonly valid: boolean
  readonly account: string | null
  readonly types: readonly string[]
  readonly enabled: boolean
}

class Model {
  readonly known = new Map<string, Known>()
  readonly #applied = new Map<number, number>()
  readonly #unmet = new Map<number, Set<string>>()

  apply(partition: number, offset: number, change: WebhookChange): void {
    if (offset <= (this.#applied.get(partition) ?? -1)) return
    this.#applied.set(partition, offset)
    this.#unmet.get(partition)?.delete(change.webhookId)
    const before = this.known.get(change.webhookId)
    if (change.kind === 'tombstone') this.known.delete(change.webhookId)
    else if (change.kind === 'undecodable') {
      const blank = { account: null, types: [], enabled: true }
      this.known.set(change.webhookId, { ...blank, ...before, partition, valid: false })
    } else {
      const { account_id, enabled, port, event_types, webhook_id } = change.config
      const types = event_types.filter((type) => type !== 'unknown')
      this.known.set(change.webhookId, {
        partition,
        valid:
          port > 0 &&
          types.length === event_types.length &&
          types.length > 0 &&
          account_id !== '' &&
          webhook_id === change.webhookId,
        account: account_id === '' ? (before?.account ?? null) : account_id,
        types: types.length === 0 ? (before?.types ?? []) : types,
        enabled,
      })
    }
  }

  begin(partition: number): void {
    this.#applied.delete(partition)
    const here = [...this.known].filter(([, known]) => known.partition === partition)
    this.#unmet.set(partition, new Set(here.map(([id]) => id)))
  }

  end(partition: number): void {
    for (const id of this.#unmet.get(partition) ?? []) {
      if (this.known.get(id)?.partition === partition) this.known.delete(id)
    }
    this.#unmet.delete(partition)
  }

  found(account: string, type: EventType): string[] {
    return [...this.known]
      .filter(([, known]) => known.enabled && known.account === account && known.types.includes(type))
      .map(([id]) => id)
      .sort()
  }
}

const accounts = ['1', '2', '__proto__']
const anyId = fc.constantFrom('a', 'b', 'c', 'constructor')
const anyChange: fc.Arbitrary<WebhookChange> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        id: anyId,
        account_id: fc.constantFrom(...accounts, ''),
        enabled: fc.boolean(),
        port: fc.constantFrom(443, 443, 0),
        event_types: fc.subarray(['call_start', 'call_end', 'unknown'] as const),
        key: fc.constantFrom(null, null, null, 'other'),
      })
      .map(({ id, key, ...fields }) => upsert(id, { webhook_id: key ?? id, ...fields })),
  },
  { weight: 2, arbitrary: anyId.map(tombstone) },
  anyId.map(undecodable),
)

const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      partition: fc.nat(1),
      // Mostly the next offset, at times one that repeats or lies before, at times a hole.
      step: fc.constantFrom(1, 1, 1, 1, 1, 0, -1, -3, 4),
      change: anyChange,
    }),
  },
  fc.record({ kind: fc.constantFrom('begin' as const, 'end' as const), partition: fc.nat(1) }),
)

it('the table answers as a plain map does, through versions, tombstones, repeats and second readings', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      // So few of them ready that most are made anew when they are looked for.
      const table = new GlobalTable({ recent: 2 })
      const model = new Model()
      const offsets = [-1, -1]
      for (const step of steps) {
        const { partition } = step
        if (step.kind === 'apply') {
          const offset = Math.max(0, (offsets[partition] ?? -1) + step.step)
          offsets[partition] = offset
          table.apply(at(offset, partition), step.change)
          model.apply(partition, offset, step.change)
        } else if (step.kind === 'begin') {
          offsets[partition] = -1
          table.beginReread(partition)
          model.begin(partition)
        } else {
          table.endReread(partition)
          model.end(partition)
        }
        expect(table.size).toBe(model.known.size)
        const invalid = [...model.known.values()].filter(({ valid }) => !valid)
        expect(table.invalidCount).toBe(invalid.length)
        for (const account of [...accounts, '']) {
          for (const type of eventTypes) {
            expect(found(table, account, type).sort()).toEqual(model.found(account, type))
          }
        }
        for (const [id, { valid }] of model.known) {
          expect(table.find(id as WebhookId)?.kind).toBe(valid ? 'valid' : 'invalid')
        }
      }
    }),
    { numRuns: 300 },
  )
})

it('hydration is ready exactly when every partition has reached the end that counts for it', () => {
  const anyEvent = fc.record({
    kind: fc.constantFrom('position' as const, 'position' as const, 'position' as const, 'again' as const),
    partition: fc.nat(4),
    offset: fc.bigInt({ min: 0n, max: 12n }),
  })
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 10n }), { maxLength: 4 }),
      fc.array(anyEvent, { maxLength: 40 }),
      (ends, events) => {
        let state = endsKnown(new Map(ends.entries()))
        const open = new Map(ends.entries())
        for (const { kind, partition, offset } of events) {
          if (kind === 'again') {
            state = readAgain(state, partition, offset)
            open.set(partition, offset)
          } else {
            state = positionReached(state, partition, offset)
            if (offset >= (open.get(partition) ?? 0n)) open.delete(partition)
          }
          expect(state.kind).toBe(open.size === 0 ? 'ready' : 'reading')
          if (state.kind === 'reading') expect(state.remaining).toEqual(open)
        }
      },
    ),
    { numRuns: 500 },
  )
})
