import { describe, expect, it } from '@jest/globals'
import { renderMetricsTable } from '../../generated/metrics-table.ts'
import { renderSettingsTable } from '../../generated/settings-table.ts'

describe('the README’s tables', () => {
  it('show a setting with both names, default and what is allowed', () => {
    const rows = renderSettingsTable().split('\n')
    expect(rows).toContain(
      '| `fanout.limit` | `FANOUT_LIMIT` | `1000` | a whole number from 1 to 100000 | Webhooks that one event may match |',
    )
    expect(rows).toContain(
      '| `kafka.sasl.password` | `KAFKA_SASL_PASSWORD` |  | text without control characters | Password at the brokers (secret; also from the file named by `KAFKA_SASL_PASSWORD_FILE`) |',
    )
    expect(rows.filter((row) => row.split(' | ').length !== 5 && !row.startsWith('|---'))).toEqual([])
    expect(renderSettingsTable()).toContain('`call-webhook-worker/<version>`')
    expect(renderSettingsTable()).toContain('| `WEBHOOKS_BLOCKED_PORTS` | `1,7,9,…` (82) |')
  })

  it('show a metric with its labels', () => {
    expect(renderMetricsTable().split('\n')).toContain(
      '| `webhook_worker_events_skipped_total` | counter | `reason` (no_webhook, unknown_event_type) | Call events without a delivery |',
    )
  })
})
