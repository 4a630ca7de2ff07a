// How webhooks stand now that failed deliveries are for: what is sent again goes to them as they are, or not at all.
import type { WebhookId } from '../domain/ids.ts'
import type { Settings } from '../settings/schema.ts'
import { PauseTable } from '../table/pause-table.ts'
import { storedPauses } from './pauses.ts'
import { storedWebhooks } from './stored-webhooks.ts'

export interface WebhookNow {
  readonly state: 'ready' | 'paused' | 'deleted' | 'disabled' | 'invalid'
  /** As in an outcome; null where there is none to send to. */
  readonly origin: string | null
  /** Its own; null: the operator's holds. */
  readonly retryHorizonMs: number | null
}

const deleted: WebhookNow = { state: 'deleted', origin: null, retryHorizonMs: null }

/** One for each of those that are named. */
export async function webhooksNow(
  settings: Settings,
  named: readonly (readonly [string, number])[],
): Promise<ReadonlyMap<string, WebhookNow>> {
  const ids = new Set(named.map(([id]) => id))
  if (ids.size === 0) return new Map()
  const pauses = new PauseTable()
  for (const key of (await storedPauses(settings)).keys()) pauses.apply(key, 'paused')
  const stored = await storedWebhooks(
    settings,
    (id) => ids.has(id),
    ({ entry }): WebhookNow => {
      const webhook = entry.kind === 'valid' ? entry.webhook : null
      const able = webhook === null ? 'invalid' : pauses.pausing(webhook) === null ? 'ready' : 'paused'
      return {
        state: entry.enabled ? able : 'disabled',
        origin: webhook?.origin ?? null,
        retryHorizonMs: webhook?.retryHorizonMs ?? null,
      }
    },
  )
  return new Map([...ids].map((id) => [id, stored.get(id as WebhookId) ?? deleted]))
}
