// Which failed deliveries an operator wants to have sent again, and the text by which a run keeps it in Kafka.
// Invariant: a window has two fixed ends, so the same selection chooses from the same deliveries whenever it is read.
import { outcomeReasons } from '../domain/outcome.ts'
import type { OutcomeReason } from '../domain/outcome.ts'
import type { WebhookOutcomeRecord } from '../domain/records.ts'

/** How a delivery may have ended that can be sent again: all ends but `delivered`. */
export const replayableResults = ['failed', 'expired', 'rejected', 'cancelled'] as const
export type ReplayableResult = (typeof replayableResults)[number]

/** Whoever deleted or disabled a webhook meant it, so `cancelled` is asked for by name. */
export const usualResults: readonly ReplayableResult[] = ['failed', 'expired', 'rejected']

export interface ReplaySelection {
  /** Null: of all. */
  readonly accountId: string | null
  /** Null: of all. */
  readonly webhookIds: readonly string[] | null
  /** Null: all. */
  readonly deliveryIds: readonly string[] | null
  /** Epoch milliseconds: the newest final outcome was written from `sinceMs` on and before `untilMs`. */
  readonly sinceMs: number
  readonly untilMs: number
  readonly results: readonly ReplayableResult[]
  /** Null: whatever the reason. */
  readonly reasons: readonly OutcomeReason[] | null
}

/** Whose the delivery is; how it ended is asked of its newest final outcome alone. */
export function isOfSelection(
  {
    account_id,
    webhook_id,
    delivery_id,
  }: Pick<WebhookOutcomeRecord, 'account_id' | 'webhook_id' | 'delivery_id'>,
  { accountId, webhookIds, deliveryIds }: ReplaySelection,
): boolean {
  if (accountId !== null && account_id !== accountId) return false
  if (deliveryIds !== null && !deliveryIds.includes(delivery_id)) return false
  return webhookIds === null || (webhook_id !== null && webhookIds.includes(webhook_id))
}

export function selectionText(selection: ReplaySelection): string {
  return JSON.stringify(selection)
}

/** Null where the text is no selection, or one of a later version. */
export function readSelection(text: string): ReplaySelection | null {
  let read: Partial<Record<keyof ReplaySelection, unknown>>
  try {
    read = Object(JSON.parse(text)) as typeof read
  } catch {
    return null
  }
  const {
    accountId = null,
    webhookIds = null,
    deliveryIds = null,
    sinceMs,
    untilMs,
    results,
    reasons = null,
  } = read
  if (accountId !== null && typeof accountId !== 'string') return null
  if (webhookIds !== null && !isListOf(webhookIds, isText)) return null
  if (deliveryIds !== null && !isListOf(deliveryIds, isText)) return null
  if (!Number.isSafeInteger(sinceMs) || !Number.isSafeInteger(untilMs)) return null
  if (!isListOf(results, isReplayable) || (reasons !== null && !isListOf(reasons, isReason))) return null
  return {
    accountId,
    webhookIds,
    deliveryIds,
    sinceMs: sinceMs as number,
    untilMs: untilMs as number,
    results,
    reasons,
  }
}

export function isReplayable(text: unknown): text is ReplayableResult {
  return replayableResults.some((result) => result === text)
}

export function isReason(text: unknown): text is OutcomeReason {
  return typeof text === 'string' && Object.hasOwn(outcomeReasons, text)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isListOf<Value>(value: unknown, isOne: (one: unknown) => one is Value): value is readonly Value[] {
  return Array.isArray(value) && value.every(isOne)
}
