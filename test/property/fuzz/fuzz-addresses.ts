// Addresses and places, as name servers, webhooks and operators may write them. What Node.js would connect to is read as
// what it is; what is no address is denied.
import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { readDirectPlaces } from '../../../src/guard/direct-places.ts'
import { embeddedIpv4 } from '../../../src/guard/embedded-ipv4.ts'
import { readIpAddress } from '../../../src/guard/ip-address.ts'
import { readIpNetwork } from '../../../src/guard/ip-network.ts'
import { judgeSpot } from '../../../src/guard/judge-spot.ts'
import type { GuardLists } from '../../../src/guard/judge-spot.ts'
import { readPlace } from '../../../src/guard/place.ts'
import { wrappedHosts } from '../../harness/address-rows.ts'
import { fuzzTarget, must, mustEqual } from './fuzz-target.ts'
import { changedText } from './hostile-inputs.ts'

const nobody = { interfaces: [], services: [] }
const nothing: GuardLists = { allowed: [], denied: [] }
const everything = { ...nothing, allowed: ['0.0.0.0/0', '::/0'].map((text) => readPlace(text)!) }

const bareForms = (ipv4: string): readonly string[] =>
  wrappedHosts(ipv4).map((host) => host.replaceAll(/[[\]]/g, ''))
const anyAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV4().chain((ipv4) => fc.constantFrom(...bareForms(ipv4))),
  fc.ipV6(),
)
const anyPlace = fc.oneof(
  anyAddress,
  fc.tuple(anyAddress, fc.nat(140)).map(([address, length]) => `${address}/${length}`),
  fc.tuple(anyAddress, fc.nat(70_000)).map(([address, port]) => `[${address}]:${port}`),
  fc.tuple(fc.constantFrom('', '.', '*.'), fc.domain()).map((parts) => parts.join('')),
)

function judgeAddress(text: string): string {
  const address = readIpAddress(text)
  // A zone names an interface of this machine, which is nobody's address to give.
  mustEqual(address?.family ?? 0, text.includes('%') ? 0 : isIP(text), 'the family')
  const verdict = (lists: GuardLists) => judgeSpot({ host: null, addressText: text, port: 80 }, lists, nobody)
  if (address === null) {
    must(verdict(everything) === 'denied', 'what is no address is denied')
    return 'no address'
  }
  must(verdict(everything) === 'allowed', 'what is allowed is reached')
  const holds = embeddedIpv4(address).length > 0
  must(!holds || verdict(nothing) === 'denied', 'what holds an IPv4 address is denied')
  return verdict(nothing)
}

function judgePlace(text: string): string {
  const place = readPlace(text)
  const isNetwork = readIpNetwork(text) !== null
  must(!isNetwork || place?.kind === 'network', 'a network is a place')
  must(
    place?.kind !== 'name' || readDirectPlaces(text)?.length === 2,
    'a name stands for what is below it too',
  )
  return place?.kind ?? 'no place'
}

export const addressTargets = [
  fuzzTarget({
    name: 'addresses to connect to',
    inputs: fc.oneof(anyAddress, changedText(anyAddress)),
    judge: judgeAddress,
  }),
  fuzzTarget({
    name: 'places in lists of addresses',
    inputs: fc.oneof(anyPlace, changedText(anyPlace)),
    judge: judgePlace,
  }),
]
