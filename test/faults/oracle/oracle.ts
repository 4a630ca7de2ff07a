// The oracle of the fault suite: from what is known of a run it names what must never be, whatever the fault, and
// counts what was repeated. Invariant: it is pure, and an empty list means that every id was looked at.
import { countDuplicates } from './count-duplicates.ts'
import type { Duplicates } from './count-duplicates.ts'
import { factsOf } from './deliveries.ts'
import { findDoubleFinals } from './find-double-finals.ts'
import { findGaps } from './find-gaps.ts'
import { findInversions } from './find-inversions.ts'
import { findLost } from './find-lost.ts'
import { findCommitFaults } from './find-overcommits.ts'
import { findPhantoms } from './find-phantoms.ts'
import type { Ledger } from './ledger.ts'

export interface Verdict {
  readonly anomalies: Anomalies
  readonly duplicates: Duplicates
  /** Commits below earlier ones. */
  readonly setBacks: readonly string[]
}

/** Each with what it was, a line for each case. */
export type Anomalies = Readonly<
  Record<'lost' | 'phantom' | 'gap' | 'overcommit' | 'inversion' | 'double_final', readonly string[]>
>

export function judge(ledger: Ledger): Verdict {
  const facts = factsOf(ledger)
  const { overcommits, setBacks } = findCommitFaults(facts)
  return {
    anomalies: {
      lost: findLost(facts),
      phantom: findPhantoms(facts),
      gap: findGaps(facts),
      overcommit: overcommits,
      inversion: findInversions(facts),
      double_final: findDoubleFinals(facts),
    },
    duplicates: countDuplicates(facts),
    setBacks,
  }
}
