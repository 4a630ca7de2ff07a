// Networks: an address and how many of its leading bits all members share.
import type { IpAddress } from './ip-address.ts'
import { readIpAddress } from './ip-address.ts'

export interface IpNetwork {
  readonly family: 4 | 6
  /** Of the prefix alone; what follows it is cut off. */
  readonly prefix: bigint
  /** Bits that follow the prefix: 0 for a single address. */
  readonly freeBits: number
}

/**
 * `10.0.0.0/8`, `fd00::/8`, or an address alone. Null also where bits are set behind the prefix: it cannot be told
 * whether the address or the network was meant.
 */
export function readIpNetwork(text: string): IpNetwork | null {
  const [, addressText = '', lengthText] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = readIpAddress(addressText)
  if (address === null) return null
  const { family, bits } = address
  const width = family === 4 ? 32 : 128
  const length = lengthText === undefined ? width : Number(lengthText)
  if (length > width) return null
  const freeBits = width - length
  const network = { family, prefix: bits >> BigInt(freeBits), freeBits }
  return network.prefix << BigInt(freeBits) === bits ? network : null
}

export function isWithin({ family, bits }: IpAddress, network: IpNetwork): boolean {
  return family === network.family && bits >> BigInt(network.freeBits) === network.prefix
}
