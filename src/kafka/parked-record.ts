// A parked delivery as its Avro record, and back. Times are whole milliseconds; offsets are numbers, which hold 2^53.
import type { CallEvent } from '../domain/call-event.ts'
import type { LastFault } from '../domain/delivery.ts'
import type { WebhookId } from '../domain/ids.ts'
import { faultOwners, outcomeReasons } from '../domain/outcome.ts'
import type { ParkedDelivery } from '../domain/parked-delivery.ts'
import type { ParkedDeliveryRecord } from '../domain/records.ts'
import type { TraceContext } from '../domain/trace-context.ts'

export function parkedRecordOf(parked: ParkedDelivery): ParkedDeliveryRecord {
  const { eventBytes, webhookIds, replay, progress, source } = parked
  return {
    event: Buffer.from(eventBytes.buffer, eventBytes.byteOffset, eventBytes.byteLength),
    webhook_ids: webhookIds,
    replay,
    attempt: progress.attempts,
    deferrals: progress.deferrals,
    parked_times: progress.parkedTimes,
    backoff_step: progress.backoffStep,
    event_time: Math.round(parked.eventTimeMs),
    expires_at: Math.round(parked.expiresAtMs),
    not_before: whole(progress.notBeforeMs),
    expected_at: whole(progress.expectedAtMs),
    last_reason: progress.lastFault?.reason ?? null,
    last_fault_owner: progress.lastFault?.faultOwner ?? null,
    last_status_code: progress.lastFault?.statusCode ?? null,
    source_topic: source.topic,
    source_partition: source.partition,
    source_offset: Number(source.offset),
  }
}

/** Beyond what any delivery comes to; `int` in Avro goes further, and one step more would no longer fit into it. */
const maxCount = 1_000_000_000
/** The largest time that JavaScript can tell, in epoch milliseconds. */
const maxTimeMs = 8_640_000_000_000_000
/** Of one record; a chunk holds 500 at most. */
const maxWebhookIds = 1_000
const maxWebhookIdLength = 1_000

/** A dead letter is an event with headers that say why it is one; a parked delivery says how far it has come. */
export const headroomBytes = 65_536

/** Of an id as a record holds it: its length in two bytes, then at most three for each of 200 characters. */
const webhookIdBytes = 602
/** Of what else is said of a parked delivery: numbers, the topic's name, and the call's id as key. */
const otherBytes = 8_192

/**
 * What a chunk of so many webhooks may say beyond `headroomBytes`, the room that a retry topic has beside an event: an
 * event must be smaller by that.
 */
export function chunkOverflowBytes(chunkSize: number): number {
  return Math.max(0, chunkSize * webhookIdBytes + otherBytes - headroomBytes)
}

const counts = ['replay', 'attempt', 'deferrals', 'parked_times', 'backoff_step', 'source_partition'] as const
const times = ['event_time', 'expires_at', 'not_before', 'expected_at'] as const

/** What no worker writes, and what could not be parked again as it stands; null: nothing. */
export function parkedFault(record: ParkedDeliveryRecord): string | null {
  const { webhook_ids: ids, source_offset: offset } = record
  if (ids.length > maxWebhookIds) return `webhook_ids has ${ids.length} entries`
  if (ids.some((id) => id.length > maxWebhookIdLength)) return 'webhook_ids has an entry that is too long'
  const count = counts.find((name) => record[name] < 0 || record[name] > maxCount)
  if (count !== undefined) return `${count} is ${record[count]}`
  const time = times.find((name) => Math.abs(record[name] ?? 0) > maxTimeMs)
  if (time !== undefined) return `${time} is ${record[time]}`
  return offset < 0 ? `source_offset is ${offset}` : null
}

/** `event`: what its bytes hold; `trace`: what its headers say. */
export function parkedDeliveryOf(
  record: ParkedDeliveryRecord,
  event: CallEvent,
  trace: TraceContext | null,
): ParkedDelivery {
  return {
    eventBytes: record.event,
    callId: event.call_id,
    webhookIds: record.webhook_ids as readonly WebhookId[],
    replay: record.replay,
    progress: {
      attempts: record.attempt,
      deferrals: record.deferrals,
      parkedTimes: record.parked_times,
      backoffStep: record.backoff_step,
      notBeforeMs: record.not_before,
      expectedAtMs: record.expected_at,
      lastFault: lastFaultOf(record),
    },
    eventTimeMs: record.event_time,
    expiresAtMs: record.expires_at,
    source: {
      topic: record.source_topic,
      partition: record.source_partition,
      offset: BigInt(record.source_offset),
    },
    trace,
  }
}

/** Null also where another version of the worker has written what this one has no word for. */
function lastFaultOf(record: ParkedDeliveryRecord): LastFault | null {
  const { last_reason: reason, last_fault_owner: faultOwner, last_status_code: statusCode } = record
  if (reason === null || !isKeyOf(outcomeReasons, reason)) return null
  if (faultOwner === null || !isKeyOf(faultOwners, faultOwner)) return null
  return { reason, faultOwner, statusCode }
}

function isKeyOf<Key extends string>(known: Readonly<Record<Key, true>>, text: string): text is Key {
  return Object.hasOwn(known, text)
}

function whole(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}
