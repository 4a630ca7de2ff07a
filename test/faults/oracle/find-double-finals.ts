// Double final: two ids under which one delivery ended, or an end that does not say `delivered` although an answer of
// 2xx was told.
import { finalOutcomeId } from '../../../src/domain/outcome.ts'
import type { Facts } from './deliveries.ts'
import { foldedFinal, nameOf } from './deliveries.ts'

export function findDoubleFinals({ deliveries }: Facts): readonly string[] {
  const doubles: string[] = []
  for (const facts of deliveries.values()) {
    const finals = new Set(facts.outcomes.filter(({ final }) => final).map(({ outcome_id }) => outcome_id))
    const others = [...finals].filter((id) => id !== finalOutcomeId(facts.id, 0))
    if (finals.size > 1 || others.length > 0)
      doubles.push(`${nameOf(facts)} ended as ${[...finals].join(' and ')}`)
    const succeeded = facts.outcomes.some(
      ({ status_code, result }) =>
        result === 'delivered' || (status_code !== null && status_code >= 200 && status_code < 300),
    )
    const final = foldedFinal(facts)
    if (succeeded && final?.result !== 'delivered')
      doubles.push(`${nameOf(facts)} succeeded and is told as ${final?.result ?? 'not ended'}`)
  }
  return doubles
}
