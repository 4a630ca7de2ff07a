/// <reference lib="dom" />
// Sends a test request and says what came back, in words that name what to change.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { EventType } from '../../domain/call-event.ts'
import type { Api, Reply, Trial } from './api.ts'
import { answerText } from './test-words.ts'
import { troubleText } from './troubles.ts'
import type { TestAnswer } from './wire.ts'
import { useWording } from './wording.ts'

export interface TestPanelProps {
  readonly api: Api
  /** Null while the form has faults. */
  readonly trial: Trial | null
  readonly eventTypes: readonly EventType[]
  /** A redirect's origin, to be taken as the address. */
  onOrigin(origin: string): void
}

export function TestPanel({ api, trial, eventTypes, onOrigin }: TestPanelProps): VNode {
  const { texts } = useWording()
  const [sending, setSending] = useState<EventType | null>(null)
  const [reply, setReply] = useState<Reply<TestAnswer> | 'faulty' | null>(null)
  const send = async (type: EventType): Promise<void> => {
    if (sending !== null) return
    if (trial === null) {
      setReply('faulty')
      return
    }
    setSending(type)
    setReply(null)
    setReply(await api.test({ ...trial, event_type: type }))
    setSending(null)
  }
  return html`<section class="card test" aria-labelledby="test-title">
    <h2 id="test-title">${texts.test.title}</h2>
    <p class="quiet">${texts.test.intro}</p>
    <div class="buttons">
      ${eventTypes.map(
        (type) =>
          html`<button
            key=${type}
            type="button"
            class="secondary"
            aria-busy=${sending === type ? 'true' : undefined}
            onClick=${() => void send(type)}
          >
            ${eventTypes.length === 1 ? texts.test.send : texts.test.sendOf(texts.events[type])}
          </button>`,
      )}
    </div>
    <div role="status">
      ${sending !== null && html`<p class="quiet">${texts.test.sending}</p>`}
      ${reply !== null && result(reply)}
    </div>
  </section>`

  function result(told: NonNullable<typeof reply>): VNode | null {
    if (told === 'faulty') return html`<p class="answer bad">${texts.test.faulty}</p>`
    if (told.kind === 'called_off') return null
    if (told.kind === 'refused') {
      const { status, retryAfterS } = told
      const text =
        status === 429
          ? texts.test.tooMany(retryAfterS ?? 60)
          : status === 422
            ? texts.test.faulty
            : troubleText(told, texts)
      return html`<p class="answer bad">${text}</p>`
    }
    const { body } = told
    const origin = body.redirect_origin
    return html`<p class=${`answer ${body.delivered ? 'good' : 'bad'}`}>
        ${answerText(body, texts.test.words)}
      </p>
      ${
        origin !== null &&
        html`<button type="button" class="secondary outline" onClick=${() => onOrigin(origin)}>
          ${texts.test.useOrigin(origin)}
        </button>`
      }
      ${
        body.excerpt !== null &&
        html`<figure>
          <figcaption>${texts.test.answerBody}</figcaption>
          <pre><code>${body.excerpt}</code></pre>
        </figure>`
      }`
  }
}
