import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import avro from 'avsc'
import type { WebhookConfigRecord } from '../../../src/domain/records.ts'
import { readSchema } from '../../../src/kafka/schema-files.ts'
import { createWebhookPacking } from '../../../src/kafka/webhook-packing.ts'
import { plainPacking } from '../../../src/table/webhook-packing.ts'
import { aWebhookRecord } from '../domain/samples.ts'

const folder = new URL('../../../schemas/examples/webhook-config/', import.meta.url)
const type = avro.Type.forSchema(readSchema('webhook-config'))
const examples = readdirSync(folder).map((name) => [
  name,
  type.fromString(readFileSync(new URL(name, folder), 'utf8')) as WebhookConfigRecord,
])
const others = [
  ['values that no schema of ours knows', aWebhookRecord({ method: 'unknown', event_types: ['unknown'] })],
  ['texts of every kind', aWebhookRecord({ path: '/путь/😀\0', host: '' })],
] as const
const packings = { plain: plainPacking, Avro: createWebhookPacking(readSchema('webhook-config')) }

it.each(Object.keys(packings) as (keyof typeof packings)[])(
  'what is packed as %s is the same when it is unpacked, and refers to no byte of the pack',
  (name) => {
    const { pack, unpack } = packings[name]
    for (const [, record] of [...examples, ...others] as [string, WebhookConfigRecord][]) {
      const bytes = Buffer.from(pack(record))
      const unpacked = unpack(bytes)
      bytes.fill(0xff)
      expect({ ...unpacked }).toEqual(structuredClone(record))
    }
  },
)
