// What the operator pauses in a run, and when each pause is lifted again.
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import type { Dice } from './dice.ts'
import type { PauseRecord } from './pause-topic.ts'
import type { Fault } from './plan-faults.ts'

const pausesUntilMs = 45_000

/** Some stand before anybody starts, some are written while a process stands still. */
function drawBegin(dice: Dice, faults: readonly Fault[]): number {
  if (dice.chance(0.2)) return 0
  const anyMs = dice.int(1, pausesUntilMs)
  const freezes = faults.flatMap((fault) => (fault.kind === 'freeze' ? [fault] : []))
  if (freezes.length === 0 || dice.chance(0.4)) return anyMs
  const { atMs, forMs } = dice.pick(freezes)
  return Math.min(pausesUntilMs, atMs + dice.int(1, forMs))
}

/** In the order in which they are written; everything is lifted in the end. */
export function drawPauses(
  dice: Dice,
  webhooks: readonly WebhookConfigRecord[],
  faults: readonly Fault[],
): readonly PauseRecord[] {
  if (!dice.chance(0.4)) return []
  const records = Array.from({ length: dice.int(1, 4) }, () => {
    const { webhook_id, account_id, host } = dice.pick(webhooks)
    const key = dice.pick([
      'all',
      `account:${account_id}`,
      `webhook:${webhook_id}`,
      `origin:http://${host}:80`,
      `origin:http://${host}:80`,
    ])
    const fromMs = drawBegin(dice, faults)
    const forMs = dice.pick([50, 1_500, 10_000, 30_000])
    const paused: PauseRecord = { key, state: 'paused', atMs: fromMs }
    const lifted: PauseRecord = { key, state: 'lifted', atMs: fromMs + forMs }
    return [paused, lifted]
  })
  return records.flat().sort((one, other) => one.atMs - other.atMs)
}
