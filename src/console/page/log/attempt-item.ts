// One attempt in a log: when, what happened, why, and what to do; the rest is opened on demand.
// Invariant: what the receiver answered is a text node, whatever stands in it.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { callPath, editPath } from '../router.ts'
import { useWording } from '../wording.ts'
import { momentText } from './amounts.ts'
import { AttemptFacts } from './attempt-facts.ts'
import { durationText } from './amounts.ts'
import type { LoggedAttempt, LoggedResult } from './log-wire.ts'
import { Moment } from './moment.ts'
import { explained } from './reason-text.ts'
import { useLogTexts } from './use-log-texts.ts'

export interface AttemptItemProps {
  readonly attempt: LoggedAttempt
  /** In the log of a call: which webhook, with its link. */
  readonly webhook: VNode | null
  readonly isCallShown: boolean
  /** Null: it cannot be sent again from here. */
  onSendAgain: ((attempt: LoggedAttempt) => void) | null
}

export function AttemptItem({ attempt, webhook, isCallShown, onSendAgain }: AttemptItemProps): VNode {
  const { language } = useWording()
  const texts = useLogTexts()
  const { what, todo } = explained(attempt, texts.reasons)
  const event = texts.events[attempt.event_type]
  const time = momentText(Date.parse(attempt.at), language)
  const tone = toneOf(attempt.result)
  return html`<li class="attempt">
    <div class="when">
      <${Moment} at=${attempt.at} />
      <span class="quiet">${event}</span>
    </div>
    <div class="story">
      <p>
        <strong class=${`result ${tone}`}>${texts.results[attempt.result] ?? texts.results.unknown}</strong>
        ${' '}${what}
      </p>
      ${attempt.result !== 'delivered' && todo !== '' && html`<p class="quiet">${todo}${mend()}</p>`}
      ${
        attempt.next_attempt_at !== null &&
        html`<p>${texts.nextAttempt}: <${Moment} at=${attempt.next_attempt_at} /></p>`
      }
      <p class="quiet small">
        ${separated([
          webhook,
          attempt.attempt === 0 ? texts.noAttempt : texts.attempt(attempt.attempt),
          attempt.replay > 0 ? texts.replayed : null,
          attempt.total_ms === null ? null : texts.took(durationText(attempt.total_ms, language)),
          isCallShown ? html`<a href=${callPath(attempt.call_id)}>${texts.call(attempt.call_id)}</a>` : null,
        ])}
      </p>
      <${AttemptFacts} attempt=${attempt} />
    </div>
    <div class="act">
      ${
        attempt.sendable &&
        onSendAgain !== null &&
        html`<button
          type="button"
          class="secondary outline"
          aria-label=${texts.sendAgainOf(event, time)}
          onClick=${() => onSendAgain(attempt)}
        >
          ${texts.sendAgain}
        </button>`
      }
    </div>
  </li>`

  /** Where it is mended, if in the webhook. */
  function mend(): unknown {
    const { webhook_id, fault_owner, reason } = attempt
    const isTheirs = fault_owner === 'config' || fault_owner === 'blocked' || reason === 'redirect'
    if (webhook_id === null || !isTheirs || reason === 'fanout_limit') return null
    return html`${' '}<a href=${editPath(webhook_id)}>${texts.edit}</a>`
  }
}

function toneOf(result: LoggedResult): 'good' | 'bad' | 'wait' {
  switch (result) {
    case 'delivered':
      return 'good'
    case 'failed':
    case 'expired':
    case 'rejected':
    case 'retry_scheduled':
      return 'bad'
    case 'deferred':
    case 'cancelled':
    case 'shadowed':
    case 'unknown':
      return 'wait'
  }
}

function separated(parts: readonly (VNode | string | null)[]): unknown {
  const given = parts.filter((part) => part !== null)
  return given.map((part, index) => (index === 0 ? part : [' · ', part]))
}
