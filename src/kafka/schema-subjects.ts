// The schemas in `schemas/` as subjects of the registry: registering them, and checking without changing anything.
// Invariant: a schema is registered only where the registry finds it compatible backward (new readers read old
// records), and registering the same schema again changes nothing.
import { readFile } from 'node:fs/promises'
import type { RegistryAccess, RegistryReply } from './registry-api.ts'
import { askRegistry, RegistryRefused } from './registry-api.ts'

export interface SchemaSubject {
  /** `<topic>-value`. */
  readonly subject: string
  /** Avro's JSON form, without white space: some registries take another spacing for another schema. */
  readonly schema: string
}

export type RegisteredSchema =
  | { readonly kind: 'registered'; readonly subject: string; readonly id: number }
  | { readonly kind: 'unchanged'; readonly subject: string; readonly id: number }
  | { readonly kind: 'incompatible'; readonly subject: string; readonly reason: string }

export type CheckedSchema =
  | { readonly kind: 'latest'; readonly subject: string; readonly id: number }
  /** Not the latest version, but could be registered as the next. */
  | { readonly kind: 'compatible'; readonly subject: string }
  | { readonly kind: 'absent'; readonly subject: string }
  | { readonly kind: 'incompatible'; readonly subject: string; readonly reason: string }

/** The subjects of the given topics, with the schemas that stand in the package. */
export async function readSchemaSubjects(topics: {
  readonly events: string
  readonly webhooks: string
  readonly states: string
  readonly outcomes: string
  readonly facts: string
  readonly suspensions: string
  readonly notices: string
  readonly retries: readonly string[]
}): Promise<readonly SchemaSubject[]> {
  return Promise.all([
    readSubject(topics.events, 'call-event.avsc'),
    readSubject(topics.webhooks, 'webhook-config.avsc'),
    readSubject(topics.states, 'webhook-state.avsc'),
    readSubject(topics.outcomes, 'webhook-outcome.avsc'),
    readSubject(topics.facts, 'webhook-fact.avsc'),
    readSubject(topics.suspensions, 'webhook-suspension.avsc'),
    readSubject(topics.notices, 'webhook-notice.avsc'),
    ...topics.retries.map((topic) => readSubject(topic, 'parked-delivery.avsc')),
  ])
}

/**
 * Registers each subject's schema, and sets the subject's compatibility to BACKWARD.
 * @throws RegistryRefused
 */
export async function registerSchemas(
  registry: RegistryAccess,
  subjects: readonly SchemaSubject[],
): Promise<readonly RegisteredSchema[]> {
  const results: RegisteredSchema[] = []
  for (const subject of subjects) results.push(await registerSchema(registry, subject))
  return results
}

/**
 * What registering would do, without doing it.
 * @throws RegistryRefused
 */
export async function checkSchemas(
  registry: RegistryAccess,
  subjects: readonly SchemaSubject[],
): Promise<readonly CheckedSchema[]> {
  const results: CheckedSchema[] = []
  for (const subject of subjects) results.push(await checkSchema(registry, subject))
  return results
}

async function readSubject(topic: string, file: string): Promise<SchemaSubject> {
  const text = await readFile(new URL(`../../schemas/${file}`, import.meta.url), 'utf8')
  return { subject: `${topic}-value`, schema: compact(text) }
}

async function registerSchema(
  registry: RegistryAccess,
  { subject, schema }: SchemaSubject,
): Promise<RegisteredSchema> {
  const before = await latestSchema(registry, subject)
  // Set every time, also on a subject that someone else made: without a level some registries accept anything.
  // Before the registration where there is something to be compatible with, else after it.
  if (before !== null) await setBackward(registry, subject)
  if (before?.schema === schema) return { kind: 'unchanged', subject, id: before.id }
  const reply = await askRegistry(registry, 'POST', `/subjects/${encodeURIComponent(subject)}/versions`, {
    schema,
  })
  if (reply.kind === 'refused') {
    const checked = await checkSchema(registry, { subject, schema })
    return checked.kind === 'incompatible' ? checked : { kind: 'incompatible', subject, reason: reply.reason }
  }
  if (before === null) await setBackward(registry, subject)
  return { kind: 'registered', subject, id: numberIn(reply, 'id') }
}

async function checkSchema(
  registry: RegistryAccess,
  { subject, schema }: SchemaSubject,
): Promise<CheckedSchema> {
  const latest = await latestSchema(registry, subject)
  if (latest === null) return { kind: 'absent', subject }
  if (latest.schema === schema) return { kind: 'latest', subject, id: latest.id }
  const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`
  const reply = await askRegistry(registry, 'POST', path, { schema })
  switch (reply.kind) {
    case 'refused':
      return { kind: 'incompatible', subject, reason: reply.reason }
    case 'absent':
      return { kind: 'absent', subject }
    case 'accepted':
      return reply.body['is_compatible'] === true
        ? { kind: 'compatible', subject }
        : { kind: 'incompatible', subject, reason: reasonIn(reply.body) }
  }
}

async function latestSchema(
  registry: RegistryAccess,
  subject: string,
): Promise<{ readonly id: number; readonly schema: string } | null> {
  const reply = await askRegistry(registry, 'GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`)
  if (reply.kind !== 'accepted') return null
  const { schema } = reply.body
  return { id: numberIn(reply, 'id'), schema: typeof schema === 'string' ? compact(schema) : '' }
}

async function setBackward(registry: RegistryAccess, subject: string): Promise<void> {
  const reply = await askRegistry(registry, 'PUT', `/config/${encodeURIComponent(subject)}`, {
    compatibility: 'BACKWARD',
  })
  if (reply.kind !== 'accepted') {
    throw new RegistryRefused(`the schema registry does not set the compatibility of ${subject} to BACKWARD`)
  }
}

// Confluent's registry answers a list of texts, Apicurio's one text.
function reasonIn(body: Readonly<Record<string, unknown>>): string {
  const { messages, reason } = body
  if (Array.isArray(messages) && messages.length > 0) return messages.map(String).join('; ')
  return typeof reason === 'string' ? reason : 'the registry gives no reason'
}

function numberIn(reply: RegistryReply, name: string): number {
  const found = reply.kind === 'accepted' ? reply.body[name] : undefined
  if (typeof found !== 'number') throw new RegistryRefused(`the schema registry answers without "${name}"`)
  return found
}

function compact(json: string): string {
  return JSON.stringify(JSON.parse(json))
}
