// Whether an attempt may begin, by all that is known now: the newest version of its webhook, the horizon, what the
// operator paused, whose receiver is taken for dead, and whether anything is sent at all. Looked at before an attempt asks
// for room, and again when it has waited for it. Invariant: it decides over what is in memory, and the same again for
// what has not changed.
import type { Delivery } from '../domain/delivery.ts'
import type { Webhook } from '../domain/webhook.ts'
import { isSameVersion } from '../table/table-entry.ts'
import type { ValidEntry } from '../table/table-entry.ts'
import type { DeliveryWorld } from './delivery-world.ts'
import type { Facts } from './life-record.ts'
import type { Ending } from './outcome-of.ts'

export type Prospect =
  | { readonly kind: 'yes'; readonly entry: ValidEntry; readonly facts: Facts }
  /** It ends without a request. */
  | { readonly kind: 'over'; readonly ending: Ending; readonly facts: Facts }
  | { readonly kind: 'expired'; readonly facts: Facts }
  /** This process ends what it has in hand. */
  | { readonly kind: 'cut'; readonly facts: Facts }
  /** All but the request is done. */
  | { readonly kind: 'shadow'; readonly webhook: Webhook; readonly facts: Facts }
  /** `key`: of the pause in force. */
  | { readonly kind: 'paused'; readonly key: string; readonly facts: Facts }

type KnownWorld = Pick<DeliveryWorld, 'clock' | 'table' | 'pauses' | 'suspensions' | 'settings'>

export function mayBegin(
  delivery: Delivery,
  { clock, table, pauses, suspensions, settings }: KnownWorld,
  cut: AbortSignal,
): Prospect {
  const entry = table.find(delivery.webhookId)
  if (entry === undefined)
    return over({ result: 'cancelled', reason: 'webhook_deleted', faultOwner: null }, {})
  const facts = { config: entry.config, webhook: entry.kind === 'valid' ? entry.webhook : null }
  if (!entry.enabled)
    return over({ result: 'cancelled', reason: 'webhook_disabled', faultOwner: null }, facts)
  if (entry.kind === 'invalid')
    return over({ result: 'rejected', reason: 'invalid_config', faultOwner: 'config' }, facts)
  if (clock.nowMs() >= delivery.expiresAtMs) return { kind: 'expired', facts }
  if (cut.aborted) return { kind: 'cut', facts }
  const { webhook } = entry
  // Before pauses: they are about requests, and there will be none.
  if (settings.shadow === 'all' || settings.shadow.has(webhook.accountId)) {
    return { kind: 'shadow', webhook, facts }
  }
  const key = pauses.pausing(webhook)
  if (key !== null) return { kind: 'paused', key, facts }
  // After pauses: what waits for their end takes no probe's turn.
  if (suspensions.holds(delivery, entry.config)) {
    return over({ result: 'rejected', reason: 'suspended', faultOwner: 'receiver' }, facts)
  }
  return { kind: 'yes', entry, facts }
}

/** Whether it may begin for the same version as `before`. */
export function isStillSo(before: ValidEntry, now: Prospect): boolean {
  return now.kind === 'yes' && isSameVersion(before, now.entry)
}

function over(ending: Ending, facts: Facts): Prospect {
  return { kind: 'over', ending, facts }
}
