// What waits in a retry topic: one event on its way to one webhook, or to a chunk of those that it matched.
// Invariant: it holds all that the delivery needs but the webhook, which is looked up anew when it is due.
import type { DeliveryProgress } from './delivery.ts'
import type { CallId, WebhookId } from './ids.ts'
import type { RecordPosition } from './record-position.ts'
import type { TraceContext } from './trace-context.ts'

export interface ParkedDelivery {
  /** The event's record value as it was first read, with the registry's framing. */
  readonly eventBytes: Uint8Array
  readonly callId: CallId
  /** Never empty; more than one only in a chunk, of which nothing was tried yet. */
  readonly webhookIds: readonly WebhookId[]
  readonly replay: number
  /** As of this parking. */
  readonly progress: DeliveryProgress
  /** Epoch milliseconds. */
  readonly eventTimeMs: number
  /** Epoch milliseconds; of a chunk, the operator's horizon, within which a webhook's own may lie. */
  readonly expiresAtMs: number
  /** Where the event was first read. */
  readonly source: RecordPosition
  /** What parked it, and so will have led to what becomes of it; null: it is part of no trace. In headers alone. */
  readonly trace: TraceContext | null
  /**
   * The pause for which it waits; null or absent: none. It stands in headers alone: it is asked for before the record is
   * taken, and looked up anew then.
   */
  readonly pausedBy?: PausedBy | null
}

/** A pause, as whoever parked a delivery for it knew the topic of states. */
export interface PausedBy {
  readonly key: string
  /** Offset of the last lifting of a pause that everybody had heard of; -1: of none. */
  readonly asOf: bigint
}

/** Of a parked record that waits for room: when there should be some, and at whose receiver. */
export interface Expectation {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly webhookId: WebhookId
}

const pausedHeader = 'paused-by'
const asOfHeader = 'paused-as-of'
const atHeader = 'expected-at'
const webhookHeader = 'webhook-id'

/** What a record says in headers, so that it can be told without decoding the record. */
export function expectationHeaders({
  webhookIds,
  progress: { expectedAtMs },
  pausedBy = null,
}: ParkedDelivery): Readonly<Record<string, string>> {
  const [webhookId] = webhookIds
  const paused =
    pausedBy === null ? {} : { [pausedHeader]: pausedBy.key, [asOfHeader]: String(pausedBy.asOf) }
  if (expectedAtMs === null || webhookId === undefined) return paused
  return { ...paused, [atHeader]: String(Math.round(expectedAtMs)), [webhookHeader]: webhookId }
}

/** The pause for which a record waits; null: for none. */
export function readPausedBy(headers: Readonly<Record<string, unknown>>): PausedBy | null {
  if (headers[pausedHeader] === undefined) return null
  const asOf = textOf(headers[asOfHeader])
  return { key: textOf(headers[pausedHeader]), asOf: /^\d{1,19}$/.test(asOf) ? BigInt(asOf) : -1n }
}

/** Null: nothing is expected, or it cannot be read. */
export function readExpectation(headers: Readonly<Record<string, unknown>>): Expectation | null {
  const atMs = Number(textOf(headers[atHeader]))
  const webhookId = textOf(headers[webhookHeader])
  return Number.isSafeInteger(atMs) && atMs > 0 ? { atMs, webhookId: webhookId as WebhookId } : null
}

function textOf(header: unknown): string {
  if (typeof header === 'string') return header
  return header instanceof Uint8Array ? new TextDecoder().decode(header) : ''
}
