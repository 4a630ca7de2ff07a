// An outcome for the tests of this room; ids are minted by the rooms that own them, so they are given as plain text.
import type { Outcome } from '../../../src/domain/outcome.ts'

export function anOutcome(changes: Partial<Outcome> = {}): Outcome {
  return {
    outcomeId: 'd1/0/final',
    deliveryId: 'd1' as Outcome['deliveryId'],
    replay: 0,
    eventId: 'e1' as Outcome['eventId'],
    callId: 'c1' as Outcome['callId'],
    accountId: 'acc1' as Outcome['accountId'],
    webhookId: 'w1' as NonNullable<Outcome['webhookId']>,
    config: { partition: 0, offset: 5n },
    source: { topic: 'call-events', partition: 1, offset: 7n },
    eventType: 'call_end',
    attempt: 1,
    result: 'delivered',
    final: true,
    reason: 'ok',
    faultOwner: null,
    statusCode: 200,
    method: 'POST',
    origin: 'https://crm.example.com',
    queuedMs: 2,
    timings: { connectMs: 0, firstByteMs: 20, totalMs: 30 },
    eventAgeMs: 120,
    nextAttemptAtMs: null,
    parked: null,
    deferrals: 0,
    redirectOrigin: null,
    excerpt: 'OK, customer 12345',
    cutValues: [],
    writtenAtMs: 1_700_000_000_000,
    ...changes,
  }
}
