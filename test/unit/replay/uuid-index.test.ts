import { expect, it } from '@jest/globals'
import { array, assert, property, uuid as anyUuid } from 'fast-check'
import { UuidIndex } from '../../../src/replay/uuid-index.ts'

it('numbers UUIDs in the order in which they are first seen, and gives them back as they were', () => {
  assert(
    property(array(anyUuid(), { maxLength: 3_000, size: 'max' }), (uuids) => {
      const index = new UuidIndex()
      const rows = new Map<string, number>()
      for (const uuid of uuids) rows.set(uuid, rows.get(uuid) ?? rows.size)
      expect(uuids.map((uuid) => index.add(uuid))).toEqual(uuids.map((uuid) => rows.get(uuid)))
      expect(index.size).toBe(rows.size)
      const known = [...rows.keys()]
      expect(known.map((uuid) => index.find(uuid))).toEqual([...rows.values()])
      expect([...rows.values()].map((row) => index.uuidOf(row))).toEqual(known)
    }),
    { numRuns: 10 },
  )
})

it('finds those that differ in one digit alone', () => {
  const index = new UuidIndex()
  const uuids = Array.from(
    { length: 3_000 },
    (_, n) => `00000000-0000-5000-8000-${n.toString(16).padStart(12, '0')}`,
  )
  for (const uuid of uuids) index.add(uuid)
  expect(uuids.map((uuid) => index.find(uuid))).toEqual(uuids.map((_, row) => row))
  expect(index.find('00000001-0000-5000-8000-000000000000')).toBeNull()
})

it.each(['', 'd1', '00000000-0000-5000-8000-00000000000G', '00000000-0000-5000-8000-0000000000001'])(
  'has no number for %j',
  (text) => {
    const index = new UuidIndex()
    expect(index.add(text)).toBeNull()
    expect(index.size).toBe(0)
  },
)
