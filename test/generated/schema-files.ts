// The Avro schemas as they stand on disk, for the generator and for the tests of the schemas.
// Invariant: only the shapes that the schemas use are known here; another one is refused, not guessed.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Absolute path of the repository, with a slash at its end. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url))

export interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly doc?: string
  readonly default?: unknown
}

export interface AvroRecord {
  readonly type: 'record'
  readonly name: string
  readonly namespace?: string
  readonly doc?: string
  readonly fields: readonly AvroField[]
}

export interface AvroEnum {
  readonly type: 'enum'
  readonly name: string
  readonly doc?: string
  readonly symbols: readonly string[]
  readonly default?: string
}

/** A primitive or the name of a type defined earlier, a union, or a defined type. */
export type AvroSchema =
  | string
  | readonly AvroSchema[]
  | AvroRecord
  | AvroEnum
  | { readonly type: 'array'; readonly items: AvroSchema }
  | { readonly type: 'long'; readonly logicalType: string }

export const schemaNames = [
  'call-event',
  'webhook-config',
  'webhook-outcome',
  'parked-delivery',
  'webhook-state',
  'webhook-fact',
  'webhook-suspension',
  'webhook-notice',
] as const

export type SchemaName = (typeof schemaNames)[number]

/** The schema of that name, parsed from JSON. */
export function readSchema(name: SchemaName): AvroRecord {
  const parsed: AvroRecord = JSON.parse(readFileSync(`${repositoryRoot}schemas/${name}.avsc`, 'utf8'))
  if (parsed.type !== 'record') throw new Error(`schemas/${name}.avsc does not define a record`)
  return parsed
}
