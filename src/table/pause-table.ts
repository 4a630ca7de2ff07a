// What the operator has paused, by key, and whether a webhook is among it.
// Invariants: any value under a key that names something pauses it, be it readable or not, because a delivery that went
// out cannot be called back while one that waits can be let go; only a null value lifts a pause, and only that key's.
import type { PauseScope } from '../domain/pause-scope.ts'
import { originOf, pauseScopeKinds, plainOrigin, readScopeKey } from '../domain/pause-scope.ts'
import type { Webhook } from '../domain/webhook.ts'

/** `unknown`: the key names nothing, so there is nothing that it could pause. */
export type PauseUpdate = 'paused' | 'lifted' | 'unchanged' | 'unknown'

export type PauseCounts = Readonly<Record<PauseScope['kind'], number>>

export class PauseTable {
  /** By what is looked up, the keys that pause it: more than one may name the same origin. */
  readonly #inForce: Readonly<Record<PauseScope['kind'], Map<string, Set<string>>>> = {
    all: new Map(),
    account: new Map(),
    webhook: new Map(),
    origin: new Map(),
  }
  readonly #keys = new Set<string>()

  apply(key: string, state: 'paused' | 'lifted'): PauseUpdate {
    const scope = readScopeKey(key)
    if (scope === null) return 'unknown'
    const isPaused = this.#keys.has(key)
    if (isPaused === (state === 'paused')) return 'unchanged'
    const held = this.#inForce[scope.kind]
    const name = lookedUpAs(scope)
    const keys = held.get(name) ?? new Set()
    if (state === 'paused') {
      this.#keys.add(key)
      held.set(name, keys.add(key))
    } else {
      this.#keys.delete(key)
      keys.delete(key)
      if (keys.size === 0) held.delete(name)
    }
    return state
  }

  /** A key whose pause holds the webhook's deliveries back, the widest first; null: none does. */
  pausing({
    webhookId,
    accountId,
    origin,
  }: Pick<Webhook, 'webhookId' | 'accountId' | 'origin'>): string | null {
    if (this.#keys.size === 0) return null
    const { all, account, webhook, origin: origins } = this.#inForce
    const keys =
      all.get('') ??
      account.get(accountId) ??
      webhook.get(webhookId) ??
      (origins.size === 0 ? undefined : origins.get(plainOrigin(origin)))
    if (keys === undefined) return null
    const [first = null] = keys
    return first
  }

  isInForce(key: string): boolean {
    return this.#keys.has(key)
  }

  /** All that are in force. */
  get keys(): ReadonlySet<string> {
    return this.#keys
  }

  counts(): PauseCounts {
    const counted = pauseScopeKinds.map((kind) => [kind, this.#inForce[kind].size])
    return Object.fromEntries(counted) as PauseCounts
  }
}

function lookedUpAs(scope: PauseScope): string {
  switch (scope.kind) {
    case 'all':
      return ''
    case 'account':
    case 'webhook':
      return scope.id
    case 'origin':
      return originOf(scope.address)
  }
}
