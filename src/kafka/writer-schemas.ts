// The schemas that writers used, by id, from the registry. An id never changes its meaning, so what was answered
// once is kept; a registry that is away delays only records with an id not met before.
// Invariant: "unknown id" is said only where the registry itself said so, never because it could not be asked.
import { setTimeout as delay } from 'node:timers/promises'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import avro from 'avsc'
import type { Observer } from '../ports.ts'

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

const requestTimeoutMs = 5_000
const firstRetryMs = 200
const lastRetryMs = 5_000

export class WriterSchemas {
  readonly #registry: SchemaRegistry
  readonly #observer: Observer
  readonly #known = new Map<number, WriterSchema>()
  readonly #asking = new Map<number, Promise<WriterSchema>>()
  readonly #stop = new AbortController()

  constructor(access: RegistryAccess, observer: Observer) {
    this.#registry = openRegistry(access)
    this.#observer = observer
  }

  known(schemaId: number): WriterSchema | undefined {
    return this.#known.get(schemaId)
  }

  /** Rejects only when `signal` aborts or the process stops; until then it asks again and again. */
  async find(schemaId: number, signal: AbortSignal): Promise<WriterSchema> {
    const asking = this.#asking.get(schemaId) ?? this.#askUntilAnswered(schemaId)
    this.#asking.set(schemaId, asking)
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped waiting for a schema')), {
        once: true,
      })
    })
    return Promise.race([asking, aborted])
  }

  stop(): void {
    this.#stop.abort()
  }

  async #askUntilAnswered(schemaId: number): Promise<WriterSchema> {
    try {
      for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
        const found = await this.#ask(schemaId)
        if (found !== null) {
          this.#known.set(schemaId, found)
          return found
        }
        await delay(waitMs, undefined, { signal: this.#stop.signal })
      }
    } finally {
      this.#asking.delete(schemaId)
    }
  }

  async #ask(schemaId: number): Promise<WriterSchema | null> {
    try {
      const schema: unknown = await this.#registry.getSchema(schemaId)
      return schema instanceof avro.Type
        ? { kind: 'avro', type: schema }
        : { kind: 'unsupported_schema_type' }
    } catch (error) {
      if (statusOf(error) === 404) return { kind: 'unknown_schema_id' }
      const text = error instanceof Error ? error.message : String(error)
      this.#observer.observe({ kind: 'trouble', where: 'registry', error: `schema id ${schemaId}: ${text}` })
      return null
    }
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

function statusOf(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null
}
