// All judges of a run.
import { JudgeOfAttempts } from './judge-of-attempts.ts'
import { JudgeOfCommits } from './judge-of-commits.ts'
import { JudgeOfEndings } from './judge-of-endings.ts'
import { JudgeOfLanes } from './judge-of-lanes.ts'
import { JudgeOfMembership } from './judge-of-membership.ts'
import { JudgeOfOrder } from './judge-of-order.ts'
import { JudgeOfOutcomes } from './judge-of-outcomes.ts'
import { JudgeOfPauses } from './judge-of-pauses.ts'
import { JudgeOfRepeats } from './judge-of-repeats.ts'
import { JudgeOfWaits } from './judge-of-waits.ts'
import type { Plan } from './plan.ts'
import type { Surroundings } from './surroundings.ts'

export function seatJudges(around: Surroundings, plan: Plan): void {
  const addresses = new Map<string, Set<string>>()
  for (const { change } of plan.configs) {
    if (change.kind !== 'upsert') continue
    const own = addresses.get(change.webhookId) ?? new Set()
    addresses.set(change.webhookId, own.add(`${change.config.host}${change.config.path}`))
  }
  const moved = new Set([...addresses].flatMap(([id, own]) => (own.size > 1 ? [id] : [])))
  around.ledger.seats(
    new JudgeOfRepeats(around),
    new JudgeOfCommits(around),
    new JudgeOfMembership(around),
    new JudgeOfAttempts(around),
    new JudgeOfOutcomes(around),
    new JudgeOfOrder(around),
    new JudgeOfLanes(around, moved),
    new JudgeOfWaits(around, plan),
    new JudgeOfPauses(around, plan),
    new JudgeOfEndings(around),
  )
}
