// The resolver in the shape in which Node.js asks for addresses when it makes a connection; literals it never asks for.
// Invariant: an error's code is one of ours, so that a name server that refuses is never taken for a receiver that
// refuses, nor its silence for the receiver's.
import type { LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { nextTick } from 'node:process'
import type { NameResolver } from './name-resolver.ts'
import type { FailedResolution, NameFailure, ResolvedAddress, Resolution } from './resolution.ts'

/** They begin alike, by which a failure to resolve is told from all others. */
const codes: Readonly<Record<NameFailure, string>> = {
  no_such_name: 'DNS_NO_SUCH_NAME',
  no_data: 'DNS_NO_DATA',
  server_failure: 'DNS_SERVER_FAILURE',
  timeout: 'DNS_TIMEOUT',
}

/** Why none of a name's addresses may be used; null: they may. */
export type Objection = (addresses: readonly ResolvedAddress[]) => Error | null

/** `objectTo`: sees all addresses of the name, whichever of them was asked for. */
export function lookupBy(resolver: Pick<NameResolver, 'resolve'>, objectTo: Objection): LookupFunction {
  return (name, options, callback) => {
    void resolver.resolve(name).then((resolution) => {
      const objection = resolution.kind === 'failed' ? null : objectTo(resolution.addresses)
      const answer: Answer = objection === null ? answerOf(name, options, resolution) : [objection, '']
      // Outside of the promise, so that what the callback throws is an error and not a promise's rejection.
      nextTick(callback, ...answer)
    })
  }
}

type Answer = Parameters<Parameters<LookupFunction>[2]>

function answerOf(name: string, { all = false, family }: LookupOptions, resolution: Resolution): Answer {
  if (resolution.kind === 'failed') return [unresolved(name, resolution), '']
  const wanted = resolution.addresses.filter((one) => isWanted(one.family, family))
  const [first] = wanted
  if (first === undefined) return [unresolved(name, { failure: 'no_data', code: 'ENODATA' }), '']
  return all ? [null, wanted] : [null, first.address, first.family]
}

/** Node.js gives the family as a number or by name; 0 and none mean both. */
function isWanted(family: 4 | 6, asked: number | 'IPv4' | 'IPv6' | undefined): boolean {
  return !asked || asked === family || asked === `IPv${family}`
}

export function unresolved(
  name: string,
  { failure, code }: Omit<FailedResolution, 'kind'>,
): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} has no address (${code})`), { code: codes[failure] })
}
