// Who has which partitions, by what workers say of what they were dealt.
import { assignmentsOf } from '../harness/assignments.ts'
import { until } from '../harness/until.ts'
import { partitions } from './scene.ts'
import type { Member, Scene } from './scene.ts'

export function dealtTo({ process }: Member): readonly number[] {
  return assignmentsOf(process).at(-1)?.partitions ?? []
}

/** Resolves when each partition is one living worker's, and no worker is without, as long as there are enough. */
export async function untilDealt(scene: Scene): Promise<void> {
  const isDealt = (): boolean => {
    const dealt = scene.members.map(dealtTo)
    const all = dealt.flat()
    const each = Math.floor(partitions / dealt.length)
    return (
      all.length === partitions &&
      new Set(all).size === partitions &&
      dealt.every((some) => some.length >= each)
    )
  }
  await until(isDealt, 'the partitions to be dealt', 60_000, () =>
    JSON.stringify(scene.members.map((member) => [member.name, dealtTo(member)])),
  )
}
