// One search for a name: the full names that it may stand for, one after the other, both families of each at once.
// Invariants: over at its deadline, whoever is silent; a name that does not answer is not passed over for the next
// one, which might lead elsewhere; a slow IPv6 answer does not hold up an IPv4 one.
import type { Clock } from '../ports.ts'
import type { NameServers } from './name-servers.ts'
import type { FailedResolution, FamilyAnswer, Resolution } from './resolution.ts'
import { moreOpen, noAnswer, resolutionOf } from './resolution.ts'

/** With IPv4 addresses in hand the others are waited for no longer: the resolution delay of RFC 8305. */
const graceMs = 50

const notAName: FailedResolution = { kind: 'failed', failure: 'no_such_name', code: 'EBADNAME' }

/** `names`: full ones, in the order in which they are asked for; `timeoutMs`: over all of them. */
export async function queryName(
  names: readonly string[],
  servers: NameServers,
  clock: Clock,
  timeoutMs: number,
): Promise<Resolution> {
  const deadlineMs = clock.monotonicMs() + timeoutMs
  let failure: FailedResolution | null = null
  for (const name of names) {
    const leftMs = deadlineMs - clock.monotonicMs()
    const resolution = leftMs > 0 ? await queryFamilies(name, servers, clock, leftMs) : noAnswer
    if (resolution.kind === 'addresses' || resolution.failure === 'timeout') return resolution
    failure = failure === null ? resolution : moreOpen(failure, resolution)
  }
  return failure ?? notAName
}

function queryFamilies(
  name: string,
  servers: NameServers,
  clock: Clock,
  leftMs: number,
): Promise<Resolution> {
  return new Promise((resolve) => {
    let ipv4: FamilyAnswer | null = null
    let ipv6: FamilyAnswer | null = null
    let over = false
    const end = (): void => {
      over = true
      for (const cancel of timers) cancel()
      resolve(resolutionOf(ipv4 ?? noAnswer, ipv6 ?? noAnswer))
    }
    const timers = [clock.after(leftMs, end)]
    const note = (): void => {
      if (over) return
      if (ipv4 !== null && ipv6 !== null) end()
      else if (ipv4?.kind === 'addresses') timers.push(clock.after(graceMs, end))
    }
    void servers.ask(name, 4).then((answer) => {
      ipv4 = answer
      note()
    })
    void servers.ask(name, 6).then((answer) => {
      ipv6 = answer
      note()
    })
  })
}
