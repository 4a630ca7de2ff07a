// The topics of suspensions and notices as they stand, decoded: what tests of suspension look at in the end.
import type { WebhookNoticeRecord, WebhookSuspensionRecord } from '../../src/domain/records.ts'
import { ValueDecoder } from '../../src/kafka/codec.ts'
import { readSchema } from '../../src/kafka/schema-files.ts'
import { WriterSchemas } from '../../src/kafka/writer-schemas.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { quietClient } from './quiet-client.ts'
import { readTopic } from './whole-topic.ts'

/** In their order, only what was committed; null: nothing is held any more. */
export async function writtenSuspensions(
  settings: Settings,
): Promise<readonly (WebhookSuspensionRecord | null)[]> {
  return valuesOf<WebhookSuspensionRecord>(settings, settings.topics.suspensions.name, 'webhook-suspension')
}

/** In their order, only what was committed. */
export async function writtenNotices(settings: Settings): Promise<readonly WebhookNoticeRecord[]> {
  const { name } = settings.topics.notices
  const notices = await valuesOf<WebhookNoticeRecord>(settings, name, 'webhook-notice')
  return notices.filter((notice) => notice !== null)
}

async function valuesOf<Value>(
  settings: Settings,
  topic: string,
  schema: Parameters<typeof readSchema>[0],
): Promise<readonly (Value | null)[]> {
  const schemas = new WriterSchemas(settings.registry, { observe() {} })
  const decoder = new ValueDecoder<Value>(readSchema(schema), schemas)
  const values: (Value | null)[] = []
  for (const { value } of (await readTopic(quietClient(settings), topic)).records) {
    const decoded = value === null ? null : await decoder.decode(value, AbortSignal.timeout(10_000))
    if (decoded?.kind === 'undecodable') throw new Error(`${topic}: ${decoded.detail}`)
    values.push(decoded?.value ?? null)
  }
  schemas.stop()
  return values
}
