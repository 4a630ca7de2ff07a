// The name servers, asked for the addresses of one full name in one family.
// Invariant: never rejects: what a server says, or does not say, is an answer. It asks through c-ares, which waits
// for sockets, because the system's own look-up waits in one of four threads that all destinations share.
import { Resolver } from 'node:dns/promises'
import type { FamilyAnswer, NameFailure } from './resolution.ts'

export interface NameServersOptions {
  /** `address`, `address:port` or `[IPv6]:port`; none = those that the system names. */
  readonly servers: readonly string[]
  /** Milliseconds after which nobody waits for an answer any more. */
  readonly timeoutMs: number
}

export interface NameServers {
  /** `name`: without a dot at its end; it is not completed. */
  ask(name: string, family: 4 | 6): Promise<FamilyAnswer>
  /** Ends what is under way; nobody is asked any more. */
  stop(): void
}

/** Codes of c-ares; all others are failures of a server. */
const byCode: Readonly<Record<string, NameFailure>> = {
  ENOTFOUND: 'no_such_name',
  EBADNAME: 'no_such_name',
  ENODATA: 'no_data',
  ETIMEOUT: 'timeout',
}

const cancelled: FamilyAnswer = { kind: 'failed', failure: 'server_failure', code: 'ECANCELLED' }

export function createNameServers({ servers, timeoutMs }: NameServersOptions): NameServers {
  const count = servers.length > 0 ? servers.length : new Resolver().getServers().length
  // Packets get lost: of several servers the next one is asked then, and a single one a second time.
  const patience =
    count > 1
      ? { timeout: Math.ceil(timeoutMs / count), tries: 1 }
      : { timeout: Math.ceil(timeoutMs / 2), tries: 2 }
  const resolver = new Resolver(patience)
  if (servers.length > 0) resolver.setServers(servers)
  // In Node.js, c-ares goes on to the next server when one is silent, but not when one says that it failed.
  const afterFailure = new Resolver(patience)
  const [first, ...others] = resolver.getServers()
  if (first !== undefined && others.length > 0) afterFailure.setServers([...others, first])
  let stopped = false
  return {
    async ask(name, family) {
      if (stopped) return cancelled
      const answer = await askOne(resolver, name, family)
      const failed = answer.kind === 'failed' && answer.failure === 'server_failure'
      return failed && others.length > 0 && !stopped ? askOne(afterFailure, name, family) : answer
    },
    stop() {
      stopped = true
      resolver.cancel()
      afterFailure.cancel()
    },
  }
}

async function askOne(resolver: Resolver, name: string, family: 4 | 6): Promise<FamilyAnswer> {
  try {
    const records = await (family === 4
      ? resolver.resolve4(name, { ttl: true })
      : resolver.resolve6(name, { ttl: true }))
    if (records.length === 0) return { kind: 'failed', failure: 'no_data', code: 'ENODATA' }
    return {
      kind: 'addresses',
      addresses: records.map(({ address }) => address),
      ttlS: Math.min(...records.map(({ ttl }) => ttl)),
    }
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown }
    const known = typeof code === 'string' ? code : 'unknown'
    return { kind: 'failed', failure: byCode[known] ?? 'server_failure', code: known }
  }
}
