// Judges that nobody acts for a partition that may be another's: a process begins and writes only for what it was dealt,
// while the group has heard of it within the session timeout, and never when another has been dealt it since.
import type { OffsetCommit } from '../../src/ports.ts'
import type { OutcomeWrite, ParkWrite, ProcessFacts, RequestFacts } from './facts.ts'
import { nameOf } from './ledger.ts'
import type { Judge, Ledger } from './ledger.ts'
import type { Surroundings } from './surroundings.ts'

export class JudgeOfMembership implements Judge {
  readonly #around: Surroundings
  readonly #ledger: Ledger

  constructor(around: Surroundings) {
    this.#around = around
    this.#ledger = around.ledger
  }

  requestBegun({ process, delivery, sent }: RequestFacts): void {
    this.#judge(process, delivery.partition, `begins attempt ${sent.attempt} of ${nameOf(delivery)}`)
  }

  outcomeIssued({ process, outcome }: OutcomeWrite): void {
    this.#judge(process, outcome.source.partition, `writes ${outcome.outcomeId}`)
  }

  parkIssued({ process, parked, deliveries }: ParkWrite): void {
    this.#judge(process, parked.source.partition, `parks ${deliveries.map(nameOf).join()}`)
  }

  commitIssued(process: ProcessFacts, offsets: readonly OffsetCommit[]): void {
    for (const { topic, partition } of offsets)
      this.#judge(process, partition, `commits ${topic}/${partition}`)
  }

  #judge(process: ProcessFacts, partition: number, act: string): void {
    const { name, member, owned } = process
    const beatenAtMs = member.lastHeartbeatMs()
    const silentMs = beatenAtMs === null ? Number.POSITIVE_INFINITY : this.#ledger.nowMs - beatenAtMs
    const owner = this.#around.group.ownerOf(partition)
    if (!owned.has(partition)) this.#ledger.breach('not its own', `${name} ${act} of partition ${partition}`)
    else if (silentMs > this.#around.settings.sessionTimeoutMs) {
      this.#ledger.breach('in doubt', `${name} ${act}, unheard for ${silentMs} ms`)
    } else if (owner !== null && owner !== name) {
      this.#ledger.breach("another's", `${name} ${act} of partition ${partition}, which ${owner} has`)
    }
  }
}
