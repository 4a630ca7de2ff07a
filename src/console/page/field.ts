/// <reference lib="dom" />
// A labelled control with what is to be said beside it. Invariant: a fault is tied to its control by id, marks it as
// invalid, and is announced once when it appears.
import { html } from 'htm/preact'
import type { ComponentChildren, VNode } from 'preact'
import { afterPress } from './after-press.ts'
import type { FieldId } from './fault-placement.ts'
import { useForm } from './form-context.ts'

export interface ControlAttributes {
  readonly id: FieldId
  readonly 'aria-describedby': string
  readonly 'aria-invalid': 'true' | undefined
  onBlur(): void
}

export interface FieldProps {
  readonly id: FieldId
  readonly label: string
  readonly hint?: ComponentChildren
  readonly className?: string
  /** The label is read, and stands elsewhere for the eye. */
  readonly labelShown?: 'always' | 'narrow'
  control(attributes: ControlAttributes): VNode
}

export function Field({ id, label, hint, className, labelShown, control }: FieldProps): VNode {
  const { touch } = useForm()
  return html`<div class=${`field ${className ?? ''}`}>
    <label for=${id} class=${labelShown === 'narrow' ? 'narrow-only' : ''}>${label}</label>
    ${control({ ...useFieldAttributes(id), onBlur: () => afterPress(() => touch(id)) })}
    <${Notes} id=${id} hint=${hint} />
  </div>`
}

export function useFieldAttributes(id: FieldId): Omit<ControlAttributes, 'onBlur'> {
  const isInvalid = useForm().faultsOf(id).length > 0
  return { id, 'aria-describedby': notesOf(id), 'aria-invalid': isInvalid ? 'true' : undefined }
}

export function notesOf(id: FieldId): string {
  return `${id}-notes`
}

export interface NotesProps {
  readonly id: FieldId
  readonly hint?: ComponentChildren
}

/** Faults before warnings; the hint gives way to a fault, which says more. */
export function Notes({ id, hint }: NotesProps): VNode {
  const { faultsOf, warningsOf } = useForm()
  const faults = faultsOf(id)
  const distinct = [...new Set(faults)]
  return html`<div class="notes" id=${notesOf(id)} aria-live="polite">
    ${distinct.map((fault) => html`<small key=${fault} class="fault">${fault}</small>`)}
    ${distinct.length === 0 && warningsOf(id).map((text) => html`<small key=${text} class="warning">${text}</small>`)}
    ${distinct.length === 0 && hint !== undefined && html`<small>${hint}</small>`}
  </div>`
}

export interface TextFieldProps extends Omit<FieldProps, 'control'> {
  readonly value: string
  readonly attributes?: Readonly<Record<string, unknown>>
  onText(text: string): void
}

export function TextField({ value, attributes, onText, ...field }: TextFieldProps): VNode {
  return html`<${Field}
    ...${field}
    control=${(shared: ControlAttributes) =>
      html`<input
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck=${false}
        ...${attributes}
        ...${shared}
        value=${value}
        onInput=${(event: Event) => onText(textOf(event))}
      />`}
  />`
}

export interface SelectFieldProps extends Omit<FieldProps, 'control'> {
  readonly value: string
  readonly options: readonly (readonly [value: string, text: string])[]
  onChoice(value: string): void
}

export function SelectField({ value, options, onChoice, ...field }: SelectFieldProps): VNode {
  return html`<${Field}
    ...${field}
    control=${(shared: ControlAttributes) =>
      html`<select ...${shared} onChange=${(event: Event) => onChoice(textOf(event))}>
        ${options.map(
          ([one, text]) => html`<option key=${one} value=${one} selected=${one === value}>${text}</option>`,
        )}
      </select>`}
  />`
}

export function textOf(event: Event): string {
  return (event.currentTarget as HTMLInputElement | HTMLSelectElement).value
}
