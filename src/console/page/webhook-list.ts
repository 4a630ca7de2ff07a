/// <reference lib="dom" />
// All webhooks of the account, with what became of their deliveries.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { addressText } from './address-text.ts'
import type { Api } from './api.ts'
import { CallSearch } from './call-search.ts'
import { ConfirmDialog } from './confirm-dialog.ts'
import { Icon } from './icons.ts'
import { go, paths } from './router.ts'
import { troubleText } from './troubles.ts'
import { useFocusOnShow } from './use-focus-on-show.ts'
import { useWebhookList } from './use-webhook-list.ts'
import { WebhookRow } from './webhook-row.ts'
import type { ListedWebhook } from './wire.ts'
import { useWording } from './wording.ts'

export interface WebhookListProps {
  readonly api: Api
  readonly notice: string | null
  onNotice(notice: string | null): void
}

/** Rest between the last key and the search. */
const searchAfterMs = 250

export function WebhookList({ api, notice, onNotice }: WebhookListProps): VNode {
  const { texts } = useWording()
  const [typed, setTyped] = useState('')
  const [search, setSearch] = useState('')
  const [removing, setRemoving] = useState<ListedWebhook | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const { page, trouble, more, refresh } = useWebhookList(api, search)
  const heading = useFocusOnShow()
  const isBusy = useRef(false)

  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), searchAfterMs)
    return () => clearTimeout(timer)
  }, [typed])

  const act = async (
    work: () => ReturnType<Api['remove']> | ReturnType<Api['replace']>,
  ): Promise<boolean> => {
    if (isBusy.current) return false
    isBusy.current = true
    onNotice(null)
    const reply = await work()
    isBusy.current = false
    if (reply.kind === 'refused') {
      const { status } = reply
      if (status !== 401) {
        setFault(
          status === 412 ? texts.conflict.list : status === 422 ? texts.list.mend : troubleText(reply, texts),
        )
      }
    } else setFault(null)
    refresh()
    return reply.kind === 'done'
  }
  const toggle = ({ webhook, etag }: ListedWebhook): void => {
    // As it came, so that nothing else changes.
    const { webhook_id, account_id: _account, created_at: _created, updated_at: _updated, ...rest } = webhook
    void act(() => api.replace(webhook_id, etag, { ...rest, enabled: !webhook.enabled }))
  }
  const remove = async ({ webhook, etag }: ListedWebhook): Promise<void> => {
    setRemoving(null)
    if (!(await act(() => api.remove(webhook.webhook_id, etag)))) return
    onNotice(texts.notices.removed)
    // The button that had the focus is gone.
    heading.current?.focus()
  }
  const nowMs = Date.now()

  return html`<section class="list">
    <div class="head">
      <div>
        <h1 ref=${heading} tabindex="-1">${texts.webhooks}</h1>
        <p class="quiet">${texts.webhooksIntro}</p>
      </div>
      <button type="button" class="primary-action" onClick=${() => go(paths.create)}>
        ${texts.addAddress}
      </button>
    </div>
    <div role="status">${notice !== null && html`<p class="notice good">${notice}</p>`}</div>
    <div role="alert">
      ${fault !== null && html`<p class="notice bad">${fault}</p>`}
      ${trouble !== null && trouble.status !== 401 && html`<p class="notice">${troubleText(trouble, texts)}</p>`}
    </div>
    ${page === null && trouble === null && html`<p aria-busy="true">${texts.loading}</p>`}
    ${page !== null && content(page)}
    ${
      removing !== null &&
      html`<${ConfirmDialog}
        words=${{ ...texts.remove, body: texts.remove.body(addressText(removing.webhook)) }}
        onYes=${() => void remove(removing)}
        onNo=${() => setRemoving(null)}
      />`
    }
  </section>`

  function content({ webhooks, total, next }: NonNullable<typeof page>): VNode {
    if (total === 0 && search === '') return html`<${EmptyList} />`
    return html`<div class="card flush">
      <div class="tools">
        <input
          type="search"
          aria-label=${texts.list.search}
          placeholder=${texts.list.search}
          value=${typed}
          maxlength="200"
          onInput=${(event: InputEvent) => setTyped((event.currentTarget as HTMLInputElement).value)}
        />
        <${CallSearch} />
        <span class="quiet" role="status">${texts.list.found(webhooks.length, total)}</span>
      </div>
      ${
        total === 0
          ? html`<p class="nothing">${texts.list.nothingFound}</p>`
          : html`<table role="table" aria-label=${texts.webhooks}>
              <thead role="rowgroup">
                <tr role="row">
                  ${head('address')} ${head('event')} ${head('method')} ${head('enabled')} ${head('failed')}
                  ${head('delivered')} ${head('lastAttempt')}
                  <th role="columnheader" scope="col" class="actions">
                    <span class="unseen">${texts.list.actions}</span>
                  </th>
                </tr>
              </thead>
              <tbody role="rowgroup">
                ${webhooks.map(
                  (listed) =>
                    html`<${WebhookRow}
                      key=${listed.webhook.webhook_id}
                      listed=${listed}
                      nowMs=${nowMs}
                      onToggle=${toggle}
                      onRemove=${setRemoving}
                    />`,
                )}
              </tbody>
            </table>`
      }
      ${
        next !== null &&
        html`<div class="more">
          <button type="button" class="secondary outline" onClick=${more}>${texts.list.more}</button>
        </div>`
      }
    </div>`
  }

  function head(
    name: 'address' | 'event' | 'method' | 'enabled' | 'failed' | 'delivered' | 'lastAttempt',
  ): VNode {
    const isNumber = name === 'failed' || name === 'delivered'
    return html`<th role="columnheader" scope="col" class=${isNumber ? 'number' : name}>
      ${texts.list[name]}
    </th>`
  }
}

function EmptyList(): VNode {
  const { texts } = useWording()
  return html`<div class="card empty">
    <span class="emblem"><${Icon} shape="arrow" /></span>
    <h2>${texts.list.emptyTitle}</h2>
    <p class="quiet">${texts.list.empty}</p>
  </div>`
}
