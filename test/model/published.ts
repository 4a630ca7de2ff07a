// What a process has been told about a webhook: the newest version that it has read, and which webhooks match an event
// then. Worked out anew from the log each time, so that it cannot go wrong as a table can.
import type { CallEvent } from '../../src/domain/call-event.ts'
import type { WebhookConfigRecord } from '../../src/domain/records.ts'
import type { WebhookChange } from '../../src/domain/webhook-change.ts'
import type { ProcessFacts } from './facts.ts'

export type Version =
  | { readonly kind: 'deleted' }
  | {
      readonly kind: 'valid' | 'disabled' | 'invalid'
      /** The newest that could be decoded since it was deleted last; null: none. */
      readonly record: WebhookConfigRecord | null
    }

export function versionAt(process: ProcessFacts, webhookId: string): Version {
  return versionOf(process.configs.told, webhookId)
}

export function versionOf(changes: readonly WebhookChange[], webhookId: string): Version {
  let version: Version = { kind: 'deleted' }
  for (const change of changes) if (change.webhookId === webhookId) version = versionAfter(version, change)
  return version
}

function versionAfter(before: Version, change: WebhookChange): Version {
  switch (change.kind) {
    case 'tombstone':
      return { kind: 'deleted' }
    case 'undecodable':
      // It is of the same account and types, and enabled or not, as the one before it.
      if (before.kind === 'deleted') return { kind: 'invalid', record: null }
      return { kind: before.kind === 'disabled' ? 'disabled' : 'invalid', record: before.record }
    case 'upsert': {
      const { config } = change
      return { kind: !config.enabled ? 'disabled' : config.host === '' ? 'invalid' : 'valid', record: config }
    }
  }
}

/** The ids of those that match, in no order. */
export function matchesOf(
  changes: readonly WebhookChange[],
  { account_id, event_type }: CallEvent,
): ReadonlySet<string> {
  const ids = [...new Set(changes.map(({ webhookId }) => webhookId))]
  return new Set<string>(
    ids.filter((webhookId) => {
      const version = versionOf(changes, webhookId)
      if (version.kind === 'deleted' || version.kind === 'disabled' || version.record === null) return false
      return version.record.account_id === account_id && version.record.event_types.includes(event_type)
    }),
  )
}

/** The record of one that can be called. */
export function validRecordOf(version: Version): WebhookConfigRecord | null {
  return version.kind === 'valid' ? version.record : null
}

export function horizonMsOf(version: Version): number {
  return (validRecordOf(version)?.limits?.retry_horizon_s ?? Number.POSITIVE_INFINITY) * 1_000
}
