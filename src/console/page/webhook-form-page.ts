/// <reference lib="dom" />
// The view in which a webhook is added or changed: loads it, shows the form, and says what became of saving.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Api, Refusal } from './api.ts'
import { emptyForm } from './form-state.ts'
import type { Navigation } from './router.ts'
import { paths } from './router.ts'
import { troubleText } from './troubles.ts'
import { editableState } from './use-webhook-form.ts'
import type { Base } from './use-webhook-form.ts'
import { WebhookForm } from './webhook-form.ts'
import { useWording } from './wording.ts'

export interface WebhookFormPageProps {
  readonly api: Api
  /** Null: a new one. */
  readonly webhookId: string | null
  readonly guard: Navigation['guard']
  /** Where it was come from. */
  readonly back: string
  onFinished(notice: string): void
}

type Loading =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly refusal: Refusal }
  | { readonly kind: 'ready'; readonly base: Base }

export function WebhookFormPage({ api, webhookId, guard, back, onFinished }: WebhookFormPageProps): VNode {
  const { texts } = useWording()
  const [loading, setLoading] = useState<Loading>(
    webhookId === null ? { kind: 'ready', base: null } : { kind: 'loading' },
  )
  const load = async (id: string): Promise<void> => {
    setLoading({ kind: 'loading' })
    const reply = await api.get(id)
    if (reply.kind === 'done') setLoading({ kind: 'ready', base: reply.body })
    else if (reply.kind === 'refused') setLoading({ kind: 'failed', refusal: reply })
  }
  useEffect(() => {
    if (webhookId !== null) void load(webhookId)
  }, [webhookId])
  switch (loading.kind) {
    case 'loading':
      return html`<p aria-busy="true">${texts.loading}</p>`
    case 'failed':
      return html`<div class="notice" role="alert">
        <p>${troubleText(loading.refusal, texts)}</p>
        ${
          loading.refusal.status === 404
            ? html`<a href=${paths.webhooks}>${texts.notices.backToList}</a>`
            : html`<button
                type="button"
                class="outline"
                onClick=${() => webhookId !== null && void load(webhookId)}
              >
                ${texts.troubles.tryAgain}
              </button>`
        }
      </div>`
    case 'ready':
      return html`<${WebhookForm}
        api=${api}
        base=${loading.base}
        initial=${loading.base === null ? emptyForm : editableState(loading.base)}
        guard=${guard}
        back=${back}
        onFinished=${onFinished}
      />`
  }
}
