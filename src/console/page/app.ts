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
import type { LogPage } from './log/log-page.ts'
import { paths, routeOf, useNavigation } from './router.ts'
import type { Navigation } from './router.ts'
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
  const [notice, setNotice] = useState<Notice | null>(null)
  const api = useMemo(() => new Api(setSignedOut), [])
  const navigation = useNavigation()
  const { route } = navigation
  const form = useLater(loaders.form, route.kind === 'new' || route.kind === 'edit')
  const log = useLater(loaders.log, route.kind === 'log' || route.kind === 'call')
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
    setNotice((before) => (before?.at === navigation.hash ? before : null))
  }, [navigation.hash])

  const signedIn = (begun: Session): void => {
    setSession(begun)
    setSignedOut(null)
  }
  const back = backFrom(navigation)
  const finished = (text: string): void => {
    navigation.guard('clean')
    setNotice({ text, at: back })
    location.hash = back
  }
  const told = notice?.at === navigation.hash ? notice.text : null
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
        html`<${SessionProvider} value=${session}><div hidden=${signedOut !== null}>${view()}</div><//>`
      }
    <//>
    ${
      navigation.wanted !== null &&
      html`<${ConfirmDialog} words=${texts.leave} onYes=${navigation.leave} onNo=${navigation.stay} />`
    }
  <//>`

  function view(): VNode {
    switch (route.kind) {
      case 'list':
        return html`<${WebhookList}
          key="list"
          api=${api}
          notice=${told}
          onNotice=${(text: string | null) => setNotice(text === null ? null : { text, at: navigation.hash })}
        />`
      case 'log':
      case 'call':
        return log === null ? waiting() : html`<${log.part} api=${api} route=${route} notice=${told} />`
      case 'new':
      case 'edit':
        if (form === null) return waiting()
        return html`<${form.part}
          key=${route.kind === 'edit' ? `edit ${route.webhookId}` : 'new'}
          api=${api}
          webhookId=${route.kind === 'edit' ? route.webhookId : null}
          guard=${navigation.guard}
          back=${back}
          onFinished=${finished}
        />`
    }
  }

  function waiting(): VNode {
    return html`<p aria-busy="true">${texts.loading}</p>`
  }
}

/** What was done, told where it leads. */
interface Notice {
  readonly text: string
  readonly at: string
}

/** Whoever came to the form from the log goes back to it. */
function backFrom({ before }: Navigation): string {
  return before !== null && routeOf(before).kind === 'log' ? before : paths.webhooks
}

const loaders = {
  form: (): Promise<typeof WebhookFormPage> =>
    import('./webhook-form-page.ts').then(({ WebhookFormPage: part }) => part),
  log: (): Promise<typeof LogPage> => import('./log/log-page.ts').then(({ LogPage: part }) => part),
}

/** Loaded when it is first wanted: whoever looks at the list does not wait for the rest. */
function useLater<Part>(load: () => Promise<Part>, isWanted: boolean): { readonly part: Part } | null {
  const [loaded, setLoaded] = useState<{ readonly part: Part } | null>(null)
  useEffect(() => {
    if (!isWanted || loaded !== null) return
    load().then(
      (part) => setLoaded({ part }),
      () => location.reload(),
    )
  }, [isWanted])
  return loaded
}

const root = document.getElementById('app')
if (root !== null) render(html`<${App} />`, root)
