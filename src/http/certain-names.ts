// Names whose addresses are certain without asking anybody: literals, loopback, and those of /etc/hosts.
// Invariant: localhost is this machine whatever anybody says (RFC 6761), so no name server can move it elsewhere.
import { isIP } from 'node:net'
import type { Addresses, ResolvedAddress } from './resolution.ts'
import { certain } from './resolution.ts'
import { plainName } from './search-rules.ts'

/** Addresses by name, in lower case; IPv4 first. */
export type HostsTable = ReadonlyMap<string, readonly ResolvedAddress[]>

const loopback = certain([
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
])

/** Reads the text of a hosts file. Never fails: a line that cannot be read says nothing. */
export function readHostsTable(text: string): HostsTable {
  const table = new Map<string, readonly ResolvedAddress[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/s, '').trim().split(/\s+/)
    const family = familyOf(address)
    if (family === null) continue
    for (const name of names.map(plainName)) {
      const known = table.get(name) ?? []
      if (known.some((other) => other.address === address)) continue
      table.set(
        name,
        [...known, { address, family }].sort((one, other) => one.family - other.family),
      )
    }
  }
  return table
}

/** What the name stands for without a question, or undefined where a name server has to be asked. */
export function certainAddresses(name: string, hosts: HostsTable): Addresses | undefined {
  const family = familyOf(name)
  if (family !== null) return certain([{ address: name, family }])
  const plain = plainName(name)
  if (plain === 'localhost' || plain.endsWith('.localhost')) return loopback
  const listed = hosts.get(plain)
  return listed === undefined ? undefined : certain(listed)
}

function familyOf(address: string): 4 | 6 | null {
  const family = isIP(address)
  return family === 4 || family === 6 ? family : null
}
