// Lost: a delivery that has to be made and has not ended, or has ended otherwise although its receiver was well; and one
// that waited in a retry topic and never came out.
import type { Facts } from './deliveries.ts'
import { foldedFinal, nameOf } from './deliveries.ts'

export function findLost({ deliveries }: Facts): readonly string[] {
  const lost: string[] = []
  for (const facts of deliveries.values()) {
    const final = foldedFinal(facts)
    const wasParked = facts.records.some(({ content }) => content.kind === 'parked')
    const name = nameOf(facts)
    if (final === undefined) {
      if (facts.certainty === 'surely') lost.push(`${name} has not ended`)
      else if (wasParked) lost.push(`${name} was parked and has not ended`)
      continue
    }
    const isRight =
      final.result === 'delivered' || (final.result === 'cancelled' && facts.certainty !== 'surely')
    if (!isRight) lost.push(`${name} ended as ${final.result}: ${final.reason}`)
  }
  return lost
}
