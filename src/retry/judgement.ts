// What an attempt's result means: delivered, worth repeating, the client's to mend, blocked, or final.
// The status line decides: once it has arrived, what becomes of the body changes nothing, or a receiver that
// said 200 and then dawdled would get the call twice.
import type { AttemptResult, TransportFailure } from '../domain/attempt.ts'
import type { FaultOwner, OutcomeReason } from '../domain/outcome.ts'

export type Judgement =
  | { readonly kind: 'delivered' }
  | ({ readonly kind: 'retryable'; readonly quick: boolean } & Fault)
  /** Only the client can change the answer; repeating it soon is noise. */
  | ({ readonly kind: 'mended_by_client' } & Fault)
  | ({ readonly kind: 'refused' } & Fault)
  /** It may not be sent there, now or later. */
  | { readonly kind: 'blocked' }
  /** It was taken back before it left. */
  | { readonly kind: 'withheld' }
  /** Cut by this process; says nothing about the receiver. */
  | { readonly kind: 'interrupted' }

interface Fault {
  readonly reason: OutcomeReason
  readonly faultOwner: FaultOwner
}

/** Which status codes are repeated and which the client must mend; a hundred stands as `5xx`. */
export interface StatusPolicy {
  readonly retried: readonly string[]
  readonly mended: readonly string[]
  /** Milliseconds within which a failure must have shown for a quick try to be worth it. */
  readonly quickFailureWithinMs: number
}

export function judge(result: AttemptResult, policy: StatusPolicy): Judgement {
  const soon = result.timings.totalMs <= policy.quickFailureWithinMs
  if (result.kind === 'unanswered') return judgeFailure(result.failure, soon)
  const { statusCode } = result
  const reason = reasonOfStatus(statusCode)
  if (reason === 'ok') return { kind: 'delivered' }
  const fault: Fault = { reason, faultOwner: 'receiver' }
  if (matches(policy.mended, statusCode)) return { kind: 'mended_by_client', ...fault }
  // 502 to 504 are a gateway's hiccup; a 500 or a 429 is not cured by coming back at once.
  const quick = soon && statusCode >= 502 && statusCode <= 504
  if (matches(policy.retried, statusCode)) return { kind: 'retryable', quick, ...fault }
  return { kind: 'refused', ...fault }
}

/** Any 2xx is a success; a redirect is never followed, and told apart because its mending is another address. */
export function reasonOfStatus(statusCode: number): 'ok' | 'redirect' | 'http_status' {
  if (statusCode >= 200 && statusCode < 300) return 'ok'
  return statusCode >= 300 && statusCode < 400 ? 'redirect' : 'http_status'
}

function judgeFailure(failure: TransportFailure, soon: boolean): Judgement {
  switch (failure) {
    case 'interrupted':
      return { kind: 'interrupted' }
    case 'address_denied':
      return { kind: 'blocked' }
    case 'withheld':
      return { kind: 'withheld' }
    case 'connect':
      return { kind: 'retryable', quick: soon, reason: failure, faultOwner: 'network' }
    case 'proxy':
      return { kind: 'retryable', quick: soon, reason: failure, faultOwner: 'worker' }
    case 'reset':
      return { kind: 'retryable', quick: soon, reason: failure, faultOwner: 'receiver' }
    case 'dns':
    case 'connect_timeout':
      return { kind: 'retryable', quick: false, reason: failure, faultOwner: 'network' }
    case 'tls':
    case 'total_timeout':
    case 'protocol_error':
    case 'response_too_large':
      return { kind: 'retryable', quick: false, reason: failure, faultOwner: 'receiver' }
  }
}

function matches(list: readonly string[], statusCode: number): boolean {
  return list.includes(String(statusCode)) || list.includes(`${Math.floor(statusCode / 100)}xx`)
}
