// All that is fuzzed.
import type { FuzzTarget } from './fuzz-target.ts'
import { addressTargets } from './fuzz-addresses.ts'
import { recordTargets } from './fuzz-records.ts'
import { webhookTargets } from './fuzz-webhooks.ts'

export const fuzzTargets: readonly FuzzTarget[] = [...webhookTargets, ...addressTargets, ...recordTargets]

/** One of its own where SEED names none. */
export function fuzzSeed(): number {
  return Number(process.env['SEED'] ?? Date.now() % 2_147_483_647)
}
