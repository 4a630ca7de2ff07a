// An attempt's result in the terms of its receiver's lane.
import type { AttemptResult, TransportFailure } from '../domain/attempt.ts'
import type { AttemptEnding } from '../isolation/admission.ts'
import type { Judgement } from '../retry/judgement.ts'

/** `retryAfterMs`: what the receiver asked for; null: nothing. */
export function endingOf(
  result: AttemptResult,
  judgement: Judgement,
  retryAfterMs: number | null,
): AttemptEnding {
  const latencyMs = result.timings.totalMs
  if (result.kind === 'unanswered') return { kind: kindOf(result.failure), latencyMs, retryAfterMs: null }
  if (judgement.kind === 'delivered') return { kind: 'answered', latencyMs, retryAfterMs: null }
  if (result.statusCode === 429) return { kind: 'throttled', latencyMs, retryAfterMs }
  // A refusal is a receiver at work: what it refuses is the request, and the next one may be to its taste.
  return { kind: judgement.kind === 'retryable' ? 'failed' : 'answered', latencyMs, retryAfterMs }
}

function kindOf(failure: TransportFailure): AttemptEnding['kind'] {
  switch (failure) {
    case 'dns':
    case 'connect':
    case 'connect_timeout':
    case 'tls':
      return 'unreachable'
    case 'total_timeout':
      return 'hung'
    case 'reset':
    case 'protocol_error':
    case 'response_too_large':
      return 'failed'
    // These say nothing about the receiver: it was not asked.
    case 'proxy':
    case 'address_denied':
    case 'withheld':
    case 'interrupted':
      return 'none'
  }
}
