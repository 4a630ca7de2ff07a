/// <reference lib="dom" />
// The secrets that sign requests: made in the browser, shown until they are saved, never after. A change is two steps,
// so that no request goes unsigned: add a second one, later remove the first.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { signingSecretPrefix, webhookLimits } from '../../domain/webhook-rules.ts'
import { fieldIds } from './fault-placement.ts'
import type { ControlAttributes } from './field.ts'
import { Field, Notes, textOf } from './field.ts'
import { useForm } from './form-context.ts'
import { addSigningSecret, withRow } from './form-state.ts'
import type { SigningSecretRow } from './form-state.ts'
import { useWording } from './wording.ts'

const secretBytes = 32

export function SigningSecrets(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const rows = state.signingSecrets
  const isFull = rows.filter(({ kind }) => kind !== 'removed').length >= webhookLimits.signingSecrets
  const add = (text: string) => () => change((now) => addSigningSecret(now, text))
  return html`<fieldset class="part">
    <legend>${texts.advanced.signing}</legend>
    <${Notes} id="signing-secrets" hint=${texts.advanced.signingHint} />
    ${rows.map((row, index) => html`<${SecretRow} key=${row.key} row=${row} position=${index + 1} />`)}
    <div class="buttons">
      <button type="button" class="secondary outline" disabled=${isFull} onClick=${() => add(newSecret())()}>
        ${texts.advanced.generate}
      </button>
      <button type="button" class="secondary outline" disabled=${isFull} onClick=${add('')}>
        ${texts.advanced.ownSecret}
      </button>
    </div>
  </fieldset>`
}

interface SecretRowProps {
  readonly row: SigningSecretRow
  readonly position: number
}

function SecretRow({ row, position }: SecretRowProps): VNode {
  const { change } = useForm()
  const { texts } = useWording()
  const [copied, setCopied] = useState<'no' | 'yes'>('no')
  const set = (changed: Partial<SigningSecretRow> | null): void =>
    change((now) => ({ ...now, signingSecrets: withRow(now.signingSecrets, row.key, changed) }))
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(row.text)
    setCopied('yes')
  }
  const shown = row.kind === 'new' ? row.text : `•••••• ${row.kind === 'stored' ? texts.advanced.stored : ''}`
  const hint =
    row.kind === 'removed'
      ? texts.advanced.secretRemoved
      : row.kind === 'new' && row.text !== ''
        ? texts.advanced.newSecret
        : undefined
  const control = (shared: ControlAttributes): VNode =>
    html`<div class=${`stored ${row.kind}`}>
      <input
        ...${shared}
        type="text"
        class="code"
        readonly=${row.kind !== 'new'}
        autocomplete="off"
        autocapitalize="off"
        spellcheck=${false}
        placeholder=${`${signingSecretPrefix}…`}
        value=${shown}
        onInput=${(event: Event) => {
          setCopied('no')
          set({ text: textOf(event) })
        }}
      />
      ${
        row.kind === 'new' &&
        html`<button type="button" class="secondary outline" disabled=${row.text === ''} onClick=${copy}>
          <span role="status">${copied === 'yes' ? texts.advanced.copied : texts.advanced.copy}</span>
        </button>`
      }
      ${
        row.kind === 'removed'
          ? html`<button type="button" class="secondary outline" onClick=${() => set({ kind: 'stored' })}>
              ${texts.advanced.restore}
            </button>`
          : html`<button
              type="button"
              class="secondary outline"
              aria-label=${texts.advanced.removeSecret(position)}
              onClick=${() => set(row.kind === 'stored' ? { kind: 'removed' } : null)}
            >
              ${texts.remove.yes}
            </button>`
      }
    </div>`
  return html`<${Field}
    id=${fieldIds.secret(row.key)}
    label=${texts.advanced.secret(position)}
    hint=${hint}
    control=${control}
  />`
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes))
  return signingSecretPrefix + btoa(String.fromCharCode(...bytes))
}
