// What a field is called, where a fault stands away from it.
import type { Texts } from './texts.ru.ts'

/** By the path of a fault; empty for the webhook as a whole. */
export function fieldLabel(path: string, { form, advanced }: Texts): string {
  const labels: ReadonlyMap<string, string> = new Map([
    ['protocol', form.address],
    ['host', form.address],
    ['port', form.address],
    ['address', form.address],
    ['path', form.path],
    ['parameters', form.parameters],
    ['method', form.method],
    ['event_types', form.eventType],
    ['content_type', form.contentType],
    ['headers', advanced.headers],
    ['authentication', advanced.authentication],
    ['signing_secrets', advanced.signing],
    ['tls_verification', advanced.tlsVerification],
    ['missing_values', advanced.missingValues],
    ['time_zone', advanced.timeZone],
    ['limits', advanced.limits],
    ['limits.total_timeout_ms', advanced.totalTimeout],
    ['limits.concurrency', advanced.concurrency],
    ['limits.rate_per_second', advanced.ratePerSecond],
    ['limits.retry_horizon_s', advanced.retryHorizon],
  ])
  const [, root = '', index] = /^(\w+)(?:\[(\d+)\])?/.exec(path) ?? []
  const label = labels.get(path) ?? labels.get(root) ?? root
  return index === undefined || root === 'event_types' ? label : `${label}, ${Number(index) + 1}`
}
