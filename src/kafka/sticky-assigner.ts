// The group's partition assigner: each member says what it had, and the leader deals with as few moves as it can.
// The client's own deals over random member ids, so one worker more moved most of the partitions.
import { AssignerProtocol } from 'kafkajs'
import type { PartitionAssigner } from 'kafkajs'
import { dealPartitions } from './deal-partitions.ts'
import type { Claim } from './deal-partitions.ts'
import type { MembershipHooks } from './patches/group-membership.ts'

/** What this member had when it last joined; told to the leader at the next join. */
export interface Holding {
  readonly generation: number
  readonly partitions: readonly number[]
}

const version = 1

/** `holding` is asked at each join. `hooks` ride along: the client hands the assigner back with the group. */
export function stickyAssigner(holding: () => Holding, hooks: MembershipHooks): PartitionAssigner {
  return ({ cluster }) => ({
    name: 'call-webhook-sticky',
    version,
    ...hooks,
    protocol({ topics }) {
      const userData = Buffer.from(JSON.stringify(holding()))
      return {
        name: 'call-webhook-sticky',
        metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }),
      }
    },
    async assign({ members, topics }) {
      const counts = new Map(
        topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length] as const),
      )
      const claims = members.map(({ memberId, memberMetadata }) => claimOf(memberId, memberMetadata))
      const dealt = dealPartitions(claims, Math.max(0, ...counts.values()))
      return Array.from(dealt, ([memberId, partitions]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: Object.fromEntries(
            Array.from(counts, ([topic, count]) => [topic, partitions.filter((each) => each < count)]),
          ),
          userData: Buffer.alloc(0),
        }),
      }))
    },
  })
}

/** A member whose claim cannot be read has none: it gets its share of what is left. */
function claimOf(memberId: string, metadata: Buffer): Claim {
  try {
    const text = AssignerProtocol.MemberMetadata.decode(metadata)?.userData.toString('utf8') ?? ''
    const holding: unknown = JSON.parse(text)
    if (isHolding(holding)) return { memberId, ...holding }
  } catch {
    // Not ours, or of another version.
  }
  return { memberId, generation: -1, partitions: [] }
}

function isHolding(value: unknown): value is Holding {
  if (typeof value !== 'object' || value === null) return false
  if (!('generation' in value) || !('partitions' in value)) return false
  const { generation, partitions } = value
  return typeof generation === 'number' && Array.isArray(partitions) && partitions.every(Number.isInteger)
}
