/// <reference lib="dom" />
// The parameters of a request: the client's name on one side, what is sent under it on the other.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { findParameter } from '../../domain/parameter-catalogue.ts'
import { fieldIds } from './fault-placement.ts'
import type { ControlAttributes } from './field.ts'
import { Field, Notes, TextField, textOf } from './field.ts'
import { useForm } from './form-context.ts'
import { addParameterRow, eventTypesOf, withRow } from './form-state.ts'
import type { ParameterRow } from './form-state.ts'
import { Icon } from './icons.ts'
import { parameterMeaning } from './parameter-meaning.ts'
import { ParameterPicker } from './parameter-picker.ts'
import { useWording } from './wording.ts'

export function ParameterRows(): VNode {
  const { state, change, faultsOf } = useForm()
  const { texts } = useWording()
  const rows = state.parameters
  const group = useRef<HTMLFieldSetElement>(null)
  /** Id of what takes the focus once it is there. */
  const toFocus = useRef<string | null>(null)
  useLayoutEffect(() => {
    if (toFocus.current !== null) document.getElementById(toFocus.current)?.focus()
    toFocus.current = null
  }, [rows])
  const add = (): void => {
    toFocus.current = fieldIds.parameterName(state.nextKey)
    change(addParameterRow)
  }
  const remove = (row: ParameterRow): void => {
    const neighbour = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1]
    toFocus.current = neighbour === undefined ? 'add-parameter' : fieldIds.parameterName(neighbour.key)
    change({ parameters: withRow(rows, row.key, null) })
  }
  const isFaulty = faultsOf('parameters').length > 0
  return html`<fieldset
    class="section"
    ref=${group}
    tabindex=${isFaulty ? -1 : undefined}
    data-fault=${isFaulty ? '' : undefined}
    aria-describedby="parameters-notes"
  >
    <legend>${texts.form.parameters}</legend>
    <${Notes} id="parameters" hint=${texts.form.parametersHint} />
    ${
      rows.length > 0 &&
      html`<div class="row columns" aria-hidden="true">
        <span>${texts.form.name}</span><span>${texts.form.value}</span>
      </div>`
    }
    ${rows.map(
      (row, index) =>
        html`<${Row} key=${row.key} row=${row} position=${index + 1} onRemove=${() => remove(row)} />`,
    )}
    <button type="button" id="add-parameter" class="add secondary outline" onClick=${add}>
      ${texts.form.addParameter}
    </button>
  </fieldset>`
}

interface RowProps {
  readonly row: ParameterRow
  readonly position: number
  onRemove(): void
}

function Row({ row, position, onRemove }: RowProps): VNode {
  const { state, change } = useForm()
  const { texts, language } = useWording()
  const set = (changed: Partial<ParameterRow>): void =>
    change((now) => ({ ...now, parameters: withRow(now.parameters, row.key, changed) }))
  const valueId = fieldIds.parameterValue(row.key)
  const focusValue = (): void => {
    // After the control has changed its kind.
    requestAnimationFrame(() => document.getElementById(valueId)?.focus())
  }
  const parameter = row.source === 'parameter' ? findParameter(row.value.trim()) : undefined
  const marks = eventTypesOf(state.eventTypes).includes('call_start') ? 'end_only' : 'none'
  const literalHint = html`${texts.form.literalHint}${' '}
    <button
      type="button"
      class="link"
      onClick=${() => {
        set({ source: 'parameter', value: '' })
        focusValue()
      }}
    >
      ${texts.form.chooseParameter}
    </button>`
  const control = (shared: ControlAttributes): VNode =>
    row.source === 'literal'
      ? html`<input
          ...${shared}
          key="literal"
          type="text"
          autocomplete="off"
          placeholder=${texts.form.literal}
          value=${row.value}
          onInput=${(event: Event) => set({ value: textOf(event) })}
        />`
      : html`<${ParameterPicker}
          key="parameter"
          control=${shared}
          value=${row.value}
          marks=${marks}
          onText=${(value: string) => set({ value })}
          onPick=${(value: string) => set({ value })}
          onLiteral=${(value: string) => {
            set({ source: 'literal', value })
            focusValue()
          }}
        />`
  return html`<div class="row">
    <${TextField}
      id=${fieldIds.parameterName(row.key)}
      label=${texts.form.nameOf(position)}
      labelShown="narrow"
      value=${row.name}
      onText=${(name: string) => set({ name })}
    />
    <${Field}
      id=${valueId}
      label=${texts.form.valueOf(position)}
      labelShown="narrow"
      hint=${row.source === 'literal' ? literalHint : parameter === undefined ? undefined : parameterMeaning(parameter.name, language)}
      control=${control}
    />
    <button
      type="button"
      class="tool"
      aria-label=${texts.form.removeParameter(row.name === '' ? String(position) : row.name)}
      onClick=${onRemove}
    >
      <${Icon} shape="cross" />
    </button>
  </div>`
}
