// What is known of a name's addresses, as a value, and how the answers for its two families become one.
// Invariants: IPv4 stands before IPv6; a failure never looks like an empty success; how long it may be believed is
// part of what is known. Pure, so that what any pair of answers comes to is a table in a test.

/** An address of a name. */
export interface ResolvedAddress {
  readonly address: string
  readonly family: 4 | 6
}

/** Why there are no addresses: the name does not exist, has none, its servers failed, or were silent for too long. */
export type NameFailure = 'no_such_name' | 'no_data' | 'server_failure' | 'timeout'

export interface FailedResolution {
  readonly kind: 'failed'
  readonly failure: NameFailure
  /** What the name server or the system below it said, as a code, for the log. */
  readonly code: string
}

export interface Addresses {
  readonly kind: 'addresses'
  /** At least one. */
  readonly addresses: readonly ResolvedAddress[]
  /** Milliseconds for which they may be believed. */
  readonly holdMs: number
}

export type Resolution = Addresses | FailedResolution

/** What came of one question, for the addresses of one family. */
export type FamilyAnswer =
  | {
      readonly kind: 'addresses'
      /** At least one. */
      readonly addresses: readonly string[]
      /** Of the record that lasts least; seconds. */
      readonly ttlS: number
    }
  | FailedResolution

/** An address is not asked for again within a second, and is asked for anew after 30, whatever its record says. */
const leastHoldMs = 1_000
const mostHoldMs = 30_000

/** So long a failure is believed: a name whose servers are silent costs one wait, and not one for each delivery. */
export const failureHoldMs = 5_000

export const noAnswer: FailedResolution = { kind: 'failed', failure: 'timeout', code: 'ETIMEOUT' }

/** How little is known after a failure; of two failures the one that leaves more open is told. */
const openness: Readonly<Record<NameFailure, number>> = {
  timeout: 3,
  server_failure: 2,
  no_data: 1,
  no_such_name: 0,
}

/** One resolution of the answers for both families. */
export function resolutionOf(ipv4: FamilyAnswer, ipv6: FamilyAnswer): Resolution {
  if (ipv4.kind === 'failed' && ipv6.kind === 'failed') return moreOpen(ipv4, ipv6)
  return {
    kind: 'addresses',
    addresses: [...addressesOf(ipv4, 4), ...addressesOf(ipv6, 6)],
    holdMs: Math.min(holdMsOf(ipv4), holdMsOf(ipv6)),
  }
}

export function moreOpen(one: FailedResolution, other: FailedResolution): FailedResolution {
  return openness[other.failure] > openness[one.failure] ? other : one
}

/** Addresses that nobody needs to be asked for. */
export function certain(addresses: readonly ResolvedAddress[]): Addresses {
  return { kind: 'addresses', addresses, holdMs: mostHoldMs }
}

function addressesOf(answer: FamilyAnswer, family: 4 | 6): readonly ResolvedAddress[] {
  return answer.kind === 'failed' ? [] : answer.addresses.map((address) => ({ address, family }))
}

/** Half an answer, where the other half is not known, is believed no longer than a failure. */
function holdMsOf(answer: FamilyAnswer): number {
  if (answer.kind === 'failed') {
    return openness[answer.failure] > openness.no_data ? failureHoldMs : mostHoldMs
  }
  return Math.min(Math.max(answer.ttlS * 1_000, leastHoldMs), mostHoldMs)
}
