// Under which words a reason is told: statuses are told apart, because each says something else about what to change.
import type { LoggedReason } from './log-wire.ts'

const statusKinds = [
  'refused',
  'not_found',
  'gone',
  'wrong_method',
  'slow_status',
  'wrong_type',
  'too_many',
  'server_fault',
  'other_status',
] as const

export type ReasonKind = Exclude<LoggedReason, 'http_status'> | (typeof statusKinds)[number]

export function reasonKindOf(reason: LoggedReason, status: number | null): ReasonKind {
  return reason === 'http_status' ? statusKindOf(status ?? 0) : reason
}

function statusKindOf(status: number): (typeof statusKinds)[number] {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'refused'
    case 404:
      return 'not_found'
    case 410:
      return 'gone'
    case 405:
      return 'wrong_method'
    case 408:
    case 425:
      return 'slow_status'
    case 415:
      return 'wrong_type'
    case 429:
      return 'too_many'
    default:
      return status >= 500 ? 'server_fault' : 'other_status'
  }
}
