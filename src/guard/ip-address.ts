// IP addresses as numbers, from the one strict form of each family.
// Invariant: what is not exactly an address is null and never a guess: an IPv4 address with leading zeros, or one that
// names a zone, means different things to different programs. Never throws, whatever the text.

export interface IpAddress {
  readonly family: 4 | 6
  /** The address as one number: of 32 bits, or of 128. */
  readonly bits: bigint
}

/** Dotted IPv4, or IPv6 without brackets and zone. */
export function readIpAddress(text: string): IpAddress | null {
  const ipv4 = readIpv4(text)
  if (ipv4 !== null) return { family: 4, bits: ipv4 }
  const ipv6 = readIpv6(text)
  return ipv6 === null ? null : { family: 6, bits: ipv6 }
}

export function isSameAddress(one: IpAddress, other: IpAddress): boolean {
  return one.family === other.family && one.bits === other.bits
}

function readIpv4(text: string): bigint | null {
  const [, ...parts] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text) ?? []
  if (parts.length !== 4) return null
  let bits = 0n
  for (const part of parts) {
    if ((part.length > 1 && part.startsWith('0')) || Number(part) > 255) return null
    bits = (bits << 8n) | BigInt(part)
  }
  return bits
}

const groupsOfIpv6 = 8

function readIpv6(text: string): bigint | null {
  const plain = withoutDots(text)
  if (plain === null) return null
  const [before = '', after, ...more] = plain.split('::')
  if (more.length > 0) return null
  const head = groupsIn(before)
  const tail = groupsIn(after ?? '')
  if (head === null || tail === null) return null
  const zeros = groupsOfIpv6 - head.length - tail.length
  // Two colons stand for at least one group.
  if (after === undefined ? zeros !== 0 : zeros < 1) return null
  const groups = [...head, ...Array.from({ length: zeros }, () => 0), ...tail]
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n)
}

/** With the IPv4 address that may end it written as two groups. */
function withoutDots(text: string): string | null {
  if (!text.includes('.')) return text
  const colon = text.lastIndexOf(':')
  const ipv4 = colon === -1 ? null : readIpv4(text.slice(colon + 1))
  if (ipv4 === null) return null
  return `${text.slice(0, colon + 1)}${(ipv4 >> 16n).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`
}

function groupsIn(text: string): readonly number[] | null {
  if (text === '') return []
  const groups = text.split(':')
  const isRead = groups.length <= groupsOfIpv6 && groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
  return isRead ? groups.map((group) => Number.parseInt(group, 16)) : null
}
