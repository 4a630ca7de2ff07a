// One sender meets all receivers at once: the odd request, then one more to the same port and one to a neighbour.
// Invariant: each receiver is as odd as if it were alone; the sender's process is the only one that they share.
import { judge } from '../../../src/retry/judgement.ts'
import { newAuthority } from '../certificates.ts'
import { answer, delivered, says } from './behaviour.ts'
import type { Behaviour, Ending } from './behaviour.ts'
import { authorityName, soundTls } from './handshakes.ts'
import { oddTarget, startHostileReceiver } from './receiver.ts'
import type { HostileReceiver } from './receiver.ts'
import { trapPath } from './redirects.ts'
import { startSenderProcess } from './sender-process.ts'
import type { Burden, SenderSurroundings, Sent } from './sender-process.ts'

export interface Encounter {
  readonly behaviour: Behaviour
  readonly odd: Sent
  /** What became of it, in the shape in which the table has it. */
  readonly ended: Ending
  /** Milliseconds that it took beyond its total timeout; below 0 where it ended sooner. */
  readonly lateMs: number
  /** The bodies of the answers to the next request and to the neighbour's; null where there was none. */
  readonly next: string | null
  readonly far: string | null
}

export interface Encounters {
  readonly met: readonly Encounter[]
  /** Requests at the place to which redirects lead. */
  readonly trapped: number
  /** Of the sender, in any round, over what it held at most with as many receivers of which none was odd. */
  readonly rssGrowthMb: number
  readonly cpuMsEach: number
  /** Of the sender's process: not 0 where something went wrong in it that nobody handled. */
  readonly exitCode: number | null
}

const totalTimeoutMs = 10_000
/** As the worker has them by default. */
const statuses = {
  retried: ['408', '425', '429', '5xx'],
  mended: ['3xx', '401', '403', '404', '405', '409', '415'],
  quickFailureWithinMs: 1_000,
}

export async function meetAll(
  behaviours: (neighbour: string) => readonly Behaviour[],
  { surroundings = {}, rounds = 1 }: { surroundings?: SenderSurroundings; rounds?: number } = {},
): Promise<Encounters> {
  const authority = newAuthority(authorityName)
  const sound: Behaviour = { name: 'is sound', respond: says(answer('ok')), ends: delivered }
  const neighbour = await startHostileReceiver(sound, authority)
  const receivers: HostileReceiver[] = [neighbour]
  const setting = { connectTimeoutMs: 2_000, totalTimeoutMs, connectionsPerOrigin: 1 }
  const sender = await startSenderProcess({ ...setting, trustedAuthorities: [authority.cert] }, surroundings)
  const bodyOf = async (origin: string, target: string): Promise<string | null> => {
    const { result } = await sender.send(origin, target)
    return result.kind === 'answered' ? result.excerpt : null
  }
  const meet = async (behaviour: Behaviour): Promise<Encounter> => {
    const receiver = await startHostileReceiver(behaviour, authority)
    receivers.push(receiver)
    const odd = await sender.send(receiver.origin, oddTarget, behaviour)
    if (behaviour.closes) await receiver.firstClosed
    const [next, far] = [
      await bodyOf(receiver.origin, nextTarget),
      await bodyOf(neighbour.origin, nextTarget),
    ]
    const lateMs = odd.tookMs - (behaviour.totalTimeoutMs ?? totalTimeoutMs)
    return { behaviour, odd, ended: endingOf(odd), lateMs, next, far }
  }
  const meetInRounds = async (behaviours: readonly Behaviour[]) => {
    const met: Encounter[] = []
    const burdens: Burden[] = []
    for (let round = 0; round < rounds; round += 1) {
      met.push(...(await Promise.all(behaviours.map(meet))))
      burdens.push(await sender.burden())
    }
    const mostMb = Math.max(...burdens.map(({ rssMb }) => rssMb))
    return { met, mostMb, cpuMs: burdens.at(-1)?.cpuMs ?? 0 }
  }
  try {
    const all = behaviours(neighbour.origin)
    // What as many receivers cost of which none is odd, is not the odd ones' doing.
    const harmless = all.map(({ tls }) => (tls === undefined ? sound : { ...sound, tls: soundTls }))
    const soundly = await meetInRounds(harmless)
    const oddly = await meetInRounds(all)
    const { met } = oddly
    const trapped = neighbour.arrived.filter((target) => target === trapPath).length
    return {
      met,
      trapped,
      rssGrowthMb: oddly.mostMb - soundly.mostMb,
      cpuMsEach: (oddly.cpuMs - soundly.cpuMs) / met.length,
      exitCode: await sender.stop(),
    }
  } finally {
    await sender.stop()
    for (const receiver of receivers) receiver.stop()
  }
}

/** Its answer says the same. */
export const nextTarget = '/next'

function endingOf({ result }: Sent): Ending {
  const judgement = judge(result, statuses)
  return {
    result: result.kind === 'answered' ? result.statusCode : result.failure,
    judged: judgement.kind,
    ...('reason' in judgement && { as: `${judgement.reason} (${judgement.faultOwner})` }),
    ...(result.kind === 'answered' &&
      result.redirectOrigin !== null && { redirectOrigin: result.redirectOrigin }),
  }
}
