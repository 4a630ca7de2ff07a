// The list of an account: its order, its pages, its search, and whose webhooks are in it.
import { describe, expect, it } from '@jest/globals'
import { WebhookIndex } from '../../../src/console/webhook-index.ts'
import type { PageRequest } from '../../../src/console/webhook-index.ts'
import type { WebhookId } from '../../../src/domain/ids.ts'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { plainWebhook } from '../../../src/local/plain-webhook.ts'

const everything: PageRequest = { limit: 500, after: null, search: '' }

function indexOf(...records: readonly Partial<WebhookConfigRecord>[]) {
  const index = new WebhookIndex()
  let offset = 0n
  const put = (fields: Partial<WebhookConfigRecord>) => {
    const config = { ...plainWebhook, account_id: 'a', ...fields }
    const change = { kind: 'upsert' as const, webhookId: config.webhook_id as WebhookId, config }
    offset += 1n
    return index.apply(change, { offset, version: offset, bytes: Buffer.from(''), read: () => config })
  }
  const remove = (webhookId: string) => {
    offset += 1n
    index.apply(
      { kind: 'tombstone', webhookId: webhookId as WebhookId },
      { offset, version: offset, bytes: Buffer.from(''), read: () => plainWebhook },
    )
  }
  for (const record of records) put(record)
  const ids = (request: Partial<PageRequest> = {}) =>
    index.page('a', { ...everything, ...request })?.webhooks.map(({ webhookId }) => webhookId)
  return { index, put, remove, ids }
}

describe('the list of an account', () => {
  it('shows the newest created first, equal times by id, unknown times last, whatever is edited', () => {
    const { ids, put } = indexOf(
      { webhook_id: 'old', created_at: 1 },
      { webhook_id: 'twin-b', created_at: 2 },
      { webhook_id: 'unknown', created_at: null },
      { webhook_id: 'new', created_at: 3 },
      { webhook_id: 'twin-a', created_at: 2 },
    )
    expect(ids()).toEqual(['new', 'twin-a', 'twin-b', 'old', 'unknown'])
    put({ webhook_id: 'old', created_at: 1, path: '/edited' })
    expect(ids()).toEqual(['new', 'twin-a', 'twin-b', 'old', 'unknown'])
  })

  it('gives every webhook once over its pages, also when the one that a page ended with is deleted meanwhile', () => {
    const { index, remove } = indexOf(
      ...Array.from({ length: 25 }, (_, at) => ({ webhook_id: `w${at}`, created_at: Math.floor(at / 3) })),
    )
    const seen: string[] = []
    let after: string | null = null
    for (let pages = 0; pages < 9; pages += 1) {
      const page = index.page('a', { limit: 4, after, search: '' })
      seen.push(...(page?.webhooks ?? []).map(({ webhookId }) => webhookId))
      after = page?.next ?? null
      if (after === null) break
      remove(seen.at(-1) ?? '')
    }
    expect(new Set(seen).size).toBe(25)
    expect(seen).toHaveLength(25)
  })

  it('names no next page behind the last', () => {
    const { index } = indexOf({ webhook_id: 'one' }, { webhook_id: 'two' })
    expect(index.page('a', { ...everything, limit: 2 })).toMatchObject({ total: 2, next: null })
    expect(index.page('a', { ...everything, limit: 1 })?.next).not.toBeNull()
  })

  it.each(['', '!', 'AAAA', Buffer.from('x/y').toString('base64url')])('knows no place "%s"', (after) => {
    expect(indexOf({ webhook_id: 'one' }).index.page('a', { ...everything, after })).toBeNull()
  })

  it.each([
    ['crm.example', ['one']],
    ['CRM.EXAMPLE', ['one']],
    ['https://crm.example.com/in', ['one']],
    ['https://crm.example.com:443/in', ['one']],
    ['телефон', ['one']],
    ['tw', ['two']],
    ['nothing', []],
  ])('finds "%s"', (search, expected) => {
    const { ids } = indexOf(
      {
        webhook_id: 'one',
        protocol: 'https',
        host: 'crm.example.com',
        port: 443,
        path: 'in.php',
        parameters: [{ name: 'Телефон', source: { parameter: 'client_number', literal: null } }],
      },
      { webhook_id: 'two' },
    )
    expect(ids({ search })).toEqual(expected)
  })

  it('loses what is deleted, and what goes to another account', () => {
    const { index, ids, put, remove } = indexOf({ webhook_id: 'one' }, { webhook_id: 'two' })
    remove('one')
    put({ webhook_id: 'two', account_id: 'b' })
    expect(ids()).toEqual([])
    expect(index.find('a', 'two')).toBeNull()
    expect(index.find('b', 'two')).not.toBeNull()
    expect(index.size).toBe(1)
  })

  it('keeps a version that does not say whose it is where the one before it was', () => {
    const { ids, put } = indexOf({ webhook_id: 'one' })
    put({ webhook_id: 'one', account_id: '' })
    put({ webhook_id: 'orphan', account_id: '' })
    expect(ids()).toEqual(['one'])
  })
})
