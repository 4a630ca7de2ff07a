/// <reference lib="dom" />
// The limits that a client sets for the sake of its server. Each may be left empty, and then the service's own is in
// force; that the service's own is in force for a larger one too is said once, above them.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import type { ControlAttributes } from './field.ts'
import { Field, Notes, notesOf, TextField, textOf } from './field.ts'
import { useForm } from './form-context.ts'
import { horizonUnits } from './limit-texts.ts'
import type { HorizonUnit } from './limit-texts.ts'
import { useWording } from './wording.ts'

export function LimitFields(): VNode {
  const { state, change } = useForm()
  const words = useWording().texts.advanced
  return html`<fieldset class="part">
    <legend>${words.limits}</legend>
    <${Notes} id="limits" hint=${words.limitsHint} />
    <div class="pair">
      <${TextField}
        id="total-timeout"
        label=${words.totalTimeout}
        hint=${words.totalTimeoutHint}
        value=${state.totalTimeout}
        attributes=${{ inputmode: 'numeric' }}
        onText=${(totalTimeout: string) => change({ totalTimeout })}
      />
      <${TextField}
        id="concurrency"
        label=${words.concurrency}
        hint=${words.concurrencyHint}
        value=${state.concurrency}
        attributes=${{ inputmode: 'numeric' }}
        onText=${(concurrency: string) => change({ concurrency })}
      />
      <${TextField}
        id="rate-per-second"
        label=${words.ratePerSecond}
        hint=${words.ratePerSecondHint}
        value=${state.ratePerSecond}
        attributes=${{ inputmode: 'decimal' }}
        onText=${(ratePerSecond: string) => change({ ratePerSecond })}
      />
      <${RetryHorizon} />
    </div>
  </fieldset>`
}

function RetryHorizon(): VNode {
  const { state, change } = useForm()
  const words = useWording().texts.advanced
  const id = 'retry-horizon'
  return html`<${Field}
    id=${id}
    label=${words.retryHorizon}
    hint=${words.retryHorizonHint}
    control=${(shared: ControlAttributes) =>
      html`<div class="amount">
        <input
          type="text"
          inputmode="decimal"
          autocomplete="off"
          ...${shared}
          value=${state.retryHorizon}
          onInput=${(event: Event) => change({ retryHorizon: textOf(event) })}
        />
        <select
          aria-label=${words.retryHorizonUnit}
          aria-describedby=${notesOf(id)}
          onChange=${(event: Event) => change({ retryHorizonUnit: textOf(event) as HorizonUnit })}
        >
          ${Object.keys(horizonUnits).map(
            (unit) =>
              html`<option key=${unit} value=${unit} selected=${unit === state.retryHorizonUnit}>
                ${words.horizonUnits[unit as HorizonUnit]}
              </option>`,
          )}
        </select>
      </div>`}
  />`
}
