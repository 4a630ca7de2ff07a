// What is to be known of an attempt beyond its story: durations, ids, what was cut, and the answer as it came.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useWording } from '../wording.ts'
import { durationText } from './amounts.ts'
import type { LoggedAttempt } from './log-wire.ts'
import { useLogTexts } from './use-log-texts.ts'

export function AttemptFacts({ attempt }: { readonly attempt: LoggedAttempt }): VNode {
  const { language } = useWording()
  const texts = useLogTexts()
  const { facts } = texts
  const { method, origin, fault_owner: owner, excerpt, cut_values: cut } = attempt
  const time = (ms: number | null): string | null => (ms === null ? null : durationText(ms, language))
  const rows: readonly (readonly [name: string, text: string | null])[] = [
    [facts.request, origin === null ? null : `${method ?? ''} ${origin}`.trim()],
    [texts.owner, owner === null ? null : (texts.owners[owner] ?? texts.owners.unknown)],
    [facts.queued, time(attempt.queued_ms)],
    [facts.connect, time(attempt.connect_ms)],
    [facts.firstByte, time(attempt.first_byte_ms)],
    [facts.total, time(attempt.total_ms)],
    [facts.eventAge, time(attempt.event_age_ms)],
    [facts.cut, cut.length === 0 ? null : cut.join(', ')],
    [facts.callId, attempt.call_id],
    [facts.eventId, attempt.event_id],
    [facts.deliveryId, attempt.delivery_id],
  ]
  return html`<details>
    <summary>${texts.details}</summary>
    <dl>
      ${rows.map(
        ([name, text]) =>
          text !== null &&
          html`<div key=${name}>
            <dt>${name}</dt>
            <dd>${text}</dd>
          </div>`,
      )}
    </dl>
    ${
      excerpt !== null &&
      excerpt !== '' &&
      html`<figure>
        <figcaption>${texts.answer}</figcaption>
        <pre><code>${excerpt}</code></pre>
      </figure>`
    }
  </details>`
}
