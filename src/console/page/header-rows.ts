// The client's own headers. A stored value is known by its header's name, so that the name of such a row stands fast
// until its value is replaced.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { fieldIds } from './fault-placement.ts'
import { Notes, TextField } from './field.ts'
import { useForm } from './form-context.ts'
import { addHeaderRow, withRow } from './form-state.ts'
import type { HeaderRow, Secret } from './form-state.ts'
import { Icon } from './icons.ts'
import { SecretField } from './secret-field.ts'
import { useWording } from './wording.ts'

export function HeaderRows(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const set = (key: number, changed: Partial<HeaderRow> | null): void =>
    change((now) => ({ ...now, headers: withRow(now.headers, key, changed) }))
  return html`<fieldset class="part">
    <legend>${texts.advanced.headers}</legend>
    <${Notes} id="headers" hint=${texts.advanced.headersHint} />
    ${state.headers.map(
      ({ key, name, value }, index) =>
        html`<div class="row" key=${key}>
          <${TextField}
            id=${fieldIds.headerName(key)}
            label=${texts.advanced.headerName(index + 1)}
            value=${name}
            attributes=${{ readonly: value.kind === 'stored' }}
            onText=${(text: string) => set(key, { name: text })}
          />
          <${SecretField}
            id=${fieldIds.headerValue(key)}
            label=${texts.advanced.headerValue(index + 1)}
            secret=${value}
            type="text"
            onSecret=${(secret: Secret) => set(key, { value: secret })}
          />
          <button
            type="button"
            class="tool"
            aria-label=${texts.advanced.removeHeader(name === '' ? String(index + 1) : name)}
            onClick=${() => set(key, null)}
          >
            <${Icon} shape="cross" />
          </button>
        </div>`,
    )}
    <button type="button" class="add secondary outline" onClick=${() => change(addHeaderRow)}>
      ${texts.advanced.addHeader}
    </button>
  </fieldset>`
}
