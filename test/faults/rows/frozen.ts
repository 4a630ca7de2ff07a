// A worker that stands still for longer than the group waits for it, and goes on as if nothing had been: its partitions
// are another's by then.
import { setTimeout as delay } from 'node:timers/promises'
import { assignmentsOf } from '../../harness/assignments.ts'
import type { Row } from '../row.ts'
import { epochMs } from '../scene.ts'

export const frozen: readonly Row[] = [
  {
    name: 'frozen',
    what: 'one of two workers is stopped (SIGSTOP) for longer than its session, and continued',
    goal: '0 commits, outcomes, parks and starts for a lost assignment',
    ground: 'shared',
    recoveryWithinMs: 15_000,
    async happen(scene, { frozenMs }) {
      const [first] = scene.members
      if (first === undefined) throw new Error('no worker lives')
      const frozenAtMs = epochMs()
      scene.interrupted({ fromMs: frozenAtMs, toMs: frozenAtMs })
      await first.process.freeze()
      await scene.load.deleteWebhook()
      await delay(frozenMs)
      const thawedAtMs = epochMs()
      first.process.thaw()
      return {
        endedAtMs: thawedAtMs,
        measure: () => {
          const joinedAtMs =
            assignmentsOf(first.process).find(({ atMs }) => atMs > thawedAtMs)?.atMs ??
            Number.POSITIVE_INFINITY
          const isMeanwhile = (atMs: number): boolean => atMs > thawedAtMs && atMs < joinedAtMs
          const outcomes = scene.rig.outcomes.filter(
            ({ worker_id, written_at }) => worker_id === first.name && isMeanwhile(written_at),
          )
          const requests = scene.arrivals.all.filter(
            ({ sender, atMs }) => sender === first.name && isMeanwhile(atMs),
          )
          return [
            { name: 'staleOutcomes', value: outcomes.length, atMost: 0 },
            { name: 'staleRequests', value: requests.length, atMost: 0 },
            { name: 'joinedAgain', value: Number.isFinite(joinedAtMs) ? 1 : 0, atLeast: 1 },
          ]
        },
      }
    },
  },
]
