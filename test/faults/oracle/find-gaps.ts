// Gap: a request that no outcome tells of, an outcome of an answer to no request, or attempts that are not 1 to n.
// Judged per attempt of a delivery, not per request: whoever is killed between a request and its outcome leaves none,
// and the repeat has the same number and then an outcome. A life that was cut off after its second attempt may be
// repeated from the first, and end there: then nothing tells of the second, but a lower one was begun again later.
import type { DeliveryFacts, Facts } from './deliveries.ts'
import { isOfRequest, nameOf } from './deliveries.ts'
import type { Interruption } from './ledger.ts'

export function findGaps({ ledger: { interruptions }, deliveries }: Facts): readonly string[] {
  return [...deliveries.values()].flatMap((facts) =>
    faultsOf(facts, interruptions).map((fault) => `${nameOf(facts)}: ${fault}`),
  )
}

function faultsOf(facts: DeliveryFacts, interruptions: readonly Interruption[]): readonly string[] {
  const { arrivals, outcomes } = facts
  const told = new Set(outcomes.filter(isOfRequest).map(({ attempt }) => attempt))
  /** When each attempt arrived for the last time. */
  const sent = new Map(arrivals.map(({ attempt, atMs }) => [attempt, atMs]))
  const faults: string[] = []
  for (const [attempt, atMs] of sent) {
    if (told.has(attempt) || isCutOff(facts, attempt, atMs, interruptions)) continue
    faults.push(`no outcome tells of attempt ${attempt}`)
  }
  for (const { outcome_id, attempt, status_code, final, result } of outcomes) {
    if (status_code !== null && !sent.has(attempt)) {
      faults.push(`${outcome_id} tells of an answer to attempt ${attempt}, which nobody received`)
    }
    if (!final && result === 'retry_scheduled' && !outcome_id.endsWith(`/a${attempt}`))
      faults.push(`${outcome_id} says attempt ${attempt}`)
  }
  const last = Math.max(0, ...told, ...sent.keys())
  for (let attempt = 1; attempt < last; attempt += 1) {
    if (!told.has(attempt) && !sent.has(attempt)) faults.push(`attempt ${attempt} of ${last} is missing`)
  }
  return faults
}

/** Whether its life was interrupted after it, and either begun again from there or before, or called off. */
function isCutOff(
  { arrivals, certainty }: DeliveryFacts,
  attempt: number,
  atMs: number,
  interruptions: readonly Interruption[],
): boolean {
  const isBefore = (untilMs: number): boolean =>
    interruptions.some(({ fromMs, toMs }) => toMs >= atMs - slackMs && fromMs <= untilMs)
  const again = arrivals.find((each) => each.atMs > atMs && each.attempt < attempt)
  if (again !== undefined) return isBefore(again.atMs)
  return certainty === 'perhaps' && isBefore(Number.POSITIVE_INFINITY)
}

/** What was sent just before a kill arrives just after it. */
const slackMs = 1_000
