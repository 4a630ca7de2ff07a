// The frame around every view: whose account it is, the language, and the menu.
import { html } from 'htm/preact'
import type { ComponentChildren, VNode } from 'preact'
import type { Language } from './language.ts'
import { languages } from './language.ts'
import { paths } from './router.ts'
import { useWording, wordings } from './wording.ts'

export interface ShellProps {
  readonly accountId: string | null
  readonly hash: string
  readonly children: ComponentChildren
  onLanguage(language: Language): void
}

export function Shell({ accountId, hash, children, onLanguage }: ShellProps): VNode {
  const { texts, language } = useWording()
  const isIntegrations = hash === paths.integrations
  const isList = hash === '' || hash === paths.webhooks
  const current = (isCurrent: boolean) => (isCurrent ? 'page' : undefined)
  return html`<a class="skip" href="#content" onClick=${skip}>${texts.skipToContent}</a>
    <header class="bar">
      <span class="brand">${texts.accountTitle}</span>
      ${accountId !== null && html`<span class="account">${texts.account(accountId)}</span>`}
      <div class="languages" role="group" aria-label=${texts.languages}>
        ${languages.map(
          (one) =>
            html`<button
              key=${one}
              type="button"
              lang=${one}
              title=${wordings[one].texts.languageName}
              aria-pressed=${one === language ? 'true' : 'false'}
              onClick=${() => onLanguage(one)}
            >
              ${wordings[one].texts.languageShort}
            </button>`,
        )}
      </div>
    </header>
    <div class="frame">
      <nav class="menu" aria-label=${texts.menu}>
        <ul>
          <li>
            <a href=${paths.integrations} aria-current=${current(isIntegrations)}>${texts.integrations}</a>
            <ul>
              <li>
                <a href=${paths.webhooks} class=${isList ? '' : 'within'} aria-current=${current(isList)}
                  >${texts.webhooks}</a
                >
              </li>
            </ul>
          </li>
        </ul>
      </nav>
      <main id="content" tabindex="-1">${children}</main>
    </div>`
}

/** The hash is the route, so that the browser's own jump would leave the view. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}
