// What can be paused, and the key by which the topic of states names it: `all`, `account:acme`, `webhook:w-1`,
// `origin:https://host:443`. Invariant: one scope is written with one key, and whatever other key reads as the same scope
// means it too: an origin is read as people write an address.
import { formatAddress, parseAddress } from './webhook-address.ts'
import type { Address } from './webhook-address.ts'
import type { WebhookFault } from './webhook-fault.ts'

export const pauseScopeKinds = ['all', 'account', 'webhook', 'origin'] as const

export type PauseScope =
  | { readonly kind: 'all' }
  /** Every webhook of the account. */
  | { readonly kind: 'account'; readonly id: string }
  | { readonly kind: 'webhook'; readonly id: string }
  /** Every webhook that leads there. */
  | { readonly kind: 'origin'; readonly address: Address }

export type ScopeReading =
  | { readonly kind: 'scope'; readonly scope: PauseScope }
  | { readonly kind: 'fault'; readonly fault: Omit<WebhookFault, 'path'> }

/** Longer than any id or address may be. */
const maxKeyLength = 1_024

export function scopeKeyOf(scope: PauseScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all'
    case 'account':
    case 'webhook':
      return `${scope.kind}:${scope.id}`
    case 'origin': {
      const { protocol, host, port } = scope.address
      return `origin:${protocol}://${host}:${port}`
    }
  }
}

/** Null: the key names nothing that can be paused. */
export function readScopeKey(key: string): PauseScope | null {
  if (key === 'all') return { kind: 'all' }
  const colon = key.indexOf(':')
  const [kind, rest] = [key.slice(0, colon), key.slice(colon + 1)]
  if (colon === -1 || rest === '' || key.length > maxKeyLength) return null
  if (kind === 'account' || kind === 'webhook') return { kind, id: rest }
  if (kind !== 'origin') return null
  const reading = readOriginScope(rest)
  return reading.kind === 'scope' ? reading.scope : null
}

/** `mysite.ru`, `https://mysite.ru`, `1.2.3.4:8080`; ports that no webhook may lead to can be paused all the same. */
export function readOriginScope(text: string): ScopeReading {
  const reading = parseAddress(text, { blockedPorts: new Set(), unverifiedTls: 'refused' })
  if (reading.kind === 'fault') return reading
  const { protocol, host, port } = reading
  return { kind: 'scope', scope: { kind: 'origin', address: { protocol, host: withoutRoot(host), port } } }
}

/** The origin as webhooks have it, without the dot of DNS's root: with or without it one receiver answers. */
export function plainOrigin(origin: string): string {
  return origin.replace(/\.(?=:\d+$|$)/, '')
}

export function originOf(address: Address): string {
  return plainOrigin(formatAddress(address))
}

function withoutRoot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host
}
