// Duplicates: requests of one (delivery, attempt) beyond the first, and attempts beyond one that succeeded, as those of a
// second chain of retries; and how many there may be. Each interruption lets
// what had been sent out of records that the last commits before it left unfinished be sent once more; two such records
// of one delivery are two lives. An event that stands twice in its topic, because its own producer was not answered, may
// be delivered twice.
import type { DeliveryFacts, Facts } from './deliveries.ts'
import { nameOf } from './deliveries.ts'
import { unfinishedAt } from './find-overcommits.ts'

export interface Duplicates {
  readonly count: number
  /** Over all deliveries. */
  readonly bound: number
  /** Of single deliveries, beyond what each may. */
  readonly beyond: readonly string[]
}

export function countDuplicates(facts: Facts): Duplicates {
  const allowed = new Map<DeliveryFacts, number>()
  const allow = (delivery: DeliveryFacts, more: number): void => {
    if (more > 0) allowed.set(delivery, (allowed.get(delivery) ?? 0) + more)
  }
  for (const { fromMs, toMs, partitions } of facts.ledger.interruptions) {
    const untilMs = Math.max(toMs, fromMs + slackMs)
    const records = unfinishedAt(facts.ledger, { commitsUntilMs: fromMs, recordsUntilMs: untilMs })
    const unfinished = new Set(records.filter(({ partition }) => partitions?.includes(partition) ?? true))
    for (const delivery of facts.deliveries.values()) {
      const open = delivery.records.filter((record) => unfinished.has(record)).length
      if (open === 0) continue
      const sent = delivery.arrivals.filter(({ atMs }) => atMs <= untilMs).length
      allow(delivery, sent + open - 1)
    }
  }
  for (const delivery of facts.deliveries.values()) {
    const events = delivery.records.filter(({ content }) => content.kind === 'event').length
    if (events > 1)
      allow(delivery, (events - 1) * new Set(delivery.arrivals.map(({ attempt }) => attempt)).size)
  }
  let count = 0
  const beyond: string[] = []
  for (const delivery of facts.deliveries.values()) {
    const repeats = repeatsOf(delivery)
    count += repeats
    const may = allowed.get(delivery) ?? 0
    if (repeats > may) beyond.push(`${nameOf(delivery)} was repeated ${repeats} times instead of ${may}`)
  }
  return { count, bound: [...allowed.values()].reduce((sum, each) => sum + each, 0), beyond }
}

function repeatsOf({ arrivals, outcomes }: DeliveryFacts): number {
  const succeeded = outcomes.filter(({ result }) => result === 'delivered').map(({ attempt }) => attempt)
  const needed = Math.min(...succeeded)
  const attempts = new Set(arrivals.map(({ attempt }) => attempt).filter((attempt) => attempt <= needed))
  return arrivals.length - attempts.size
}

/** What was sent just before a kill arrives just after it. */
const slackMs = 1_000
