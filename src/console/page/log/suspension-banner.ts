// Says that nothing is sent any more, why, since when, and what to do; or that it comes to that.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useWording } from '../wording.ts'
import { momentText } from './amounts.ts'
import type { Suspension } from './log-wire.ts'
import { explained } from './reason-text.ts'
import type { ReasonTexts } from './reason-text.ts'
import { useLogTexts } from './use-log-texts.ts'

export interface SuspensionBannerProps {
  readonly suspension: Suspension
  readonly isLifting: boolean
  onLift(): void
}

export function SuspensionBanner({ suspension, isLifting, onLift }: SuspensionBannerProps): VNode | null {
  const { language } = useWording()
  const { suspension: texts, reasons } = useLogTexts()
  const { state, since, cause, attempts, first_failed_at: first } = suspension
  const moment = (at: string): string => momentText(Date.parse(at), language)
  const last = lastFailure(suspension, reasons)
  if (state === 'unknown' || state === 'cleared') return null
  if (state === 'watched') {
    return html`<section class="notice warn" aria-labelledby="suspension-title">
      <h2 id="suspension-title">${texts.watched}</h2>
      <p>${texts.watchedSince(moment(first ?? since), attempts)}</p>
      ${last !== null && html`<p>${texts.last} ${last}</p>`}
    </section>`
  }
  return html`<section class="notice bad" aria-labelledby="suspension-title">
    <h2 id="suspension-title">${texts.suspended}</h2>
    <p>
      ${texts.since(moment(since))}
      ${' '}${cause === 'gone' ? texts.gone : texts.only_failures(moment(first ?? since), attempts)}
    </p>
    ${cause !== 'gone' && last !== null && html`<p>${texts.last} ${last}</p>`}
    <p>${texts.todo}</p>
    <div class="buttons">
      <button type="button" aria-busy=${isLifting ? 'true' : undefined} onClick=${onLift}>
        ${texts.lift}
      </button>
    </div>
  </section>`
}

function lastFailure({ last_reason: reason, last_status }: Suspension, reasons: ReasonTexts): string | null {
  if (reason === null) return null
  const { what, todo } = explained({ reason, status_code: last_status }, reasons)
  return `${what} ${todo}`
}
