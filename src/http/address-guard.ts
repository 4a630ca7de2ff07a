// The guard that every connection to a receiver passes: the lists of the settings, and what is known of this process's
// own places, held against where a connection would lead, and where it has led.
// Invariant: a refusal is one and the same error, whatever was found, so that nobody can map a network by asking.
import { judgeHost, judgeSpot } from '../guard/judge-spot.ts'
import type { GuardLists, OwnPlaces } from '../guard/judge-spot.ts'
import { plainHost } from '../guard/place.ts'

/** Whom to connect to: a name, or an IP address without brackets. */
export interface Target {
  readonly host: string
  readonly port: number
}

export class AddressDenied extends Error {
  readonly code = 'ADDRESS_DENIED'

  constructor() {
    super('the address is not one that a webhook may lead to')
  }
}

export class AddressGuard {
  readonly #lists: GuardLists
  readonly #findOwn: () => OwnPlaces | Promise<OwnPlaces>

  constructor(lists: GuardLists, findOwn: () => OwnPlaces | Promise<OwnPlaces>) {
    this.#lists = lists
    this.#findOwn = findOwn
  }

  /** Whether an address may be connected to for the target. @throws AddressDenied for a host that is denied as such. */
  async judgeOf({ host, port }: Target, kind: 'name' | 'address'): Promise<(addressText: string) => boolean> {
    const own = await this.#findOwn()
    const name = kind === 'name' ? plainHost(host) : null
    if (name !== null && judgeHost(name, port, this.#lists) === 'denied') throw new AddressDenied()
    return (addressText) => judgeSpot({ host: name, addressText, port }, this.#lists, own) === 'allowed'
  }
}
