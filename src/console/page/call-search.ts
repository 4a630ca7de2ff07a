/// <reference lib="dom" />
// Leads from the id of a call, which a client has from a request or from the platform, to all that happened to it.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { callPath, go } from './router.ts'
import { useWording } from './wording.ts'

export function CallSearch(): VNode {
  const { texts } = useWording()
  const [typed, setTyped] = useState('')
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (typed.trim() !== '') go(callPath(typed.trim()))
  }
  return html`<form class="call-search" role="search" aria-label=${texts.list.findCall} onSubmit=${submit}>
    <input
      type="search"
      aria-label=${texts.list.callId}
      placeholder=${texts.list.callId}
      value=${typed}
      maxlength="300"
      autocomplete="off"
      spellcheck=${false}
      onInput=${(event: InputEvent) => setTyped((event.currentTarget as HTMLInputElement).value)}
    />
    <button type="submit" class="secondary outline">${texts.list.findCall}</button>
  </form>`
}
