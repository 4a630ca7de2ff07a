// Limits of a webhook's own: how long an attempt may take, how many requests its receiver takes, how long an event is
// worth being told. Invariant: what passes lies within the rules' ranges. What the operator allows is not asked here:
// a wish beyond that is no fault, and is held within it where it is used.
import type { WebhookConfigRecord } from './records.ts'
import type { WebhookFault } from './webhook-fault.ts'
import { webhookLimits } from './webhook-rules.ts'
import type { Webhook } from './webhook.ts'

type OwnLimits = Pick<Webhook, 'totalTimeoutMs' | 'concurrency' | 'ratePerSecond' | 'retryHorizonMs'>
type LimitName = keyof NonNullable<WebhookConfigRecord['limits']>

interface Range {
  readonly least: number
  readonly most: number
  readonly isWhole: boolean
  /** What is allowed, before the range itself. */
  readonly what: string
}

/** In the order in which faults are told. */
const ranges: Readonly<Record<LimitName, Range>> = {
  total_timeout_ms: {
    least: 1,
    most: webhookLimits.maxTotalTimeoutMs,
    isWhole: true,
    what: 'a whole number of milliseconds',
  },
  concurrency: { least: 1, most: webhookLimits.maxConcurrency, isWhole: true, what: 'a whole number' },
  rate_per_second: {
    least: webhookLimits.minRatePerSecond,
    most: webhookLimits.maxRatePerSecond,
    isWhole: false,
    what: 'a number',
  },
  retry_horizon_s: {
    least: 1,
    most: webhookLimits.maxRetryHorizonS,
    isWhole: true,
    what: 'a whole number of seconds',
  },
}

export const limitNames = Object.keys(ranges) as readonly LimitName[]

/** Null where there is no limit; what is out of range is told and stands in the result as it came. */
export function readLimits(
  limits: WebhookConfigRecord['limits'],
  add: (fault: WebhookFault) => void,
): OwnLimits {
  for (const name of limitNames) {
    const value = limits?.[name] ?? null
    if (value === null || isWithin(value, ranges[name])) continue
    const { what, least, most } = ranges[name]
    const allowed = `${what} from ${least} to ${most}`
    add({ path: `limits.${name}`, rule: 'range', found: `is ${value}`, allowed })
  }
  const horizonS = limits?.retry_horizon_s ?? null
  return {
    totalTimeoutMs: limits?.total_timeout_ms ?? null,
    concurrency: limits?.concurrency ?? null,
    ratePerSecond: limits?.rate_per_second ?? null,
    retryHorizonMs: horizonS === null ? null : horizonS * 1_000,
  }
}

/** NaN is within no range. */
function isWithin(value: number, { least, most, isWhole }: Range): boolean {
  return value >= least && value <= most && (!isWhole || Number.isInteger(value))
}
