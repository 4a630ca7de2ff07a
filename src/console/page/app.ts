/// <reference lib="dom" />
// The page: who asks, in which language, and which view. Invariant: what was typed into a form outlives the end of a
// session and a change of language; it is lost only after the question whether it may be.
import { html, render } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Api } from './api.ts'
import type { Refusal } from './api.ts'
import { ConfirmDialog } from './confirm-dialog.ts'
import type { Language } from './language.ts'
import { chosenLanguage, keepLanguage } from './language.ts'
import { paths, useNavigation } from './router.ts'
import type { Route } from './router.ts'
import { Shell } from './shell.ts'
import { SignIn } from './sign-in.ts'
import { troubleText } from './troubles.ts'
import type { WebhookFormPage } from './webhook-form-page.ts'
import { WebhookList } from './webhook-list.ts'
import { SessionProvider } from './session-context.ts'
import type { Session } from './wire.ts'
import { WordingProvider, wordings } from './wording.ts'

type SignedOut = 'token' | 'elsewhere'

function App(): VNode {
  const [language, setLanguage] = useState<Language>(chosenLanguage)
  const [session, setSession] = useState<Session | null>(null)
  const [signedOut, setSignedOut] = useState<SignedOut | null>(null)
  const [trouble, setTrouble] = useState<Refusal | null>(null)
  const [notice, setNotice] = useState<string | null>(null)
  const api = useMemo(() => new Api(setSignedOut), [])
  const navigation = useNavigation()
  const form = useFormPage(navigation.route.kind)
  const wording = wordings[language]
  const { texts } = wording

  const begin = async (): Promise<void> => {
    setTrouble(null)
    const reply = await api.session()
    if (reply.kind === 'done') setSession(reply.body)
    else if (reply.kind === 'refused' && reply.status !== 401) setTrouble(reply)
  }
  useEffect(() => void begin(), [])
  useEffect(() => {
    document.documentElement.lang = language
    document.title = texts.webhooks
  }, [language])
  useEffect(() => {
    if (navigation.route.kind !== 'list') setNotice(null)
  }, [navigation.hash])

  const signedIn = (begun: Session): void => {
    setSession(begun)
    setSignedOut(null)
  }
  const finished = (told: string): void => {
    navigation.guard('clean')
    setNotice(told)
    location.hash = paths.webhooks
  }
  const { route } = navigation
  const view =
    route.kind === 'list'
      ? html`<${WebhookList} key="list" api=${api} notice=${notice} onNotice=${setNotice} />`
      : form === null
        ? html`<p aria-busy="true">${texts.loading}</p>`
        : html`<${form.page}
            key=${route.kind === 'edit' ? `edit ${route.webhookId}` : 'new'}
            api=${api}
            webhookId=${route.kind === 'edit' ? route.webhookId : null}
            guard=${navigation.guard}
            onFinished=${finished}
          />`
  return html`<${WordingProvider} value=${wording}>
    <${Shell}
      accountId=${session?.account_id ?? null}
      hash=${navigation.hash}
      onLanguage=${(chosen: Language) => {
        keepLanguage(chosen)
        setLanguage(chosen)
      }}
    >
      ${signedOut === 'token' && html`<${SignIn} api=${api} onSession=${signedIn} />`}
      ${signedOut === 'elsewhere' && html`<p class="notice" role="alert">${texts.signIn.byProxy}</p>`}
      ${
        trouble !== null &&
        html`<p class="notice" role="alert">
          ${troubleText(trouble, texts)}
          <button type="button" class="outline" onClick=${begin}>${texts.troubles.tryAgain}</button>
        </p>`
      }
      ${
        session !== null &&
        html`<${SessionProvider} value=${session}><div hidden=${signedOut !== null}>${view}</div><//>`
      }
    <//>
    ${
      navigation.wanted !== null &&
      html`<${ConfirmDialog} words=${texts.leave} onYes=${navigation.leave} onNo=${navigation.stay} />`
    }
  <//>`
}

/** Loaded when it is first wanted: whoever looks at the list does not wait for the form. */
function useFormPage(wanted: Route['kind']): { readonly page: typeof WebhookFormPage } | null {
  const [form, setForm] = useState<{ readonly page: typeof WebhookFormPage } | null>(null)
  const isWanted = wanted !== 'list'
  useEffect(() => {
    if (!isWanted || form !== null) return
    import('./webhook-form-page.ts').then(
      ({ WebhookFormPage: page }) => setForm({ page }),
      () => location.reload(),
    )
  }, [isWanted])
  return form
}

const root = document.getElementById('app')
if (root !== null) render(html`<${App} />`, root)
