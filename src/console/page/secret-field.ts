/// <reference lib="dom" />
// A field for what is known to the server alone once it is stored: it says that something is set, and takes another.
// Invariant: a stored value that cannot stay asks for the new one at once, and stays set until something is typed.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import type { ControlAttributes } from './field.ts'
import { Field, textOf } from './field.ts'
import { useForm } from './form-context.ts'
import type { Secret } from './form-state.ts'
import { useWording } from './wording.ts'

export interface SecretFieldProps {
  readonly id: string
  readonly label: string
  readonly secret: Secret
  readonly type: 'text' | 'password'
  onSecret(secret: Secret): void
}

export function SecretField({ id, label, secret, type, onSecret }: SecretFieldProps): VNode {
  const { texts } = useWording()
  const isRefused = useForm().faultsOf(id).length > 0
  const replace = (): void => {
    onSecret({ kind: 'given', text: '' })
    requestAnimationFrame(() => document.getElementById(id)?.focus())
  }
  const control = (shared: ControlAttributes): VNode =>
    secret.kind === 'stored' && !isRefused
      ? html`<div class="stored" key="stored">
          <input ...${shared} type="text" readonly value=${`•••••• ${texts.advanced.stored}`} />
          <button
            type="button"
            class="secondary outline"
            aria-label=${texts.advanced.replaceOf(label)}
            onClick=${replace}
          >
            ${texts.advanced.replace}
          </button>
        </div>`
      : html`<input
          ...${shared}
          key="given"
          type=${type}
          autocomplete=${type === 'password' ? 'new-password' : 'off'}
          autocapitalize="off"
          spellcheck=${false}
          value=${secret.kind === 'given' ? secret.text : ''}
          onInput=${(event: Event) => onSecret({ kind: 'given', text: textOf(event) })}
        />`
  return html`<${Field} id=${id} label=${label} control=${control} />`
}
