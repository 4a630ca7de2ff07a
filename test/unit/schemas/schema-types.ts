// The schemas as avsc types, and the golden examples beside them.
// Examples are Avro JSON: a value of a union names its branch, so they are read by the schema, not by JSON.parse.
import { readdirSync, readFileSync } from 'node:fs'
import avsc from 'avsc'

import type {
  CallEventRecord,
  ParkedDeliveryRecord,
  WebhookConfigRecord,
  WebhookFactRecord,
  WebhookNoticeRecord,
  WebhookOutcomeRecord,
  WebhookStateRecord,
  WebhookSuspensionRecord,
} from '../../../src/domain/records.ts'
import { readSchema, repositoryRoot, type SchemaName, schemaNames } from '../../generated/schema-files.ts'

/** The generated type of each schema. */
interface RecordOf {
  readonly 'call-event': CallEventRecord
  readonly 'webhook-config': WebhookConfigRecord
  readonly 'webhook-outcome': WebhookOutcomeRecord
  readonly 'parked-delivery': ParkedDeliveryRecord
  readonly 'webhook-state': WebhookStateRecord
  readonly 'webhook-fact': WebhookFactRecord
  readonly 'webhook-suspension': WebhookSuspensionRecord
  readonly 'webhook-notice': WebhookNoticeRecord
}

/** The type that this version reads and writes. */
export function readerType(name: SchemaName): avsc.Type {
  return typeOf(readSchema(name))
}

/** The type of a schema as another version may have it. */
export function typeOf(schema: object): avsc.Type {
  return avsc.Type.forSchema(JSON.parse(JSON.stringify(schema)))
}

/** What this version makes of a value that another version wrote. */
export function readAs(name: SchemaName, writer: avsc.Type, value: unknown): Record<string, unknown> {
  const reader = readerType(name)
  return reader.fromBuffer(writer.toBuffer(value), reader.createResolver(writer))
}

/** Pairs of schema and example name, for it.each. */
export const exampleNames: readonly (readonly [SchemaName, string])[] = schemaNames.flatMap((schema) =>
  readdirSync(`${repositoryRoot}schemas/examples/${schema}`)
    .sort()
    .map((file) => [schema, file.replace(/\.json$/, '')] as const),
)

export function exampleText(schema: SchemaName, name: string): string {
  return readFileSync(`${repositoryRoot}schemas/examples/${schema}/${name}.json`, 'utf8')
}

/** The example, decoded. */
export function readExample<Name extends SchemaName>(schema: Name, name: string): RecordOf[Name] {
  return readerType(schema).fromString(exampleText(schema, name))
}
