// The exact request, as it would stand on the wire. All of it is text; nothing of it is ever taken for markup.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import type { PreviewState } from './use-preview.ts'
import type { PreviewedRequest } from './wire.ts'
import { useWording } from './wording.ts'

export interface PreviewPanelProps {
  readonly state: PreviewState
  /** Whether what is shown is still what the form says. */
  readonly form: 'empty' | 'faulty' | 'fine'
}

export function PreviewPanel({ state, form }: PreviewPanelProps): VNode {
  const { texts } = useWording()
  const { preview: words } = texts
  const note =
    form === 'empty'
      ? words.waiting
      : form === 'faulty' || (state.kind === 'refused' && state.refusal.status === 422)
        ? words.faulty
        : state.kind === 'refused'
          ? words.unavailable
          : null
  const isShown = state.kind === 'shown' && form !== 'empty'
  return html`<section class="card preview" aria-labelledby="preview-title">
    <h2 id="preview-title">${words.title}</h2>
    ${note !== null && html`<p class="quiet">${note}</p>`}
    ${
      isShown &&
      html`<div class=${form === 'fine' ? '' : 'stale'}>
        ${state.preview.requests.map((request) => html`<${Request} key=${request.event_type} request=${request} />`)}
        ${form === 'fine' && html`<p class="quiet small">${words.sample}</p>`}
      </div>`
    }
  </section>`
}

function Request({ request }: { readonly request: PreviewedRequest }): VNode {
  const { texts, count } = useWording()
  const { event_type, text, bytes, cut_values } = request
  // Where nothing follows the headers, the empty line behind them would be the box's only content there.
  const [line = '', ...rest] = text
    .replace(/\r\n\r\n$/, '')
    .replaceAll('\r\n', '\n')
    .split('\n')
  return html`<figure>
    <figcaption>
      <span>${texts.events[event_type]}</span>
      <span class="quiet">${texts.preview.bytes(count(bytes))}</span>
    </figcaption>
    <pre><code><strong>${line}</strong>${`\n${rest.join('\n')}`}</code></pre>
    ${cut_values.length > 0 && html`<small class="warning">${texts.preview.cut(cut_values.join(', '))}</small>`}
  </figure>`
}
