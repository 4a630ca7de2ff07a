// The webhooks of the topic as it stands now, judged as a worker judges them, or only as records.
import type { WebhookId } from '../domain/ids.ts'
import type { WebhookConfigRecord } from '../domain/records.ts'
import { clientConfigOf } from '../kafka/kafka-client.ts'
import { readWebhooks } from '../kafka/webhook-snapshot.ts'
import type { WebhookSnapshotOptions } from '../kafka/webhook-snapshot.ts'
import { readKafkaAccess } from '../settings/kafka-access.ts'
import type { Settings } from '../settings/schema.ts'
import { GlobalTable } from '../table/global-table.ts'
import type { TableEntry } from '../table/table-entry.ts'
import { rulesFor } from './operator-rules.ts'

export interface StoredWebhook {
  readonly entry: TableEntry
  /** Null where it cannot be decoded. */
  readonly record: WebhookConfigRecord | null
}

/** Those that are `wanted`; deleted ones are left out. */
export async function storedWebhooks<Kept>(
  settings: Settings,
  wanted: (webhookId: WebhookId) => boolean,
  keep: (stored: StoredWebhook) => Kept,
): Promise<ReadonlyMap<WebhookId, Kept>> {
  const table = new GlobalTable({ rules: rulesFor(settings) })
  const kept = new Map<WebhookId, Kept>()
  await readTopic(settings, (position, change) => {
    const { webhookId } = change
    if (!wanted(webhookId)) return
    table.apply(position, change)
    const entry = table.find(webhookId)
    if (entry === undefined) kept.delete(webhookId)
    else kept.set(webhookId, keep({ entry, record: change.kind === 'upsert' ? change.config : null }))
  })
  return kept
}

/** As `storedWebhooks`, but nothing is judged, and nothing held but what is kept. */
export async function storedRecords<Kept>(
  settings: Settings,
  wanted: (webhookId: WebhookId) => boolean,
  keep: (record: WebhookConfigRecord | null) => Kept,
): Promise<ReadonlyMap<WebhookId, Kept>> {
  const kept = new Map<WebhookId, Kept>()
  await readTopic(settings, (_, change) => {
    const { webhookId } = change
    if (!wanted(webhookId)) return
    if (change.kind === 'tombstone') kept.delete(webhookId)
    else kept.set(webhookId, keep(change.kind === 'upsert' ? change.config : null))
  })
  return kept
}

function readTopic(settings: Settings, onChange: WebhookSnapshotOptions['onChange']): Promise<void> {
  return readWebhooks({
    client: clientConfigOf(readKafkaAccess(settings), () => () => {}),
    registry: settings.registry,
    topic: settings.topics.webhooks.name,
    onChange,
  })
}
