// The reader's schemas, as they stand in `schemas/`: the same files that are registered and published.
import { readFileSync } from 'node:fs'
import type avro from 'avsc'

/** @throws if the file is missing or no JSON: the installation is broken. */
export function readSchema(
  name:
    | 'call-event'
    | 'webhook-config'
    | 'webhook-outcome'
    | 'parked-delivery'
    | 'webhook-state'
    | 'webhook-fact'
    | 'webhook-suspension'
    | 'webhook-notice',
): avro.Schema {
  return JSON.parse(
    readFileSync(new URL(`../../schemas/${name}.avsc`, import.meta.url), 'utf8'),
  ) as avro.Schema
}
