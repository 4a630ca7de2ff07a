// The id under which our own schema of a topic is registered, which every record that we write names.
import { SchemaType } from '@kafkajs/confluent-schema-registry'
import type avro from 'avsc'
import { openRegistry } from './writer-schemas.ts'
import type { RegistryAccess } from './writer-schemas.ts'

/** Refusal to start: readers could not read what would be written. */
export class SchemaNotRegistered extends Error {
  readonly code = 'SCHEMA_NOT_REGISTERED'
}

/** @throws SchemaNotRegistered when the registry does not have it; the client's errors when it does not answer. */
export async function registeredIdOf(
  access: RegistryAccess,
  topic: string,
  schema: avro.Schema,
): Promise<number> {
  const subject = `${topic}-value`
  const registry = openRegistry(access)
  try {
    return await registry.getRegistryIdBySchema(subject, {
      type: SchemaType.AVRO,
      schema: JSON.stringify(schema),
    })
  } catch (cause) {
    // The client's own name for the registry's "no such subject" and "no such schema".
    if (!(cause instanceof Error) || cause.name !== 'ConfluentSchemaRegistryError') throw cause
    throw new SchemaNotRegistered(
      `the registry has no such schema for ${subject}: run "npm run cli -- schemas register"`,
      { cause },
    )
  }
}
