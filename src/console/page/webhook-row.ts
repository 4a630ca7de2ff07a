// One webhook in the list: where it sends, when, how it goes, and the buttons that change it.
// Roles stand beside the elements, because a narrow screen shows rows as cards and browsers then forget the table.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { addressText, pathText } from './address-text.ts'
import { fieldLabel } from './field-label.ts'
import { Icon } from './icons.ts'
import { shownAddress } from './host-text.ts'
import { exactTime, relativeTime } from './relative-time.ts'
import { editPath, go, logPath } from './router.ts'
import { formStateOf } from './form-state.ts'
import type { ListedWebhook } from './wire.ts'
import { useWording } from './wording.ts'

export interface WebhookRowProps {
  readonly listed: ListedWebhook
  readonly nowMs: number
  onToggle(listed: ListedWebhook): void
  onRemove(listed: ListedWebhook): void
}

export function WebhookRow({ listed, nowMs, onToggle, onRemove }: WebhookRowProps): VNode {
  const { texts, language, count, faultText } = useWording()
  const { webhook, counts, valid, faults, suspension } = listed
  const named = addressText(webhook)
  const { eventTypes } = formStateOf(webhook)
  const cell = (label: string, name: string, content: unknown) =>
    html`<td role="cell" class=${name}>
      <span class="cell-label" aria-hidden="true">${label}</span>${content}
    </td>`
  const state = suspension?.state
  const log = logPath(webhook.webhook_id)
  return html`<tr role="row" class=${webhook.enabled ? '' : 'off'}>
    <th role="rowheader" scope="row" class="address">
      <span class="host">${shownAddress(webhook.address)}</span>
      ${pathText(webhook.path) !== '' && html`<span class="path" title=${webhook.path}>${pathText(webhook.path)}</span>`}
      ${
        !valid &&
        html`<div class="fault">
          <strong>${texts.list.invalid}</strong>
          <ul>
            ${faults.slice(0, 3).map((fault) => html`<li key=${fault.path}>${[fieldLabel(fault.path, texts), faultText(fault)].filter((part) => part !== '').join(': ')}</li>`)}
          </ul>
        </div>`
      }
      ${
        (state === 'suspended' || state === 'watched') &&
        html`<span class=${`mark ${state}`}>
          ${state === 'suspended' ? texts.list.suspended : texts.list.failing}
        </span>`
      }
      <a class="log-link" href=${log} aria-label=${texts.list.logOf(named)}>${texts.list.log}</a>
    </th>
    ${cell(texts.list.event, 'event', eventTypes === '' ? '' : texts.events[eventTypes])}
    ${cell(texts.list.method, 'method', html`<code>${webhook.method}</code>`)}
    ${cell(
      texts.list.enabled,
      'enabled',
      html`<input
        type="checkbox"
        role="switch"
        checked=${webhook.enabled}
        aria-label=${texts.list.toggle(named)}
        onChange=${() => onToggle(listed)}
      />`,
    )}
    ${cell(
      texts.list.failed,
      counts.failed > 0 ? 'number failed some' : 'number failed',
      linked(counts.failed, texts.list.failedOf),
    )}
    ${cell(texts.list.delivered, 'number delivered', linked(counts.delivered, texts.list.deliveredOf))}
    ${cell(texts.list.lastAttempt, 'last', lastAttempt())}
    <td role="cell" class="actions">
      <button
        type="button"
        class="tool"
        aria-label=${texts.list.edit(named)}
        onClick=${() => go(editPath(webhook.webhook_id))}
      >
        <${Icon} shape="pencil" />
      </button>
      <button
        type="button"
        class="tool"
        aria-label=${texts.list.remove(named)}
        onClick=${() => onRemove(listed)}
      >
        <${Icon} shape="bin" />
      </button>
    </td>
  </tr>`

  function linked(value: number, words: (count: string, address: string) => string): VNode {
    const shown = count(value)
    if (value === 0) return html`<span>${shown}</span>`
    return html`<a href=${log} aria-label=${words(shown, named)}>${shown}</a>`
  }

  function lastAttempt(): unknown {
    const at = counts.last_attempt_at
    if (at === null) return html`<span class="quiet">${texts.list.never}</span>`
    const atMs = Date.parse(at)
    return html`<time datetime=${at} title=${exactTime(atMs, language)}
      >${relativeTime(atMs, nowMs, language)}</time
    >`
  }
}
