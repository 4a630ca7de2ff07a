// Overcommit: a commit declares a record finished before all that it led to was in its topic: of each delivery the end,
// or a later parking. Broker's times on both sides, so that no clock of a worker's has a say.
// Set back: a commit that lies below an earlier one of its partition, as one of a lost assignment would.
import { declaredBy, isDeclared, nothingDeclared } from '../../model/declared.ts'
import type { DeliveryFacts, Facts } from './deliveries.ts'
import { nameOf } from './deliveries.ts'
import type { ReadableRecord, TakenCommit } from './ledger.ts'

export interface CommitFaults {
  readonly overcommits: readonly string[]
  readonly setBacks: readonly string[]
}

export function findCommitFaults(facts: Facts): CommitFaults {
  const faults = { overcommits: [] as string[], setBacks: [] as string[] }
  const records = Map.groupBy(facts.ledger.records, keyOf)
  const commits = Map.groupBy(facts.ledger.commits, keyOf)
  const ofEvents = deliveriesByEvent(facts)
  for (const [key, taken] of commits) {
    const byOffset = new Map((records.get(key) ?? []).map((record) => [record.offset, record]))
    const end = Math.max(0, ...[...byOffset.keys()].map((offset) => offset + 1))
    const declaredAtMs = new Map<number, number>()
    let before = nothingDeclared
    for (const commit of taken) {
      const now = declaredBy({ offset: BigInt(commit.offset), metadata: commit.metadata })
      if (now.offset < before.offset) faults.setBacks.push(`${key}: ${now.offset} after ${before.offset}`)
      if (byOffset.size > 0 && now.offset > end)
        faults.overcommits.push(`${key}: ${now.offset} is beyond the end, ${end}`)
      for (let offset = before.offset; offset < Math.min(now.offset, end); offset += 1) note(offset, commit)
      for (const offset of now.finished) note(offset, commit)
      before = now.offset >= before.offset ? now : before
    }
    function note(offset: number, { atMs }: TakenCommit): void {
      if (!declaredAtMs.has(offset)) declaredAtMs.set(offset, atMs)
    }
    for (const [offset, atMs] of declaredAtMs) {
      const record = byOffset.get(offset)
      if (record === undefined) continue
      const why = whyUnfinished(record, atMs, facts, ofEvents)
      if (why !== null) faults.overcommits.push(`${key}/${offset}: ${why}`)
    }
  }
  return faults
}

/** Records that the commits until then do not know to be finished. */
export function unfinishedAt(
  { records, commits }: Facts['ledger'],
  { commitsUntilMs, recordsUntilMs }: { readonly commitsUntilMs: number; readonly recordsUntilMs: number },
): readonly ReadableRecord[] {
  const last = new Map(
    commits.filter(({ atMs }) => atMs <= commitsUntilMs).map((commit) => [keyOf(commit), commit]),
  )
  const declared = new Map(
    Array.from(last, ([key, { offset, metadata }]) => [
      key,
      declaredBy({ offset: BigInt(offset), metadata }),
    ]),
  )
  return records.filter(
    (record) =>
      record.appendedAtMs <= recordsUntilMs &&
      !isDeclared(declared.get(keyOf(record)) ?? nothingDeclared, record.offset),
  )
}

/** Null: it was finished by then. */
function whyUnfinished(
  record: ReadableRecord,
  atMs: number,
  { deliveries }: Facts,
  ofEvents: ReadonlyMap<string, readonly DeliveryFacts[]>,
): string | null {
  const { content } = record
  if (content.kind === 'poison') {
    const isKept = content.deadLetteredAtMs !== null && content.deadLetteredAtMs <= atMs
    return isKept ? null : 'declared finished without a dead letter'
  }
  const led =
    content.kind === 'event'
      ? (ofEvents.get(content.eventId) ?? [])
      : content.deliveryIds.flatMap((id) => deliveries.get(id) ?? [])
  const open = led.find((facts) => facts.certainty === 'surely' && !isSettled(facts, record, atMs))
  return open === undefined
    ? null
    : `declared finished while ${nameOf(open)} had neither ended nor was parked`
}

function isSettled({ outcomes, records }: DeliveryFacts, record: ReadableRecord, atMs: number): boolean {
  if (outcomes.some(({ final, appendedAtMs }) => final && appendedAtMs <= atMs)) return true
  const times = record.content.kind === 'parked' ? record.content.parkedTimes : 0
  return records.some(
    ({ content, appendedAtMs, ...place }) =>
      content.kind === 'parked' &&
      appendedAtMs <= atMs &&
      // One that is as far along is a copy: whoever has taken it drops this one.
      (content.parkedTimes > times || (content.parkedTimes === times && !isSamePlace(place, record))),
  )
}

function isSamePlace(one: Omit<ReadableRecord, 'content' | 'appendedAtMs'>, other: ReadableRecord): boolean {
  return one.topic === other.topic && one.partition === other.partition && one.offset === other.offset
}

function deliveriesByEvent({ deliveries }: Facts): ReadonlyMap<string, readonly DeliveryFacts[]> {
  return Map.groupBy(deliveries.values(), ({ order }) => order.eventId)
}

function keyOf({ topic, partition }: Pick<ReadableRecord, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`
}
