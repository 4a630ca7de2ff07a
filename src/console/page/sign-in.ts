/// <reference lib="dom" />
// Asks for the account's token where the console wants one. It is kept for this tab, and forgotten when refused.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Api } from './api.ts'
import { forgetToken, keepToken } from './api.ts'
import { useWording } from './wording.ts'
import { troubleText } from './troubles.ts'
import type { Session } from './wire.ts'

export interface SignInProps {
  readonly api: Api
  onSession(session: Session): void
}

export function SignIn({ api, onSession }: SignInProps): VNode {
  const { texts } = useWording()
  const [token, setToken] = useState('')
  const [refused, setRefused] = useState<string | null>(null)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    // What no header can carry is no token.
    if (!/^[!-~]+$/.test(token)) {
      setRefused(texts.signIn.refused)
      return
    }
    keepToken(token)
    const reply = await api.session()
    if (reply.kind === 'done') {
      onSession(reply.body)
      return
    }
    forgetToken()
    if (reply.kind === 'refused') {
      setRefused(reply.status === 401 ? texts.signIn.refused : troubleText(reply, texts))
    }
  }
  return html`<form class="card narrow" onSubmit=${submit}>
    <h1>${texts.signIn.title}</h1>
    <p>${texts.signIn.body}</p>
    <div class="field">
      <label for="token-to-sign-in">${texts.signIn.token}</label>
      <input
        id="token-to-sign-in"
        type="password"
        autocomplete="off"
        spellcheck=${false}
        required
        value=${token}
        aria-invalid=${refused === null ? undefined : 'true'}
        aria-describedby="sign-in-fault"
        onInput=${(event: InputEvent) => setToken((event.currentTarget as HTMLInputElement).value.trim())}
      />
      <div class="notes" id="sign-in-fault" role="alert">
        ${refused !== null && html`<small class="fault">${refused}</small>`}
      </div>
    </div>
    <button type="submit">${texts.signIn.submit}</button>
  </form>`
}
