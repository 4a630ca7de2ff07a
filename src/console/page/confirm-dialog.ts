/// <reference lib="dom" />
// Asks once before something is lost. The browser's own dialog: it keeps the focus inside, closes on Escape, and
// gives the focus back to where it was.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export interface ConfirmDialogProps {
  readonly words: { readonly title: string; readonly body: string; readonly yes: string; readonly no: string }
  onYes(): void
  onNo(): void
}

export function ConfirmDialog({ words, onYes, onNo }: ConfirmDialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = (then: () => void) => () => {
    dialog.current?.close()
    then()
  }
  const cancel = (event: Event): void => {
    event.preventDefault()
    close(onNo)()
  }
  return html`<dialog
    ref=${dialog}
    aria-labelledby="confirm-title"
    aria-describedby="confirm-body"
    oncancel=${cancel}
  >
    <article>
      <h2 id="confirm-title">${words.title}</h2>
      <p id="confirm-body">${words.body}</p>
      <footer>
        <button type="button" class="secondary outline" onClick=${close(onNo)}>${words.no}</button>
        <button type="button" class="danger" onClick=${close(onYes)}>${words.yes}</button>
      </footer>
    </article>
  </dialog>`
}
