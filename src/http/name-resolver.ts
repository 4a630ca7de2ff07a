// Names to addresses, for every connection that is made.
// Invariants: one search under way per name, and whoever asks meanwhile gets what comes of it; what was found holds
// for a time, and so does a failure; names that nobody answers for hold up nobody else.
import type { Clock } from '../ports.ts'
import type { HostsTable } from './certain-names.ts'
import { certainAddresses } from './certain-names.ts'
import { queryName } from './name-query.ts'
import type { NameServers } from './name-servers.ts'
import type { Resolution } from './resolution.ts'
import { failureHoldMs } from './resolution.ts'
import { ResolutionCache } from './resolution-cache.ts'
import type { SearchRules } from './search-rules.ts'
import { searchOrder } from './search-rules.ts'

export interface NameResolverOptions {
  readonly servers: NameServers
  readonly rules: SearchRules
  readonly hosts: HostsTable
  /** Milliseconds for one name, over all that it may stand for. */
  readonly timeoutMs: number
  /** Names that are remembered at most; default 10,000. */
  readonly mostNames?: number
}

const defaultMostNames = 10_000

export class NameResolver {
  readonly #options: NameResolverOptions
  readonly #clock: Clock
  readonly #cache: ResolutionCache
  readonly #underWay = new Map<string, Promise<Resolution>>()

  constructor(options: NameResolverOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#cache = new ResolutionCache(options.mostNames ?? defaultMostNames)
  }

  /** Never rejects. A name that ends in a dot is a full one. */
  resolve(name: string): Promise<Resolution> {
    const key = name.toLowerCase()
    const known =
      certainAddresses(key, this.#options.hosts) ?? this.#cache.get(key, this.#clock.monotonicMs())
    if (known !== undefined) return Promise.resolve(known)
    let search = this.#underWay.get(key)
    if (search === undefined) {
      search = this.#search(key)
      this.#underWay.set(key, search)
    }
    return search
  }

  stop(): void {
    this.#options.servers.stop()
  }

  async #search(key: string): Promise<Resolution> {
    const { servers, rules, timeoutMs } = this.#options
    const resolution = await queryName(searchOrder(key, rules), servers, this.#clock, timeoutMs)
    this.#underWay.delete(key)
    const holdMs = resolution.kind === 'addresses' ? resolution.holdMs : failureHoldMs
    this.#cache.set(key, resolution, this.#clock.monotonicMs() + holdMs)
    return resolution
  }
}
