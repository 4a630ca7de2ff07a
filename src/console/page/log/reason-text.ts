// What happened in an attempt and what to do about it, as sentences. Invariant: every reason that a worker can give has
// words in every language, by type; one that is newer than this page has those for the unknown.
import type { LoggedReason } from './log-wire.ts'
import { reasonKindOf } from './reason-kind.ts'
import type { ReasonKind } from './reason-kind.ts'

export interface Told {
  readonly status: number
  readonly redirect: string | null
}

export interface ReasonWords {
  readonly what: (told: Told) => string
  /** Empty where nothing is. */
  readonly todo: string
}

export type ReasonTexts = Readonly<Record<ReasonKind, ReasonWords>>

export interface Explained {
  readonly reason: LoggedReason
  readonly status_code: number | null
  readonly redirect_origin?: string | null
}

export function explained(
  { reason, status_code, redirect_origin = null }: Explained,
  texts: ReasonTexts,
): { readonly what: string; readonly todo: string } {
  const kind = reasonKindOf(reason, status_code)
  const { what, todo } = Object.hasOwn(texts, kind) ? texts[kind] : texts.unknown
  return { what: what({ status: status_code ?? 0, redirect: redirect_origin }), todo }
}
