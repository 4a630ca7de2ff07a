// The schemas that writers used, by id, from the registry. An id never changes its meaning, so what was answered
// once is kept; a registry that is away delays only records with an id not met before.
// Invariant: "unknown id" is said only where the registry itself said so, never because it could not be asked.
import { setTimeout as delay } from 'node:timers/promises'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import avro from 'avsc'
import type { Observer } from '../ports.ts'
import { askRegistry, withoutLogin } from './registry-api.ts'

export interface RegistryAccess {
  /** With the base path of the Confluent API, if it has one. */
  readonly url: string
  readonly username: string
  readonly password: string
}

export type WriterSchema =
  | { readonly kind: 'avro'; readonly type: avro.Type }
  | { readonly kind: 'unknown_schema_id' }
  | { readonly kind: 'unsupported_schema_type' }
  /** The registry has it and calls it Avro, but it cannot be built: `detail` says why. */
  | { readonly kind: 'undecodable'; readonly detail: string }

const requestTimeoutMs = 5_000
const firstRetryMs = 200
const lastRetryMs = 5_000
/** An id may be registered after it was asked for, and a registry's replicas may lag: "unknown" is asked anew. */
const unknownForMs = 30_000
/** Ids that the registry does not have and that are remembered: whoever writes records can make up as many as he likes. */
const maxUnknown = 1_000

export class WriterSchemas {
  readonly #access: RegistryAccess
  readonly #registry: SchemaRegistry
  readonly #observer: Observer
  readonly #monotonicMs: () => number
  readonly #known = new Map<number, WriterSchema>()
  /** By id, until when it passes for unknown; the one that was asked for first is the first. */
  readonly #unknown = new Map<number, number>()
  readonly #asking = new Map<number, Promise<WriterSchema>>()
  readonly #stop = new AbortController()

  constructor(
    access: RegistryAccess,
    observer: Observer,
    monotonicMs: () => number = () => performance.now(),
  ) {
    this.#access = access
    this.#registry = openRegistry(access)
    this.#observer = observer
    this.#monotonicMs = monotonicMs
  }

  known(schemaId: number): WriterSchema | undefined {
    const known = this.#known.get(schemaId)
    if (known !== undefined) return known
    const untilMs = this.#unknown.get(schemaId) ?? Number.NEGATIVE_INFINITY
    return untilMs > this.#monotonicMs() ? { kind: 'unknown_schema_id' } : undefined
  }

  /** Rejects only when `signal` aborts or the process stops; until then it asks again and again. */
  async find(schemaId: number, signal: AbortSignal): Promise<WriterSchema> {
    const aborted = Promise.withResolvers<never>()
    const onAbort = (): void => aborted.reject(new Error('stopped waiting for a schema'))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const asking = this.#asking.get(schemaId) ?? this.#askUntilAnswered(schemaId)
    this.#asking.set(schemaId, asking)
    try {
      return await Promise.race([aborted.promise, asking])
    } finally {
      // Partitions wait on one signal for as long as they live.
      signal.removeEventListener('abort', onAbort)
    }
  }

  stop(): void {
    this.#stop.abort()
  }

  async #askUntilAnswered(schemaId: number): Promise<WriterSchema> {
    try {
      for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
        const found = await this.#ask(schemaId)
        if (found !== null) {
          this.#remember(schemaId, found)
          return found
        }
        await delay(waitMs, undefined, { signal: this.#stop.signal })
      }
    } finally {
      this.#asking.delete(schemaId)
    }
  }

  #remember(schemaId: number, found: WriterSchema): void {
    this.#unknown.delete(schemaId)
    if (found.kind !== 'unknown_schema_id') {
      this.#known.set(schemaId, found)
      return
    }
    this.#unknown.set(schemaId, this.#monotonicMs() + unknownForMs)
    const [oldest] = this.#unknown.keys()
    if (this.#unknown.size > maxUnknown && oldest !== undefined) this.#unknown.delete(oldest)
  }

  async #ask(schemaId: number): Promise<WriterSchema | null> {
    try {
      const schema: unknown = await this.#registry.getSchema(schemaId)
      return schema instanceof avro.Type
        ? { kind: 'avro', type: schema }
        : { kind: 'unsupported_schema_type' }
    } catch (error) {
      const found = await this.#withoutClient(schemaId, error)
      if (found === null) this.#trouble(schemaId, error)
      return found
    }
  }

  /**
   * Asks the registry itself where its client does not say enough: any 404 (a proxy's page while the registry
   * restarts is one too) looks like an unknown id to it, and a schema that it cannot build like no answer.
   */
  async #withoutClient(schemaId: number, error: unknown): Promise<WriterSchema | null> {
    const { status, message } = Object(error) as { readonly status?: unknown; readonly message?: unknown }
    if (status !== undefined && status !== 404) return null
    try {
      const reply = await askRegistry(this.#access, 'GET', `/schemas/ids/${schemaId}`)
      if (reply.kind === 'absent') return { kind: 'unknown_schema_id' }
      if (reply.kind === 'refused' || status === 404) return null
      const { schema, schemaType = 'AVRO' } = reply.body
      if (typeof schema !== 'string') return null
      if (schemaType !== 'AVRO') return { kind: 'unsupported_schema_type' }
      return { kind: 'undecodable', detail: String(message).slice(0, 256) }
    } catch (unreachable) {
      this.#trouble(schemaId, unreachable)
      return null
    }
  }

  #trouble(schemaId: number, error: unknown): void {
    // The client's error repeats the whole answer.
    const text = withoutLogin(error instanceof Error ? error.message : String(error), this.#access)
    this.#observer.observe({ kind: 'trouble', where: 'registry', error: `schema id ${schemaId}: ${text}` })
  }
}

/** The registry's client: its own retries off (we decide), and a deadline on every request. */
export function openRegistry({ url, username, password }: RegistryAccess): SchemaRegistry {
  return new SchemaRegistry({
    host: url,
    ...(username === '' ? {} : { auth: { username, password } }),
    retry: { retries: 0 },
    middlewares: [
      () => ({
        prepareRequest: async (next) => (await next()).enhance({ timeout: requestTimeoutMs }),
      }),
    ],
  })
}
