// Dialling as a sender does it, over addresses that a test gives instead of name servers.
import type { NetConnectOpts, Socket } from 'node:net'
import { AddressGuard } from '../../../src/http/address-guard.ts'
import { createDial } from '../../../src/http/dial.ts'
import type { Dial } from '../../../src/http/dial.ts'
import type { Resolution } from '../../../src/http/resolution.ts'
import { readPlace } from '../../../src/guard/place.ts'

export interface TestResolver {
  resolve(name: string): Promise<Resolution>
}

export const noNames: TestResolver = {
  resolve: () => Promise.reject(new Error('a literal needs no look-up')),
}

export function dialOf(
  resolver: TestResolver,
  allowedEntries: readonly string[],
  open?: (options: NetConnectOpts) => Socket,
): Dial {
  const allowed = allowedEntries.map(readPlace).filter((place) => place !== null)
  const guard = new AddressGuard({ allowed, denied: [] }, () => ({ interfaces: [], services: [] }))
  return createDial({ resolver, guard, ...(open === undefined ? {} : { open }) })
}
