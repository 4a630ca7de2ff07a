// What the table is made of, each against a plain map.
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { ByteStore } from '../../src/table/byte-store.ts'
import { KeyIndex } from '../../src/table/key-index.ts'
import { RecentEntries } from '../../src/table/recent-entries.ts'
import type { TableEntry } from '../../src/table/table-entry.ts'

const blockBytes = 64

describe('bytes by slot', () => {
  const anyStep = fc.record({
    slot: fc.nat(40),
    // Some longer than a block; null: deleted.
    bytes: fc.option(fc.uint8Array({ maxLength: 100 }), { freq: 3 }),
  })

  it('are what was set last, whatever was moved meanwhile', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 400 }), (steps) => {
        const store = new ByteStore(blockBytes)
        const model = new Map<number, Uint8Array>()
        for (const { slot, bytes } of steps) {
          if (bytes === null) store.delete(slot)
          else store.set(slot, bytes)
          if (bytes === null) model.delete(slot)
          else model.set(slot, bytes)
        }
        for (let slot = 0; slot <= 40; slot += 1) {
          const expected = Buffer.from(model.get(slot) ?? [])
          expect(store.get(slot)).toEqual(expected)
          expect(store.text(slot)).toBe(expected.toString('utf8'))
          expect(store.equals(slot, expected, expected.length)).toBe(model.has(slot))
        }
      }),
    )
  })

  it('take about twice of what is held, however often it is replaced', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(199), { minLength: 2_000, maxLength: 4_000 }), (slots) => {
        const store = new ByteStore(1_024)
        for (let slot = 0; slot < 200; slot += 1) store.set(slot, Buffer.alloc(100, slot))
        for (const slot of slots) store.set(slot, Buffer.alloc(100, slot))
        // Ten of them to a block, so that a block is never quite full.
        expect(store.allocatedBytes).toBeLessThan(2 * 20_480 + 4 * 1_024)
      }),
      { numRuns: 20 },
    )
  })

  it('are let go of when all is deleted', () => {
    const store = new ByteStore(1_024)
    for (let slot = 0; slot < 1_000; slot += 1) store.set(slot, Buffer.alloc(100))
    for (let slot = 0; slot < 1_000; slot += 1) store.delete(slot)
    expect(store.allocatedBytes).toBe(1_024)
  })
})

describe('texts numbered', () => {
  // Few, so that they meet again; some longer than what is set aside for one at first.
  const anyKey = fc.oneof(
    fc.constantFrom('', 'a', 'b', '__proto__', 'constructor', 'я'.repeat(900), '😀'),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  )

  it('have one slot each, which is theirs until they are deleted', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.record({ kind: fc.constantFrom('add', 'add', 'delete'), key: anyKey }), {
          maxLength: 300,
        }),
        (seed, steps) => {
          const index = new KeyIndex(seed)
          const model = new Map<string, number>()
          for (const { kind, key } of steps) {
            const known = model.get(key)
            expect(index.find(key)).toBe(known ?? -1)
            if (kind === 'add') {
              const slot = index.add(key)
              if (known === undefined) expect([...model.values()]).not.toContain(slot)
              else expect(slot).toBe(known)
              model.set(key, slot)
            } else if (known !== undefined) {
              index.delete(known)
              model.delete(key)
            }
            expect(index.size).toBe(model.size)
          }
          for (const [key, slot] of model) {
            expect(index.find(key)).toBe(slot)
            expect(index.keyOf(slot)).toBe(key)
          }
          // As many slots as there ever were at once: they are dealt out again.
          expect(Math.max(-1, ...model.values())).toBeLessThan(Math.max(1, steps.length))
        },
      ),
    )
  })

  it('are all found where many were added and every other one deleted', () => {
    const index = new KeyIndex(7)
    const slots = Array.from({ length: 20_000 }, (_, at) => index.add(`webhook-${at}`))
    for (const [at, slot] of slots.entries()) if (at % 2 === 0) index.delete(slot)
    const found = slots.map((_, at) => index.find(`webhook-${at}`) >= 0)
    expect(found).toEqual(slots.map((_, at) => at % 2 === 1))
    expect(index.add('another')).toBeLessThan(20_000)
  })

  it('with one hash are told apart, also when one between them goes', () => {
    // Of 400 texts in a table of 1,024 places some share a run of places; whichever goes, the others stay.
    for (let gone = 0; gone < 400; gone += 1) {
      const index = new KeyIndex(1)
      for (let at = 0; at < 400; at += 1) index.add(`${at}`)
      index.delete(index.find(`${gone}`))
      const lost = Array.from({ length: 400 }, (_, at) => at).filter((at) => index.find(`${at}`) < 0)
      expect(lost).toEqual([gone])
    }
  })
})

describe('entries of late', () => {
  it('are the half that was used last at least, and never more than may be', () => {
    const capacity = 8
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (uses) => {
        const recent = new RecentEntries(capacity)
        const entries = new Map<number, TableEntry>()
        const made: number[] = []
        for (const [at, slot] of uses.entries()) {
          const lately = new Set<number>()
          for (let before = at - 1; before >= 0 && lately.size < capacity / 2 - 1; before -= 1)
            lately.add(uses[before] ?? -1)
          const count = made.length
          const entry = recent.get(slot, () => {
            made.push(slot)
            return {} as TableEntry
          })
          if (lately.has(slot)) expect(made).toHaveLength(count)
          if (made.length === count) expect(entry).toBe(entries.get(slot))
          entries.set(slot, entry)
        }
        expect(recent.figures).toEqual({ ready: uses.length - made.length, made: made.length })
      }),
    )
  })

  it('are made anew once they were deleted', () => {
    const recent = new RecentEntries(8)
    const first = recent.get(1, () => ({}) as TableEntry)
    recent.delete(1)
    expect(recent.get(1, () => ({}) as TableEntry)).not.toBe(first)
  })
})
