// The webhooks of a run, and what their owners do with them while it lasts. Each version names itself in what is sent.
import type { WebhookId } from '../../src/domain/ids.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import type { WebhookChange } from '../../src/domain/webhook-change.ts'
import type { CoreSettings } from '../fakes/core.ts'
import { webhookConfig } from '../fakes/call-events.ts'
import type { Dice } from './dice.ts'

export interface PublishedConfig {
  readonly atMs: number
  readonly change: WebhookChange
}

/** The name of the parameter that tells the version. */
export const versionParameter = 'version'

const editsUntilMs = 60_000

export function drawWebhooks(dice: Dice, { fanout }: CoreSettings): readonly WebhookConfigRecord[] {
  const accounts = Array.from({ length: dice.int(1, 3) }, (_, index) => `a${index}`)
  const hosts = Array.from({ length: dice.int(1, 4) }, (_, index) => `h${index}.test`)
  const large = dice.chance(0.35) ? dice.pick(accounts) : null
  return accounts.flatMap((account) => {
    const count = account === large ? fanout.chunkSize + dice.int(1, 5) : dice.int(1, 3)
    return Array.from({ length: count }, (_, index) =>
      drawWebhook(dice, `${account}w${index}`, account, hosts),
    )
  })
}

function drawWebhook(dice: Dice, id: string, account: string, hosts: readonly string[]): WebhookConfigRecord {
  const limits = {
    total_timeout_ms: dice.pick([null, null, 800, 2_500]),
    concurrency: dice.pick([null, null, 1, 2]),
    rate_per_second: dice.pick([null, null, null, 1, 4]),
    retry_horizon_s: dice.pick([null, null, null, 5, 30]),
  }
  const isGet = dice.chance(0.4)
  return webhookConfig(id, {
    account_id: account,
    host: dice.pick(hosts),
    path: `/${id}`,
    method: isGet ? 'GET' : 'POST',
    content_type: isGet ? null : dice.pick(['application/json', 'application/x-www-form-urlencoded']),
    event_types: dice.pick([
      ['call_start', 'call_end'],
      ['call_start', 'call_end'],
      ['call_start'],
      ['call_end'],
    ]),
    enabled: dice.chance(0.95),
    limits: dice.chance(0.5) ? limits : null,
  })
}

/** All of them at first, then the edits, in the order in which they are published. */
export function drawConfigs(
  dice: Dice,
  webhooks: readonly WebhookConfigRecord[],
): readonly PublishedConfig[] {
  let versions = 0
  const published = (atMs: number, record: WebhookConfigRecord): PublishedConfig => {
    versions += 1
    const change: WebhookChange = {
      kind: 'upsert',
      webhookId: record.webhook_id as WebhookId,
      config: {
        ...record,
        parameters: [{ name: versionParameter, source: { parameter: null, literal: `${versions}` } }],
      },
    }
    return { atMs, change }
  }
  const first = webhooks.map((record) => published(0, record))
  const edits = dice.some(webhooks, dice.pick([0, 0.3, 0.7])).flatMap((record) => {
    const times = Array.from({ length: dice.int(1, 3) }, () => dice.int(500, editsUntilMs)).sort(
      (a, b) => a - b,
    )
    let current = record
    return times.map((atMs) => {
      const edit = drawEdit(dice, current, atMs)
      if (edit.kind !== 'upsert') return { atMs, change: edit }
      // An address that was left is not come back to.
      current = { ...edit.config, host: record.host }
      return published(atMs, edit.config)
    })
  })
  return [...first, ...edits.sort((a, b) => a.atMs - b.atMs)]
}

function drawEdit(dice: Dice, record: WebhookConfigRecord, atMs: number): WebhookChange {
  const webhookId = record.webhook_id as WebhookId
  const upsert = (fields: Partial<WebhookConfigRecord>): WebhookChange => ({
    kind: 'upsert',
    webhookId,
    config: { ...record, enabled: true, ...fields },
  })
  switch (dice.pick(['moved', 'same', 'disabled', 'deleted', 'invalid', 'garbled', 'horizon'] as const)) {
    case 'moved':
      return upsert({ path: `/${record.webhook_id}/at${atMs}` })
    case 'same':
      return upsert({})
    case 'disabled':
      return upsert({ enabled: false })
    case 'deleted':
      return { kind: 'tombstone', webhookId }
    case 'invalid':
      return upsert({ host: '' })
    case 'garbled':
      return { kind: 'undecodable', webhookId, detail: 'garbled' }
    case 'horizon': {
      const none = { total_timeout_ms: null, concurrency: null, rate_per_second: null, retry_horizon_s: null }
      const retry_horizon_s = dice.pick([2, 10, 3_600])
      return upsert({ limits: { ...none, ...record.limits, retry_horizon_s } })
    }
  }
}
