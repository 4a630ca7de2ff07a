// The id under which our own schema of a topic is registered, which every record that we write names.
// Invariant: a registry that is away is asked again, one that answers is believed: a schema that it does not have,
// or an address that serves no registry, will not mend by waiting.
import { setTimeout as delay } from 'node:timers/promises'
import type avro from 'avsc'
import { askRegistry, RegistryRefused } from './registry-api.ts'
import type { RegistryAccess } from './registry-api.ts'

/** Refusal to start: readers could not read what would be written. */
export class SchemaNotRegistered extends Error {
  readonly code = 'SCHEMA_NOT_REGISTERED'
}

/** How to go on while the registry is away. */
export interface Patience {
  /** Milliseconds until its last error is thrown. */
  readonly withinMs: number
  /** Ends the asking, with its reason. */
  readonly signal: AbortSignal
  /** Told for each question in vain. */
  troubled(error: Error): void
}

const firstWaitMs = 250
const lastWaitMs = 2_000

/** @throws SchemaNotRegistered when the registry does not have it; RegistryRefused when it cannot be asked. */
export async function registeredIdOf(
  access: RegistryAccess,
  topic: string,
  schema: avro.Schema,
): Promise<number> {
  const subject = `${topic}-value`
  const body = { schema: JSON.stringify(schema) }
  const reply = await askRegistry(access, 'POST', `/subjects/${encodeURIComponent(subject)}`, body)
  switch (reply.kind) {
    case 'accepted': {
      const { id } = reply.body
      if (typeof id === 'number') return id
      throw new RegistryRefused(`what answers at ${access.url} is no schema registry: it names no schema id`)
    }
    case 'absent':
      throw new SchemaNotRegistered(
        `the registry has no such schema for ${subject}: run "npm run cli -- schemas register"`,
      )
    case 'refused':
      throw new SchemaNotRegistered(`the registry refuses the schema of ${subject}: ${reply.reason}`)
  }
}

/**
 * Asks until the registry answers.
 * @throws as `registeredIdOf`, but where the registry is away only after the patience; the signal's reason
 */
export async function untilRegisteredId(
  access: RegistryAccess,
  topic: string,
  schema: avro.Schema,
  { withinMs, signal, troubled }: Patience,
): Promise<number> {
  signal.throwIfAborted()
  const over = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const ended = Promise.withResolvers<never>()
  let last: Error = new RegistryRefused(`the schema registry at ${access.url} does not answer`)
  over.addEventListener('abort', () => ended.reject(signal.aborted ? signal.reason : last), { once: true })
  const ask = async (): Promise<number> => {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, lastWaitMs)) {
      try {
        return await registeredIdOf(access, topic, schema)
      } catch (error) {
        if (!(error instanceof RegistryRefused) || !error.away || over.aborted) throw error
        last = error
        troubled(error)
      }
      await delay(waitMs, undefined, { signal: over })
    }
  }
  return Promise.race([ask(), ended.promise])
}
