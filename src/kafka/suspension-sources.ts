// The topics of suspensions and of facts, as what they say about webhooks.
import type { WebhookId } from '../domain/ids.ts'
import type { WebhookFactRecord, WebhookSuspensionRecord } from '../domain/records.ts'
import type { FactSource, SuspensionSource } from '../ports.ts'
import { createFollowedValues } from './followed-values.ts'
import type { FollowedValuesOptions } from './followed-values.ts'
import { readSchema } from './schema-files.ts'
import { factOf, heldSuspensionOf } from './suspension-record.ts'

type SourceOptions = Pick<FollowedValuesOptions, 'reader' | 'schemas' | 'observer'>

export function createSuspensionSource(options: SourceOptions): SuspensionSource {
  const schema = readSchema('webhook-suspension')
  const values = createFollowedValues<WebhookSuspensionRecord>({ ...options, schema, where: 'suspensions' })
  return {
    start: (sink) =>
      values.start(sink, (key, record, offset) =>
        sink.change(key as WebhookId, record === null ? null : heldSuspensionOf(record, offset)),
      ),
    stop: () => values.stop(),
  }
}

/** Its key is the webhook and, behind a line feed, the process. */
export function createFactSource(options: SourceOptions): FactSource {
  const schema = readSchema('webhook-fact')
  const values = createFollowedValues<WebhookFactRecord>({ ...options, schema, where: 'facts' })
  return {
    start: (sink) =>
      values.start(sink, (key, record) => {
        const at = key.lastIndexOf('\n')
        const webhookId = key.slice(0, Math.max(0, at)) as WebhookId
        sink.change(webhookId, key.slice(at + 1), record === null ? null : factOf(record))
      }),
    stop: () => values.stop(),
  }
}
