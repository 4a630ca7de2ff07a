/// <reference lib="dom" />
// Attempts, newest first, with what is new kept behind a button: nothing moves while somebody reads.
import { html } from 'htm/preact'
import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { troubleText } from '../troubles.ts'
import { useWording } from '../wording.ts'
import { AttemptItem } from './attempt-item.ts'
import type { LoggedAttempt } from './log-wire.ts'
import type { LogReading } from './use-log.ts'
import { useLogTexts } from './use-log-texts.ts'

export interface AttemptListProps {
  readonly reading: LogReading
  readonly live: 'followed' | 'broken'
  /** Said where there is none. */
  readonly empty: string
  readonly tools?: ComponentChildren
  /** Of an attempt, where they are of several webhooks. */
  webhookOf: ((attempt: LoggedAttempt) => VNode | null) | null
  onSendAgain: ((attempt: LoggedAttempt) => void) | null
}

export function AttemptList(props: AttemptListProps): VNode {
  const { reading, live, empty, tools, webhookOf, onSendAgain } = props
  const { texts, count } = useWording()
  const logTexts = useLogTexts()
  const heading = useRef<HTMLHeadingElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const firstOfMore = useRef<number | null>(null)
  const { log, trouble, isLoading } = reading
  const shown = log?.attempts.length ?? 0

  useEffect(() => {
    const index = firstOfMore.current
    if (index === null || shown <= index) return
    firstOfMore.current = null
    // The button is where it was only if there is still more: whoever reads goes on with what came.
    list.current?.children[index]?.querySelector('summary')?.focus({ preventScroll: true })
  }, [shown])

  const showWaiting = (): void => {
    reading.showWaiting()
    // The button that had the focus goes.
    heading.current?.focus()
  }
  const more = (): void => {
    firstOfMore.current = shown
    reading.more()
  }
  return html`<section class="card flush log" aria-labelledby="attempts-title">
    <div class="tools">
      <h2 id="attempts-title" ref=${heading} tabindex="-1">${logTexts.attempts}</h2>
      ${tools}
      <span class="quiet" role="status">
        ${log !== null && shown > 0 && logTexts.shown(count(shown), log.total === null ? null : count(log.total))}
      </span>
    </div>
    <div class="news" role="status">
      ${
        log !== null &&
        log.waiting !== null &&
        html`<p>
          ${logTexts.hasNew}${' '}
          <button type="button" class="link" onClick=${showWaiting}>${logTexts.showNew}</button>
        </p>`
      }
      ${live === 'broken' && html`<p class="quiet">${logTexts.away}</p>`}
    </div>
    <div role="alert">
      ${
        trouble !== null &&
        trouble.status !== 401 &&
        html`<p class="fresh">
          ${troubleText(trouble, texts)}${' '}
          <button type="button" class="link" onClick=${reading.restart}>${texts.troubles.tryAgain}</button>
        </p>`
      }
    </div>
    ${log === null && isLoading && html`<p class="nothing" aria-busy="true">${texts.loading}</p>`}
    ${log !== null && shown === 0 && html`<p class="nothing">${empty}</p>`}
    ${
      log !== null &&
      shown > 0 &&
      html`<ol ref=${list}>
        ${log.attempts.map(
          (attempt) =>
            html`<${AttemptItem}
              key=${attempt.outcome_id}
              attempt=${attempt}
              webhook=${webhookOf === null ? null : webhookOf(attempt)}
              isCallShown=${webhookOf === null}
              onSendAgain=${onSendAgain}
            />`,
        )}
      </ol>`
    }
    ${
      log !== null &&
      log.next !== null &&
      html`<div class="more">
        <button
          type="button"
          class="secondary outline"
          aria-busy=${isLoading ? 'true' : undefined}
          onClick=${more}
        >
          ${logTexts.more}
        </button>
      </div>`
    }
  </section>`
}
