import { beforeEach, describe, expect, it } from '@jest/globals'
import type { WebhookId } from '../../../src/domain/ids.ts'
import { GlobalTable } from '../../../src/table/global-table.ts'
import { at, found, tombstone, undecodable, upsert } from './table-samples.ts'
import { defaultWebhookRules } from '../../../src/domain/webhook-rules.ts'

const id = (text: string): WebhookId => text as WebhookId
let table: GlobalTable

beforeEach(() => {
  table = new GlobalTable()
})

describe('looking up', () => {
  it('finds the webhooks of that account and event type only', () => {
    table.apply(at(0), upsert('both'))
    table.apply(at(1), upsert('start', { event_types: ['call_start'] }))
    table.apply(at(2), upsert('end', { event_types: ['call_end'] }))
    table.apply(at(3), upsert('other', { account_id: '2' }))
    expect(found(table)).toEqual(['both', 'end'])
    expect(found(table, '10427', 'call_start')).toEqual(['both', 'start'])
    expect(found(table, '2')).toEqual(['other'])
    expect(found(table, '3')).toEqual([])
    expect(table.size).toBe(4)
  })

  it('tells what it finds with the position that it came from', () => {
    table.apply(at(7, 3), upsert('a'))
    expect(found(table)).toEqual(['a'])
    expect(table.find(id('a'))).toMatchObject({
      kind: 'valid',
      webhookId: 'a',
      config: { partition: 3, offset: 7n },
    })
  })

  it.each(['__proto__', 'constructor', '', 'toString'])('takes %j for an ordinary id', (name) => {
    expect(table.find(id(name))).toBeUndefined()
    expect(found(table, name)).toEqual([])
    table.apply(at(0), upsert('a', { account_id: name }))
    expect(found(table, name)).toEqual(name === '' ? [] : ['a'])
  })
})

describe('a newer version', () => {
  it('takes the place of the one before, whatever it changes', () => {
    table.apply(at(0), upsert('a', { event_types: ['call_start'] }))
    table.apply(at(1), upsert('a', { event_types: ['call_end'], account_id: '2' }))
    expect(found(table, '10427', 'call_start')).toEqual([])
    expect(found(table, '2', 'call_start')).toEqual([])
    expect(found(table, '2', 'call_end')).toEqual(['a'])
    expect(table.size).toBe(1)
  })

  it('puts the webhook behind those that did not change since', () => {
    for (const [offset, name] of ['a', 'b', 'a'].entries()) table.apply(at(offset), upsert(name))
    expect(found(table)).toEqual(['b', 'a'])
  })

  it('is ignored at an offset that was applied before', () => {
    table.apply(at(5), upsert('a'))
    expect(table.apply(at(5), tombstone('a'))).toEqual({ kind: 'ignored_as_old' })
    expect(table.apply(at(4), upsert('a', { account_id: '2' }))).toEqual({ kind: 'ignored_as_old' })
    expect(table.apply(at(3), upsert('b'))).toEqual({ kind: 'ignored_as_old' })
    expect(found(table)).toEqual(['a'])
    expect(table.apply(at(4, 1), upsert('b'))).toEqual({
      kind: 'applied',
      faults: [],
      moved: false,
      unverifiedOrigin: null,
    })
  })

  it('says so when it comes from another partition than the one before', () => {
    table.apply(at(5, 0), upsert('a'))
    expect(table.apply(at(0, 1), upsert('a'))).toMatchObject({ kind: 'applied', moved: true })
    expect(table.apply(at(1, 1), upsert('a'))).toMatchObject({ kind: 'applied', moved: false })
    expect(table.apply(at(6, 0), tombstone('a'))).toMatchObject({ kind: 'applied', moved: true })
    expect(table.apply(at(2, 1), tombstone('a'))).toMatchObject({ kind: 'applied', moved: false })
    expect(table.size).toBe(0)
  })
})

describe('a tombstone', () => {
  it('deletes, also what is invalid, and does no harm where nothing is', () => {
    table.apply(at(0), tombstone('a'))
    table.apply(at(1), upsert('a', { port: 0 }))
    table.apply(at(2), tombstone('a'))
    table.apply(at(3), tombstone('a'))
    expect([table.size, table.invalidCount, found(table)]).toEqual([0, 0, []])
    expect(table.find(id('a'))).toBeUndefined()
  })
})

describe('an invalid version', () => {
  it('replaces a valid one, keeps matching, and says what is wrong', () => {
    table.apply(at(0), upsert('a'))
    expect(table.apply(at(1), upsert('a', { port: 0 }))).toEqual({
      kind: 'applied',
      faults: [{ path: 'port', rule: 'range', found: 'is 0', allowed: 'a whole number from 1 to 65535' }],
      moved: false,
      unverifiedOrigin: null,
    })
    expect(table.find(id('a'))).toMatchObject({ kind: 'invalid', config: { offset: 1n } })
    expect([found(table), table.invalidCount]).toEqual([['a'], 1])
    table.apply(at(2), upsert('a'))
    expect([found(table), table.invalidCount]).toEqual([['a'], 0])
  })

  it('matches by its own account and types as far as it has them, else by those before it', () => {
    table.apply(at(0), upsert('a', { event_types: ['call_start'] }))
    table.apply(at(1), upsert('a', { event_types: ['unknown'], account_id: '2' }))
    expect([found(table, '2', 'call_start'), found(table, '2')]).toEqual([['a'], []])
    table.apply(at(2), upsert('a', { event_types: ['unknown', 'call_end'], account_id: '' }))
    expect([found(table, '2', 'call_start'), found(table, '2')]).toEqual([[], ['a']])
  })

  it('matches nothing where neither it nor the one before says whose it is', () => {
    table.apply(at(0), upsert('a', { account_id: '' }))
    table.apply(at(1), undecodable('b'))
    expect([found(table), found(table, ''), table.size, table.invalidCount]).toEqual([[], [], 2, 2])
  })

  it('is one whose id differs from its key', () => {
    const update = table.apply(at(0), upsert('a', { webhook_id: 'b' }))
    expect(update).toEqual({
      kind: 'applied',
      faults: [
        {
          path: 'webhook_id',
          rule: 'conflict',
          found: "differs from the record's key",
          allowed: 'the same text',
        },
      ],
      moved: false,
      unverifiedOrigin: null,
    })
    expect([found(table), table.find(id('b'))]).toEqual([['a'], undefined])
    expect(table.apply(at(1), upsert('a', { webhook_id: 'b', port: 0 }))).toMatchObject({
      faults: [{ path: 'webhook_id' }, { path: 'port' }],
    })
  })

  it('is one that cannot be decoded: it matches as the one before it did', () => {
    table.apply(at(0), upsert('a', { event_types: ['call_end'] }))
    expect(table.apply(at(1), undecodable('a'))).toMatchObject({
      faults: [{ path: '', rule: 'undecodable', found: 'undecodable: schema id 7', allowed: '' }],
    })
    table.apply(at(2), undecodable('a'))
    expect([found(table), found(table, '10427', 'call_start')]).toEqual([['a'], []])
  })
})

describe('the operator’s rules', () => {
  it('decide which version is valid', () => {
    const strict = new GlobalTable({ rules: { ...defaultWebhookRules, blockedPorts: new Set([8080]) } })
    for (const [offset, port] of [25, 8080].entries()) {
      table.apply(at(offset), upsert(`${port}`, { port }))
      strict.apply(at(offset), upsert(`${port}`, { port }))
    }
    expect([table.find(id('25'))?.kind, table.find(id('8080'))?.kind]).toEqual(['invalid', 'valid'])
    expect([strict.find(id('25'))?.kind, strict.find(id('8080'))?.kind]).toEqual(['valid', 'invalid'])
  })
})

describe('a disabled webhook matches no event', () => {
  it('while it is valid, and again once it is enabled', () => {
    table.apply(at(0), upsert('a', { enabled: false }))
    expect([found(table), table.size]).toEqual([[], 1])
    table.apply(at(1), upsert('a'))
    expect(found(table)).toEqual(['a'])
  })

  it('while it is invalid', () => {
    table.apply(at(0), upsert('a', { enabled: false, port: 0 }))
    expect([found(table), table.invalidCount]).toEqual([[], 1])
  })

  it('while its id differs from its key', () => {
    table.apply(at(0), upsert('a', { enabled: false, webhook_id: 'b' }))
    expect(found(table)).toEqual([])
  })

  it('when a version follows that cannot be decoded', () => {
    table.apply(at(0), upsert('a', { enabled: false }))
    table.apply(at(1), undecodable('a'))
    table.apply(at(2), undecodable('a'))
    expect([found(table), table.invalidCount]).toEqual([[], 1])
  })

  it('but hands its types on to an enabled version without any', () => {
    table.apply(at(0), upsert('a', { enabled: false, port: 0, event_types: ['call_end'] }))
    table.apply(at(1), upsert('a', { event_types: ['unknown'] }))
    expect(found(table)).toEqual(['a'])
  })
})

describe('reading a partition again', () => {
  it('takes versions below the applied offset once more, and drops what is not met', () => {
    table.apply(at(8), upsert('kept'))
    table.apply(at(9), upsert('gone'))
    table.apply(at(3, 1), upsert('elsewhere'))
    table.beginReread(0)
    expect(table.apply(at(0), upsert('kept', { event_types: ['call_start'] }))).toMatchObject({
      kind: 'applied',
    })
    expect(found(table)).toEqual(['gone', 'elsewhere'])
    table.endReread(0)
    expect([found(table), found(table, '10427', 'call_start'), table.size]).toEqual([
      ['elsewhere'],
      ['elsewhere', 'kept'],
      2,
    ])
    expect(table.apply(at(0), tombstone('kept'))).toEqual({ kind: 'ignored_as_old' })
  })

  it('takes a tombstone, and what comes after it', () => {
    table.apply(at(5), upsert('a'))
    table.apply(at(6), upsert('b'))
    table.beginReread(0)
    table.apply(at(0), tombstone('a'))
    table.apply(at(1), tombstone('b'))
    table.apply(at(2), upsert('b'))
    table.endReread(0)
    expect(found(table)).toEqual(['b'])
  })

  it('counts invalid versions that go', () => {
    table.apply(at(5), upsert('a', { port: 0 }))
    table.beginReread(0)
    table.endReread(0)
    expect([table.size, table.invalidCount]).toEqual([0, 0])
  })

  it('may begin anew before it has ended', () => {
    table.apply(at(5), upsert('a'))
    table.apply(at(6), upsert('b'))
    table.beginReread(0)
    table.apply(at(0), upsert('a'))
    table.beginReread(0)
    table.apply(at(0), upsert('b'))
    table.endReread(0)
    expect(found(table)).toEqual(['b'])
    table.endReread(0)
    expect(found(table)).toEqual(['b'])
  })

  it('keeps a webhook that was met meanwhile in another partition', () => {
    table.apply(at(5, 0), upsert('a'))
    table.beginReread(0)
    table.apply(at(0, 1), upsert('a', { event_types: ['call_end'] }))
    table.endReread(0)
    expect(found(table)).toEqual(['a'])
    expect(table.find(id('a'))?.config.partition).toBe(1)
  })
})
