// The fields of the form in the order in which a client is told of them: where, what, how, when.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { parseAddress } from '../../domain/webhook-address.ts'
import { contentTypes } from '../../domain/webhook.ts'
import { SelectField, TextField } from './field.ts'
import { useForm } from './form-context.ts'
import type { FormState } from './form-state.ts'
import { shownAddress } from './host-text.ts'
import { ParameterRows } from './parameter-rows.ts'
import { useWording } from './wording.ts'

export function MainFields(): VNode {
  return html`<div class="section"><${AddressField} /><${PathField} /></div>
    <${ParameterRows} />
    <div class="section three"><${MethodField} /><${EventField} /><${ContentTypeField} /></div>`
}

function AddressField(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const reading = parseAddress(state.address, { blockedPorts: new Set(), unverifiedTls: 'allowed' })
  const means =
    reading.kind === 'address'
      ? texts.form.addressMeans(reading.protocol, shownHost(reading.host), reading.port)
      : texts.form.addressHint
  return html`<${TextField}
    id="address"
    label=${texts.form.address}
    hint=${means}
    value=${state.address}
    attributes=${{ placeholder: 'https://mysite.ru', inputmode: 'url', required: true }}
    onText=${(address: string) => change({ address })}
  />`
}

function shownHost(host: string): string {
  return shownAddress(`http://${host}`).slice('http://'.length)
}

function PathField(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  return html`<${TextField}
    id="path"
    label=${texts.form.path}
    hint=${texts.form.pathHint}
    value=${state.path}
    attributes=${{ placeholder: 'path/to/file.php' }}
    onText=${(path: string) => change({ path })}
  />`
}

function MethodField(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const { method } = state
  return html`<${SelectField}
    id="method"
    label=${texts.form.method}
    hint=${method === '' ? undefined : texts.form.methodHint[method]}
    value=${method}
    options=${[...(method === '' ? [['', texts.form.chooseMethod]] : []), ['GET', 'GET'], ['POST', 'POST']]}
    onChoice=${(value: string) => change({ method: value as FormState['method'] })}
  />`
}

function EventField(): VNode {
  const { state, change } = useForm()
  const { texts } = useWording()
  const { eventTypes } = state
  return html`<${SelectField}
    id="event-types"
    label=${texts.form.eventType}
    hint=${eventTypes === '' ? undefined : texts.form.eventHint[eventTypes]}
    value=${eventTypes}
    options=${[
      ...(eventTypes === '' ? [['', texts.form.chooseEvent]] : []),
      ['call_start', texts.events.call_start],
      ['call_end', texts.events.call_end],
      ['both', texts.events.both],
    ]}
    onChoice=${(value: string) => change({ eventTypes: value as FormState['eventTypes'] })}
  />`
}

/** Only a POST has a body. */
function ContentTypeField(): VNode | null {
  const { state, change } = useForm()
  const { texts } = useWording()
  const { contentType } = state
  if (state.method !== 'POST') return null
  const known: readonly string[] = contentTypes
  const foreign = known.includes(contentType)
    ? []
    : [[contentType, `${contentType} (${texts.form.unsupported})`]]
  return html`<${SelectField}
    id="content-type"
    label=${texts.form.contentType}
    hint=${texts.form.contentTypeHint}
    value=${contentType}
    options=${[...contentTypes.map((type) => [type, type]), ...foreign]}
    onChoice=${(value: string) => change({ contentType: value })}
  />`
}
