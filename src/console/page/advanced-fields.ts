/// <reference lib="dom" />
// The part of the form that most clients never open: headers, signature, authentication,
// how values are written, and limits.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { SelectField, TextField } from './field.ts'
import { useForm } from './form-context.ts'
import type { FormState, Secret } from './form-state.ts'
import { HeaderRows } from './header-rows.ts'
import { LimitFields } from './limit-fields.ts'
import { SecretField } from './secret-field.ts'
import { useSession } from './session-context.ts'
import { SigningSecrets } from './signing-secrets.ts'
import { useWording } from './wording.ts'

export interface AdvancedFieldsProps {
  readonly isOpen: boolean
  onToggle(isOpen: boolean): void
}

export function AdvancedFields({ isOpen, onToggle }: AdvancedFieldsProps): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const words = texts.advanced
  return html`<details
    class="section advanced"
    open=${isOpen}
    onToggle=${(event: Event) => onToggle((event.currentTarget as HTMLDetailsElement).open)}
  >
    <summary>
      <span class="title">${words.title}</span>
      <small>${words.summary}</small>
    </summary>
    ${isOpen && html`<${HeaderRows} /><${SigningSecrets} /><${Authentication} /><${TlsVerification} />`}
    ${
      isOpen &&
      html`<div class="pair">
          <${SelectField}
            id="missing-values"
            label=${words.missingValues}
            value=${state.missingValues}
            options=${choices(state.missingValues, words.missingValuesTypes, texts.form.unsupported)}
            onChoice=${(value: string) => change({ missingValues: value as FormState['missingValues'] })}
          />
          <${TimeZone} />
        </div>
        <${LimitFields} />`
    }
  </details>`
}

function Authentication(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const words = texts.advanced
  return html`<fieldset class="part">
    <legend>${words.authentication}</legend>
    <div class="pair">
      <${SelectField}
        id="authentication"
        label=${words.authenticationType}
        value=${state.authentication}
        options=${choices(state.authentication, words.authenticationTypes, texts.form.unsupported)}
        onChoice=${(value: string) => change({ authentication: value as FormState['authentication'] })}
      />
      ${
        state.authentication === 'basic' &&
        html`<${TextField}
            id="username"
            label=${words.username}
            value=${state.username}
            onText=${(username: string) => change({ username })}
          />
          <${SecretField}
            id="password"
            label=${words.password}
            secret=${state.password}
            type="password"
            onSecret=${(password: Secret) => change({ password })}
          />`
      }
      ${
        state.authentication === 'bearer' &&
        html`<${SecretField}
          id="token"
          label=${words.token}
          secret=${state.token}
          type="password"
          onSecret=${(token: Secret) => change({ token })}
        />`
      }
    </div>
  </fieldset>`
}

/** Only where it is the client's to choose; what is stored is shown in any case. */
function TlsVerification(): VNode | null {
  const { state, change } = useForm()
  const { texts } = useWording()
  const words = texts.advanced
  if (useSession()?.unverified_tls !== 'allowed' && state.tlsVerification === 'on') return null
  return html`<${SelectField}
    id="tls-verification"
    label=${words.tlsVerification}
    value=${state.tlsVerification}
    options=${choices(state.tlsVerification, words.tlsVerifications, texts.form.unsupported)}
    onChoice=${(value: string) => change({ tlsVerification: value as FormState['tlsVerification'] })}
  />`
}

function TimeZone(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), [])
  return html`<${TextField}
      id="time-zone"
      label=${texts.advanced.timeZone}
      hint=${texts.advanced.timeZoneHint}
      value=${state.timeZone}
      attributes=${{ list: 'time-zones', placeholder: 'Europe/Moscow' }}
      onText=${(timeZone: string) => change({ timeZone })}
    />
    <datalist id="time-zones">${zones.map((zone) => html`<option key=${zone} value=${zone} />`)}</datalist>`
}

/** What is stored and not known is shown too: a choice that nobody made should not be made in silence. */
function choices(
  value: string,
  known: Readonly<Record<string, string>>,
  unsupported: string,
): readonly (readonly [string, string])[] {
  const entries = Object.entries(known)
  return Object.hasOwn(known, value) ? entries : [...entries, [value, `${value} (${unsupported})`]]
}
