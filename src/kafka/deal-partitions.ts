// Who gets which partitions: balanced, and with as few moves as balance allows.
// Invariants: every partition is dealt to exactly one member; shares differ by at most one; a member keeps what
// it had up to its share. A partition number stands for that partition of every topic of the group, so that what
// belongs together is worked on by the same process.

export interface Claim {
  readonly memberId: string
  /** The generation in which the member had them: of two claims, the later one is true. */
  readonly generation: number
  readonly partitions: readonly number[]
}

/** Partition numbers by member id, each list rising. `partitionCount`: 0 or more; `claims`: one per member. */
export function dealPartitions(
  claims: readonly Claim[],
  partitionCount: number,
): ReadonlyMap<string, readonly number[]> {
  const kept = keepClaimed(claims, partitionCount)
  // Whoever holds most may keep the larger share; the id decides the rest, so that every leader deals alike.
  const members = [...kept].sort(
    ([id, own], [otherId, other]) => other.length - own.length || (id < otherId ? -1 : 1),
  )
  const smallShare = Math.floor(partitionCount / Math.max(members.length, 1))
  let largeShares = partitionCount - smallShare * members.length
  const free = new Set(Array.from({ length: partitionCount }, (_, partition) => partition))
  const dealt = members.map(([memberId, own]) => {
    const share = smallShare + (largeShares > 0 ? 1 : 0)
    if (largeShares > 0) largeShares -= 1
    const partitions = own.slice(0, share)
    for (const partition of partitions) free.delete(partition)
    return { memberId, share, partitions }
  })
  const rest = [...free]
  for (const { share, partitions } of dealt) partitions.push(...rest.splice(0, share - partitions.length))
  return new Map(dealt.map(({ memberId, partitions }) => [memberId, partitions.sort((a, b) => a - b)]))
}

/** What each member had and nobody claims with better right. */
function keepClaimed(claims: readonly Claim[], partitionCount: number): Map<string, number[]> {
  const owners = new Map<number, Claim>()
  for (const claim of claims) {
    for (const partition of claim.partitions) {
      const rival = owners.get(partition)
      const better =
        rival === undefined ||
        claim.generation > rival.generation ||
        (claim.generation === rival.generation && claim.memberId < rival.memberId)
      if (better && partition >= 0 && partition < partitionCount) owners.set(partition, claim)
    }
  }
  const kept = new Map<string, number[]>(claims.map(({ memberId }) => [memberId, []]))
  for (const partition of [...owners.keys()].sort((a, b) => a - b)) {
    kept.get(owners.get(partition)?.memberId ?? '')?.push(partition)
  }
  return kept
}
