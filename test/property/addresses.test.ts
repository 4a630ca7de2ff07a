// Addresses of all kinds: what is denied is denied in every disguise.
import * as fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { isWithin, readIpNetwork } from '../../src/guard/ip-network.ts'
import { judgeSpot } from '../../src/guard/judge-spot.ts'
import { readPlace } from '../../src/guard/place.ts'
import { isPublic } from '../../src/guard/public-address.ts'
import { wrappedHosts } from '../harness/address-rows.ts'

const runs = { numRuns: 2_000 }
const nobody = { interfaces: [], services: [] }
const nothing = { allowed: [], denied: [] }
const verdictOf = (text: string, lists: Parameters<typeof judgeSpot>[1] = nothing) =>
  judgeSpot({ host: null, addressText: text, port: 80 }, lists, nobody)

const deniedRanges = ['10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']
const moreRanges = [
  '100.64.0.0/10',
  '0.0.0.0/8',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')

const deniedIpv4 = fc.constantFrom(...deniedRanges, ...moreRanges).chain((range) => {
  const { prefix, freeBits } = readIpNetwork(range)!
  return fc
    .bigInt(0n, (1n << BigInt(freeBits)) - 1n)
    .map((rest) => dotted(Number((prefix << BigInt(freeBits)) | rest)))
})

/** As `new URL` hands hosts on. */
const literalOf = (host: string): string => new URL(`http://${host}`).hostname.replaceAll(/[[\]]/g, '')

describe('an IPv4 address', () => {
  it('of a denied range is denied, plain and in all that may hold it', () => {
    fc.assert(
      fc.property(deniedIpv4, (ipv4) => {
        const forms = [ipv4, ...wrappedHosts(ipv4).map(literalOf)]
        expect(forms.filter((form) => verdictOf(form) !== 'denied')).toEqual([])
      }),
      runs,
    )
  })

  it('of a denied range stays denied in a form that is allowed', () => {
    const allowed = ['::/0'].map((text) => readPlace(text)!)
    fc.assert(
      fc.property(deniedIpv4, (ipv4) => {
        // Two that hold none, though they look it.
        const forms = wrappedHosts(ipv4)
          .map(literalOf)
          .filter((form) => form !== '::' && form !== '::1')
        expect(forms.filter((form) => verdictOf(form, { allowed, denied: [] }) !== 'denied')).toEqual([])
      }),
      runs,
    )
  })

  it('is denied in all that may hold it, also where it is public', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (bits) => {
        const forms = wrappedHosts(dotted(bits)).map(literalOf)
        expect(forms.filter((form) => verdictOf(form) !== 'denied')).toEqual([])
      }),
      runs,
    )
  })
})

describe('an IPv6 address', () => {
  it('outside of global unicast is not public', () => {
    const globalUnicast = readIpNetwork('2000::/3')!
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 128n) - 1n), (bits) => {
        const address = { family: 6, bits } as const
        if (!isWithin(address, globalUnicast)) expect(isPublic(address)).toBe(false)
      }),
      runs,
    )
  })
})
