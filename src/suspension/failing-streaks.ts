// What this process sees of webhooks that fail, and which of it is worth telling whoever judges.
// Invariants: what is counted is counted since the newest record about the version, so that it means the same to everybody;
// a success is told where somebody waits for it, and else only ends the streak; a webhook that is healthy is not held here.
import type { ConfigPosition } from '../domain/delivery.ts'
import type { AccountId, WebhookId } from '../domain/ids.ts'
import type { HeldSuspension, LastFailure, WebhookFact } from '../domain/suspension.ts'
import { isOlderConfig, isSameConfig } from './config-order.ts'
import type { Now } from './probe-schedule.ts'
import type { SuspensionTable } from './suspension-table.ts'

export interface StreakRules {
  /** Milliseconds for which a streak must have lasted before it is told: most are over sooner. */
  readonly reportEveryMs: number
  /** Milliseconds until what is watched is told of again, where more has failed. */
  readonly retellEveryMs: number
  /** Milliseconds after the last failure. */
  readonly forgetAfterMs: number
  /** Streaks held at once; later ones are not counted. */
  readonly most: number
}

/** An attempt that was made, and the version that it was made for. */
export interface SeenAttempt {
  readonly webhookId: WebhookId
  readonly accountId: AccountId
  readonly config: ConfigPosition
  /** Epoch milliseconds at which it ended. */
  readonly atMs: number
}

interface Streak {
  readonly accountId: AccountId
  readonly config: ConfigPosition
  /** Offset of the record since which it is counted. */
  readonly since: bigint | null
  readonly beganAtMs: number
  failures: number
  firstFailedAtMs: number | null
  lastFailedAtMs: number | null
  last: LastFailure
  gone: boolean
  succeededAtMs: number | null
  /** Failures, and when; monotonic milliseconds. */
  told: { readonly failures: number; readonly atMs: number } | null
}

/** `now`: it is to be told at once. */
export type Telling = 'now' | 'in_time'

const notKnown: LastFailure = { reason: null, statusCode: null }

export class FailingStreaks {
  readonly #rules: StreakRules
  readonly #table: SuspensionTable
  readonly #streaks = new Map<WebhookId, Streak>()
  readonly #urgent = new Set<WebhookId>()

  constructor(rules: StreakRules, table: SuspensionTable) {
    this.#rules = rules
    this.#table = table
  }

  get size(): number {
    return this.#streaks.size
  }

  failed(attempt: SeenAttempt, last: LastFailure, monotonicMs: number): Telling {
    const { webhookId, config, atMs } = attempt
    const held = this.#table.find(webhookId, config)
    const streak = this.#streakOf(attempt, held, monotonicMs)
    if (streak === null) return 'in_time'
    streak.failures += 1
    streak.firstFailedAtMs ??= atMs
    streak.lastFailedAtMs = atMs
    streak.last = last
    if (last.statusCode !== 410 || streak.gone) return 'in_time'
    streak.gone = true
    if (held?.state === 'suspended') return 'in_time'
    this.#urgent.add(webhookId)
    return 'now'
  }

  succeeded(attempt: SeenAttempt, monotonicMs: number): Telling {
    const { webhookId, config, atMs } = attempt
    const held = this.#table.find(webhookId, config)
    if (held === undefined || held.state === 'cleared') {
      const streak = this.#streaks.get(webhookId)
      if (streak !== undefined && !isOlderConfig(config, streak.config)) this.#drop(webhookId)
      return 'in_time'
    }
    const streak = this.#streakOf(attempt, held, monotonicMs)
    if (streak === null || streak.succeededAtMs !== null) return 'in_time'
    streak.succeededAtMs = atMs
    streak.gone = false
    this.#urgent.add(webhookId)
    return 'now'
  }

  /** At most so many facts that are worth telling, the urgent ones first, or them alone. They count as told. */
  take(which: 'urgent' | 'due', most: number, { nowMs, monotonicMs }: Now): readonly WebhookFact[] {
    const taken: WebhookFact[] = []
    const take = (webhookId: WebhookId, streak: Streak): void => {
      this.#urgent.delete(webhookId)
      streak.told = { failures: streak.failures, atMs: monotonicMs }
      taken.push(factOf(webhookId, streak))
    }
    for (const webhookId of this.#urgent) {
      if (taken.length >= most) return taken
      const streak = this.#streaks.get(webhookId)
      if (streak !== undefined && this.#isOfNow(webhookId, streak)) take(webhookId, streak)
      else this.#urgent.delete(webhookId)
    }
    if (which === 'urgent') return taken
    for (const [webhookId, streak] of this.#streaks) {
      if (taken.length >= most) return taken
      if (!this.#isOfNow(webhookId, streak) || this.#isForgotten(streak, nowMs)) this.#drop(webhookId)
      else if (this.#isDue(webhookId, streak, monotonicMs)) take(webhookId, streak)
    }
    return taken
  }

  #isDue(webhookId: WebhookId, { failures, told, beganAtMs, config }: Streak, monotonicMs: number): boolean {
    if (failures <= (told?.failures ?? 0)) return false
    // Of what is suspended only a success is news.
    if (this.#table.find(webhookId, config)?.state === 'suspended') return false
    const { reportEveryMs, retellEveryMs } = this.#rules
    return monotonicMs >= (told === null ? beganAtMs + reportEveryMs : told.atMs + retellEveryMs)
  }

  /** Whether it is counted since the newest record about its version. */
  #isOfNow(webhookId: WebhookId, { config, since }: Streak): boolean {
    return (this.#table.find(webhookId, config)?.offset ?? null) === since
  }

  #isForgotten({ lastFailedAtMs, succeededAtMs }: Streak, nowMs: number): boolean {
    return nowMs - Math.max(lastFailedAtMs ?? 0, succeededAtMs ?? 0) >= this.#rules.forgetAfterMs
  }

  /** Null: it is not counted. */
  #streakOf(
    { webhookId, accountId, config }: SeenAttempt,
    held: HeldSuspension | undefined,
    monotonicMs: number,
  ): Streak | null {
    const since = held?.offset ?? null
    const known = this.#streaks.get(webhookId)
    if (known !== undefined) {
      // Begun before the webhook was edited, ended after it.
      if (isOlderConfig(config, known.config)) return null
      if (isSameConfig(config, known.config) && known.since === since) return known
      this.#drop(webhookId)
    } else if (this.#streaks.size >= this.#rules.most && held === undefined) return null
    const streak: Streak = {
      accountId,
      config,
      since,
      beganAtMs: monotonicMs,
      failures: 0,
      firstFailedAtMs: null,
      lastFailedAtMs: null,
      last: notKnown,
      gone: false,
      succeededAtMs: null,
      told: null,
    }
    this.#streaks.set(webhookId, streak)
    return streak
  }

  #drop(webhookId: WebhookId): void {
    this.#streaks.delete(webhookId)
    this.#urgent.delete(webhookId)
  }
}

function factOf(webhookId: WebhookId, streak: Streak): WebhookFact {
  const { accountId, config, since, failures, firstFailedAtMs, lastFailedAtMs, last, gone, succeededAtMs } =
    streak
  return {
    webhookId,
    accountId,
    config,
    watchOffset: since,
    failures,
    firstFailedAtMs,
    lastFailedAtMs,
    last,
    gone,
    succeededAtMs,
  }
}
