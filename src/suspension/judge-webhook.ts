// The verdict about one webhook, from what is held against it and from what all processes told: a pure fold.
// Invariants: only facts counted since the newest record about the present version count, so that what was told before a
// success, an edit or another verdict can decide nothing any more; a success among them outweighs all failures; what is
// suspended is never suspended again.
import type { ConfigPosition } from '../domain/delivery.ts'
import type {
  HeldSuspension,
  LiftCause,
  Notice,
  Suspension,
  SuspensionCause,
  Verdict,
  WebhookFact,
} from '../domain/suspension.ts'
import { isOlderConfig, isSameConfig } from './config-order.ts'

export interface JudgeRules {
  /** Milliseconds for which a webhook that is watched must have only failed. */
  readonly afterMs: number
  /** Attempts that must have failed in that time. */
  readonly attempts: number
  /** Milliseconds after which nothing that was told before can come up again. */
  readonly forgetAfterMs: number
}

export interface Case {
  /** The newest record about the webhook, whatever version it is about. */
  readonly held: HeldSuspension | undefined
  /** The webhook's present version; null: it is deleted. */
  readonly current: ConfigPosition | null
  readonly facts: readonly WebhookFact[]
  /** Epoch milliseconds. */
  readonly nowMs: number
}

/** Null: all stays as it is. */
export function judgeWebhook({ held, current, facts, nowMs }: Case, rules: JudgeRules): Verdict | null {
  if (held !== undefined && current === null) return taken(held, 'deleted', nowMs)
  if (current === null) return null
  // Whoever told it knew of a version that has not arrived here yet, and what he had told of this one is written over.
  if (facts.some(({ config }) => isOlderConfig(current, config))) return null
  if (held === undefined) return onFailing(null, counted(facts, current, null), current, nowMs)
  if (!isSameConfig(held.config, current)) {
    // Whoever judged knew of a version that has not arrived here yet.
    return isOlderConfig(current, held.config) ? null : taken(held, 'edited', nowMs)
  }
  const told = counted(facts, current, held.offset)
  const isOutdated = nowMs - lastActivityMs(held, told) >= rules.forgetAfterMs
  switch (held.state) {
    case 'cleared':
      return onFailing(held, told, current, nowMs) ?? (isOutdated ? forgotten(held) : null)
    case 'watched':
      return onWatched(held, told, rules, nowMs) ?? (isOutdated ? forgotten(held) : null)
    case 'suspended': {
      const late = held.watchOffset === null ? [] : counted(facts, current, held.watchOffset)
      if (![...told, ...late].some(hasSucceeded)) return null
      const notice = noticeOf(held, 'succeeded', nowMs)
      return { webhookId: held.webhookId, suspension: clearedOf(held, told, nowMs), notice }
    }
  }
}

/** Whether the fact may still count, now or after a record that is on its way. */
export function mayCount(
  { config, watchOffset }: WebhookFact,
  held: HeldSuspension | undefined,
  current: ConfigPosition | null,
): boolean {
  if (current !== null && isOlderConfig(config, current)) return false
  if (held === undefined || !isSameConfig(held.config, config)) return true
  return watchOffset !== null && (watchOffset >= held.offset || watchOffset === held.watchOffset)
}

/** Nothing is held against it, or it was cleared. */
function onFailing(
  held: HeldSuspension | null,
  told: readonly WebhookFact[],
  config: ConfigPosition,
  nowMs: number,
): Verdict | null {
  const sum = sumOf(told)
  if (sum === null) return null
  if (told.some(({ gone }) => gone)) return suspended(sum, config, held, 'gone', nowMs)
  const { webhookId } = sum
  return { webhookId, suspension: { ...sum, ...watch(config, nowMs) }, notice: null }
}

function onWatched(
  held: HeldSuspension,
  told: readonly WebhookFact[],
  { afterMs, attempts }: JudgeRules,
  nowMs: number,
): Verdict | null {
  if (told.some(hasSucceeded)) {
    return { webhookId: held.webhookId, suspension: clearedOf(held, told, nowMs), notice: null }
  }
  const sum = sumOf(told)
  if (sum === null) return null
  if (told.some(({ gone }) => gone)) return suspended(sum, held.config, held, 'gone', nowMs)
  // By both clocks: of who judges, and of who saw it fail.
  const lastedMs = Math.min(nowMs, sum.lastFailedAtMs) - held.watchedSinceMs
  if (sum.attempts < attempts || lastedMs < afterMs) return null
  return suspended(sum, held.config, held, 'only_failures', nowMs)
}

type Sum = Pick<
  Suspension,
  'webhookId' | 'accountId' | 'attempts' | 'last' | 'firstFailedAtMs' | 'lastFailedAtMs'
>

/** Of those that tell of failures; null: none does. */
function sumOf(told: readonly WebhookFact[]): Sum | null {
  let sum = null as Sum | null
  for (const { webhookId, accountId, failures, firstFailedAtMs, lastFailedAtMs, last } of told) {
    if (firstFailedAtMs === null || lastFailedAtMs === null) continue
    sum = {
      webhookId,
      accountId,
      attempts: (sum?.attempts ?? 0) + failures,
      last: sum === null || lastFailedAtMs >= sum.lastFailedAtMs ? last : sum.last,
      firstFailedAtMs: Math.min(firstFailedAtMs, sum?.firstFailedAtMs ?? firstFailedAtMs),
      lastFailedAtMs: Math.max(lastFailedAtMs, sum?.lastFailedAtMs ?? lastFailedAtMs),
    }
  }
  return sum
}

function counted(
  facts: readonly WebhookFact[],
  config: ConfigPosition,
  since: bigint | null,
): readonly WebhookFact[] {
  return facts.filter((fact) => fact.watchOffset === since && isSameConfig(fact.config, config))
}

function hasSucceeded({ succeededAtMs }: WebhookFact): boolean {
  return succeededAtMs !== null
}

function lastActivityMs(held: HeldSuspension, told: readonly WebhookFact[]): number {
  return Math.max(held.watchedSinceMs, held.lastFailedAtMs, ...told.map((fact) => fact.lastFailedAtMs ?? 0))
}

function watch(config: ConfigPosition, nowMs: number) {
  return {
    state: 'watched',
    config,
    watchOffset: null,
    watchedSinceMs: nowMs,
    suspendedSinceMs: null,
    cause: null,
  } as const
}

function suspended(
  sum: Sum,
  config: ConfigPosition,
  held: HeldSuspension | null,
  cause: SuspensionCause,
  nowMs: number,
): Verdict {
  const before = held?.state === 'watched' ? held : null
  const suspension = {
    ...sum,
    state: 'suspended' as const,
    config,
    watchOffset: before?.offset ?? null,
    watchedSinceMs: before?.watchedSinceMs ?? nowMs,
    suspendedSinceMs: nowMs,
    cause,
    firstFailedAtMs: before?.firstFailedAtMs ?? sum.firstFailedAtMs,
  }
  return { webhookId: sum.webhookId, suspension, notice: { liftedBy: null, atMs: nowMs, of: suspension } }
}

function clearedOf(held: HeldSuspension, told: readonly WebhookFact[], nowMs: number): Suspension {
  const { offset: _offset, ...before } = held
  return {
    ...before,
    state: 'cleared',
    watchOffset: null,
    watchedSinceMs: nowMs,
    suspendedSinceMs: null,
    cause: null,
    attempts: held.state === 'watched' ? (sumOf(told)?.attempts ?? 0) : held.attempts,
  }
}

function taken(held: HeldSuspension, by: LiftCause, nowMs: number): Verdict {
  return { webhookId: held.webhookId, suspension: null, notice: noticeOf(held, by, nowMs) }
}

function forgotten({ webhookId }: HeldSuspension): Verdict {
  return { webhookId, suspension: null, notice: null }
}

/** Null where nothing is suspended that could be lifted. */
function noticeOf(held: HeldSuspension, liftedBy: LiftCause, atMs: number): Notice | null {
  const { offset: _offset, ...of } = held
  const { suspendedSinceMs, cause } = of
  if (suspendedSinceMs === null || cause === null) return null
  return { liftedBy, atMs, of: { ...of, suspendedSinceMs, cause } }
}
