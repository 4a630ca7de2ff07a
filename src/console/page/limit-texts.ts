// The limits of a webhook as they are typed, and as the form has them. Invariant: what is stored comes back as the same
// number, whatever it is; what is typed is never rounded: that it does not fit is told beside its field.
import type { WebhookForm } from '../../domain/webhook-form.ts'

/** Seconds of each unit in which a horizon may be typed; the largest that divides it is shown. */
export const horizonUnits = { hours: 3_600, minutes: 60, seconds: 1 } as const

export type HorizonUnit = keyof typeof horizonUnits

/** As typed; empty: the operator's. */
export interface LimitTexts {
  /** Milliseconds. */
  readonly totalTimeout: string
  readonly concurrency: string
  readonly ratePerSecond: string
  /** In units of `retryHorizonUnit`. */
  readonly retryHorizon: string
  readonly retryHorizonUnit: HorizonUnit
}

export const noLimitTexts: LimitTexts = {
  totalTimeout: '',
  concurrency: '',
  ratePerSecond: '',
  retryHorizon: '',
  retryHorizonUnit: 'minutes',
}

export function limitTextsOf(limits: WebhookForm['limits']): LimitTexts {
  return {
    totalTimeout: textOf(limits?.total_timeout_ms),
    concurrency: textOf(limits?.concurrency),
    ratePerSecond: textOf(limits?.rate_per_second),
    ...horizonTextsOf(limits?.retry_horizon_s),
  }
}

/** What is no number is passed on as it was typed, so that it is refused by its name. Null where there is no limit. */
export function limitsIn(texts: LimitTexts): Readonly<Record<string, number | string>> | null {
  const limits = {
    total_timeout_ms: numberIn(texts.totalTimeout),
    concurrency: numberIn(texts.concurrency),
    rate_per_second: numberIn(texts.ratePerSecond),
    retry_horizon_s: secondsIn(texts),
  }
  const given = Object.entries(limits).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
  return given.length === 0 ? null : Object.fromEntries(given)
}

/** Null is what JSON makes of a number that it does not know; it means the same as left out. */
function textOf(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

function horizonTextsOf(
  seconds: number | null | undefined,
): Pick<LimitTexts, 'retryHorizon' | 'retryHorizonUnit'> {
  const { retryHorizon, retryHorizonUnit } = noLimitTexts
  if (seconds === null || seconds === undefined) return { retryHorizon, retryHorizonUnit }
  const unit = seconds % 3_600 === 0 ? 'hours' : seconds % 60 === 0 ? 'minutes' : 'seconds'
  return { retryHorizon: String(seconds / horizonUnits[unit]), retryHorizonUnit: unit }
}

/** A comma is what Russians write for the point. */
function numberIn(text: string): number | string | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  return /^-?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed.replace(',', '.')) : trimmed
}

function secondsIn({ retryHorizon, retryHorizonUnit }: LimitTexts): number | string | null {
  const typed = numberIn(retryHorizon)
  if (typeof typed !== 'number') return typed
  const seconds = typed * horizonUnits[retryHorizonUnit]
  const whole = Math.round(seconds)
  // 1.1 minutes are 66 seconds, of which binary fractions make 66.00000000000001.
  return Math.abs(seconds - whole) < 1e-6 ? whole : seconds
}
