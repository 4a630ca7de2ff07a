// `webhooks list`: what stands in the topic, a line each; paths masked, for they may hold a secret.
import { faultText } from '../domain/webhook-fault.ts'
import { webhookFormOf } from '../domain/webhook-form.ts'
import type { WebhookForm } from '../domain/webhook-form.ts'
import type { Settings } from '../settings/schema.ts'
import { maskedAddress } from '../render/request-text.ts'
import { shownText } from './shown-text.ts'
import { storedWebhooks } from './stored-webhooks.ts'
import type { StoredWebhook } from './stored-webhooks.ts'
import type { ExitCode, Terminal } from './terminal.ts'
import { textTable } from './text-table.ts'

export interface ListChoice {
  readonly account?: string
  /** Only those that deliver nothing because they are wrong, with their faults. */
  readonly invalid?: true
  readonly json?: true
}

export async function listWebhooks(
  settings: Settings,
  choice: ListChoice,
  terminal: Terminal,
): Promise<ExitCode> {
  const stored = await storedWebhooks(settings, () => true, listed)
  const webhooks = [...stored.values()]
    .filter(({ account_id }) => choice.account === undefined || account_id === choice.account)
    .filter(({ valid }) => choice.invalid === undefined || !valid)
    .sort(
      (one, other) =>
        compare(one.account_id ?? '', other.account_id ?? '') || compare(one.webhook_id, other.webhook_id),
    )
  if (choice.json === true) {
    terminal.out(JSON.stringify({ topic: settings.topics.webhooks.name, webhooks }, null, 2))
    return 0
  }
  if (webhooks.length === 0) {
    terminal.err(`${settings.topics.webhooks.name}: no such webhook`)
    return 0
  }
  for (const line of choice.invalid === true ? webhooks.flatMap(faultLines) : table(webhooks))
    terminal.out(line)
  return 0
}

/** What is told of one; in the words of the webhook form. */
interface ListedWebhook {
  readonly webhook_id: string
  readonly account_id: string | null
  /** Null where it makes no sense. */
  readonly address: string | null
  readonly event_types: readonly string[]
  readonly method: string | null
  readonly enabled: boolean
  /** Its own, as they were asked for; null where there are none. */
  readonly limits: WebhookForm['limits'] | null
  readonly valid: boolean
  readonly partition: number
  readonly offset: string
  readonly faults: readonly string[]
}

function listed({ entry, record }: StoredWebhook): ListedWebhook {
  const webhook = entry.kind === 'valid' ? entry.webhook : null
  return {
    webhook_id: entry.webhookId,
    account_id: entry.accountId,
    address: webhook === null ? null : maskedAddress(webhook),
    event_types: entry.eventTypes,
    method: webhook?.method ?? null,
    enabled: entry.enabled,
    limits: record === null ? null : (webhookFormOf(record, { secrets: 'masked' }).limits ?? null),
    valid: entry.kind === 'valid',
    partition: entry.config.partition,
    offset: String(entry.config.offset),
    faults: entry.kind === 'valid' ? [] : entry.faults.map(faultText),
  }
}

const headings = ['ID', 'ACCOUNT', 'ADDRESS', 'EVENT TYPES', 'METHOD', 'ENABLED', 'VALID']

/** Few webhooks have limits: the column stands only where one has. */
function table(webhooks: readonly ListedWebhook[]): readonly string[] {
  const hasLimits = webhooks.some((webhook) => limitsText(webhook) !== '-')
  const rows = webhooks.map((webhook) => {
    const { webhook_id, account_id, address, event_types, method, enabled, valid } = webhook
    return [
      webhook_id,
      account_id ?? '-',
      address ?? '-',
      event_types.join(',') || '-',
      method ?? '-',
      enabled ? 'yes' : 'no',
      valid ? 'yes' : 'no',
      ...(hasLimits ? [limitsText(webhook)] : []),
    ]
  })
  return textTable(hasLimits ? [...headings, 'LIMITS'] : headings, rows)
}

/** `concurrency=4,retry_horizon_s=7200`. */
function limitsText({ limits }: ListedWebhook): string {
  const given = Object.entries(limits ?? {}).map(([name, value]) => `${name}=${value}`)
  return given.join(',') || '-'
}

function faultLines({ webhook_id, account_id, partition, offset, faults }: ListedWebhook): readonly string[] {
  const whose = account_id === null ? 'account not known' : `account ${account_id}`
  const head = `${webhook_id} (${whose}, at ${partition}/${offset})`
  return faults.map((fault) => shownText(`${head}: ${fault}`))
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
