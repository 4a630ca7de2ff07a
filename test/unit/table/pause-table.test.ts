import { expect, it } from '@jest/globals'
import type { AccountId, WebhookId } from '../../../src/domain/ids.ts'
import { PauseTable } from '../../../src/table/pause-table.ts'

const webhook = {
  webhookId: 'w' as WebhookId,
  accountId: 'acme' as AccountId,
  origin: 'https://crm.ru',
}

it('names the widest pause that holds a webhook back, and none once all are lifted', () => {
  const table = new PauseTable()
  const keys = ['origin:https://crm.ru:443', 'webhook:w', 'account:acme', 'all']
  for (const key of keys) {
    expect(table.apply(key, 'paused')).toBe('paused')
    expect(table.pausing(webhook)).toBe(key)
  }
  expect(table.counts()).toEqual({ all: 1, account: 1, webhook: 1, origin: 1 })
  for (const [index, key] of keys.entries()) {
    expect(table.pausing(webhook)).toBe('all')
    if (index < 3) expect(table.apply(key, 'lifted')).toBe('lifted')
  }
  table.apply('all', 'lifted')
  expect(table.pausing(webhook)).toBeNull()
})

it('two keys of one origin pause it until both are lifted', () => {
  const table = new PauseTable()
  table.apply('origin:https://crm.ru', 'paused')
  table.apply('origin:HTTPS://CRM.RU.:443', 'paused')
  expect(table.counts().origin).toBe(1)
  table.apply('origin:https://crm.ru', 'lifted')
  expect(table.pausing({ ...webhook, origin: 'https://crm.ru.' })).not.toBeNull()
  table.apply('origin:HTTPS://CRM.RU.:443', 'lifted')
  expect(table.pausing(webhook)).toBeNull()
})

it('says what changes nothing, and what names nothing', () => {
  const table = new PauseTable()
  expect(table.apply('all', 'lifted')).toBe('unchanged')
  table.apply('all', 'paused')
  expect(table.apply('all', 'paused')).toBe('unchanged')
  expect(table.apply('everything', 'paused')).toBe('unknown')
  expect([...table.keys]).toEqual(['all'])
})
