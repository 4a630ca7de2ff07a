// The core in a simulated world: whatever befalls it, what it promises holds.
// MODEL_SEEDS=n runs so many worlds, MODEL_FROM=n begins with another one, MODEL_SEED=n runs one and no other.
import { expect, it } from '@jest/globals'
import { runSeed } from '../model/run.ts'
import { storyOf } from '../model/story.ts'

const { MODEL_SEED, MODEL_FROM = '1', MODEL_SEEDS = '1000' } = process.env
const first = Number(MODEL_SEED ?? MODEL_FROM)
const count = MODEL_SEED === undefined ? Number(MODEL_SEEDS) : 1

/** What must have happened in so many worlds, or they are not the ones that this is about. */
const mustHappen = [
  'chunked',
  'rejected fanout_limit',
  'dead_lettered',
  'skipped no_webhook',
  'event_time_distrusted',
  'moved_on',
  'copy_dropped',
  'late word',
  'deferred breaker_open',
  'deferred interrupted',
  'deferred lane_full',
  'deferred paused',
  'parked for a pause',
  'deferred rate_limited',
  'deferred retry_after',
  'retry_scheduled interrupted',
  'expired horizon_passed',
  'cancelled webhook_deleted',
  'cancelled webhook_disabled',
  'rejected invalid_config',
  'breaker of webhook closed',
  'breaker of origin closed',
  'gate closed commits fail',
  'gate closed the group does not answer heartbeats',
  'gate closed the process stood still; the table is being checked',
  'gate closed the table is being read',
  'commit_failed',
  'stalled',
  'table_reset',
  'expelled alive',
  'expelled dead',
  'write of the dead',
  'handed over in order',
  'handed over in disorder',
  'repeated attempt',
]

it(`the core keeps its promises in ${count} worlds`, async () => {
  const seen = new Set<string>()
  for (let seed = first; seed < first + count; seed += 1) {
    const run = await runSeed(seed)
    for (const what of run.ledger.seen.keys()) seen.add(what)
    if (run.breaches.length > 0) throw new Error(storyOf(run))
  }
  if (count >= 1_000) expect([...seen]).toEqual(expect.arrayContaining(mustHappen))
}, 600_000)
