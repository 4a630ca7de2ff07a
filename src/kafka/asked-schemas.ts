// Writers' schemas for a command: a registry that is away is an answer after some tries, and not waited for without
// end as a worker does.
import type { RegistryAccess } from './registry-api.ts'
import { RegistryRefused } from './registry-api.ts'
import { WriterSchemas } from './writer-schemas.ts'

/** Questions in vain: about three seconds with the waits between them. */
const maxTroubles = 4

/**
 * Runs `use`, and stops the schemas after it.
 * @throws RegistryRefused when the registry does not answer; what `use` throws
 */
export async function withSchemas<Result>(
  registry: RegistryAccess,
  use: (schemas: WriterSchemas, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const away = Promise.withResolvers<never>()
  const stopping = new AbortController()
  let troubles = 0
  const schemas = new WriterSchemas(registry, {
    observe(observation) {
      if (observation.kind !== 'trouble') return
      troubles += 1
      if (troubles < maxTroubles) return
      away.reject(
        new RegistryRefused(`the schema registry at ${registry.url} does not answer: ${observation.error}`),
      )
    },
  })
  const used = use(schemas, stopping.signal)
  used.catch(() => {})
  try {
    return await Promise.race([used, away.promise])
  } finally {
    stopping.abort()
    schemas.stop()
  }
}
