/// <reference lib="dom" />
// Sending again, step by step: what, how much, the question, the progress, the result.
// Invariant: nothing is sent before its count was seen; Escape never stops what is being sent.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Refusal } from '../api.ts'
import { troubleText } from '../troubles.ts'
import { useWording } from '../wording.ts'
import type { LogApi } from './log-api.ts'
import type { Replay, ReplayChoice } from './log-wire.ts'
import { PeriodForm } from './period-form.ts'
import { replayReport } from './replay-report.ts'
import { useLogTexts } from './use-log-texts.ts'
import { useReplay } from './use-replay.ts'

export interface ReplayDialogProps {
  readonly api: LogApi
  readonly webhookId: string
  /** Null: it is chosen here. */
  readonly choice: ReplayChoice | null
  /** Why nothing would reach the receiver; null: it would. */
  readonly obstacle: 'off' | 'suspended' | null
  /** `sent`: it has begun to send. */
  onClose(end: 'sent' | 'unsent'): void
}

export function ReplayDialog({ api, webhookId, choice, obstacle, onClose }: ReplayDialogProps): VNode {
  const { texts, count } = useWording()
  const { replay: words, ...logTexts } = useLogTexts()
  const replaying = useReplay(api, webhookId)
  const { life } = replaying
  const dialog = useRef<HTMLDialogElement>(null)
  const hasSent = useRef(false)
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    title.current?.focus()
    if (choice !== null) replaying.count(choice)
  }, [])
  const step = life.kind === 'seen' ? life.replay.state : life.kind
  if (step === 'sending') hasSent.current = true
  // A button that had the focus may be gone.
  useEffect(() => {
    if (!(dialog.current?.contains(document.activeElement) ?? true)) title.current?.focus()
  }, [step])
  const close = (): void => {
    replaying.leave()
    dialog.current?.close()
    onClose(hasSent.current ? 'sent' : 'unsent')
  }
  const cancel = (event: Event): void => {
    event.preventDefault()
    close()
  }
  return html`<dialog ref=${dialog} class="replay" aria-labelledby="replay-title" oncancel=${cancel}>
    <article>
      <h2 id="replay-title" ref=${title} tabindex="-1">${words.title}</h2>
      ${
        life.kind === 'none' && choice === null
          ? html`<${PeriodForm} onCount=${replaying.count} onCancel=${close} />`
          : html`<div role="status">${told()}</div>
              <footer>${buttons()}</footer>`
      }
    </article>
  </dialog>`

  function told(): unknown {
    switch (life.kind) {
      case 'none':
        return null
      case 'seen':
        return seen(life.replay)
      case 'forgotten':
        return html`<p>${words.forgotten}</p>`
      case 'stopped':
        return html`<p>${words.stopped(life.replay.sent, count(life.replay.sent))}</p>`
      case 'refused':
        return html`<p class="answer bad">${refusalText(life.refusal)}</p>`
    }
  }

  function refusalText(refusal: Refusal): string {
    if (refusal.status === 404) return words.nothing
    if (refusal.status === 409) return words.busy
    return refusal.error === 'busy' ? words.full : troubleText(refusal, texts)
  }

  function seen(replay: Replay): unknown {
    const all = replay.count ?? 0
    switch (replay.state) {
      case 'counting':
        return html`<p>${words.counting}</p>
          <progress aria-label=${words.counting} max="1" value=${replay.read}></progress>`
      case 'counted':
        if (all === 0) return html`<p>${words.nothing}</p>`
        return html`<p>${words.willSend(all, count(all))}</p>
          ${obstacle !== null && html`<p class="answer bad">${words[obstacle]}</p>`}`
      case 'sending':
        return html`<p>${words.sending(count(replay.sent), count(all))}</p>
          <progress
            aria-label=${words.sending(count(replay.sent), count(all))}
            max=${Math.max(1, all)}
            value=${Math.max(0, all - replay.left)}
          ></progress>
          <p class="quiet">${words.goesOn}</p>`
      case 'done':
      case 'failed':
      case 'another_runs':
        return replayReport(replay, { replay: words, ...logTexts }, count).map(
          ({ tone, text }) =>
            html`<p key=${text} class=${tone === 'quiet' ? tone : `answer ${tone}`}>${text}</p>`,
        )
    }
  }

  function buttons(): unknown {
    const button = (text: string, press: () => void, look: string) =>
      html`<button type="button" class=${look} onClick=${press}>${text}</button>`
    const away = button(
      step === 'counted' || step === 'counting' ? words.cancel : words.close,
      close,
      'secondary outline',
    )
    const anew = (): void => {
      if (choice === null) replaying.leave()
      else replaying.count(choice)
    }
    switch (step) {
      case 'counted':
        return life.kind === 'seen' && (life.replay.count ?? 0) > 0
          ? [away, button(words.send, replaying.send, '')]
          : away
      case 'sending':
        return [button(words.stop, replaying.stop, 'secondary outline'), button(words.close, close, '')]
      case 'refused':
      case 'forgotten':
      case 'another_runs':
      case 'failed':
        return [away, button(words.again, anew, '')]
      case 'none':
      case 'counting':
      case 'done':
      case 'stopped':
        return away
    }
  }
}
