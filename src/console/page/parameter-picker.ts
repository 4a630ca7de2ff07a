/// <reference lib="dom" />
// The field in which a call parameter is chosen. A click shows the whole catalogue under its headings; typing narrows
// it by name or meaning. Invariant: the list is in the document only while it is open, for there may be 200 rows.
import Combobox from '@github/combobox-nav'
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { ControlAttributes } from './field.ts'
import { textOf } from './field.ts'
import { pickerGroups } from './picker-options.ts'
import { useWording } from './wording.ts'

export interface ParameterPickerProps {
  readonly control: ControlAttributes
  readonly value: string
  /** End-only parameters are marked. */
  readonly marks: 'end_only' | 'none'
  onText(text: string): void
  onPick(name: string): void
  /** The client's own text is wanted instead. */
  onLiteral(text: string): void
}

export function ParameterPicker(props: ParameterPickerProps): VNode {
  const { control, value, marks, onText, onPick, onLiteral } = props
  const { texts, language } = useWording()
  const [view, setView] = useState<{ readonly isOpen: boolean; readonly query: string }>(closed)
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const combobox = useRef<Combobox | null>(null)
  const { isOpen, query } = view
  const listId = `${control.id}-list`
  const groups = useMemo(() => (isOpen ? pickerGroups(query, language) : []), [isOpen, query, language])

  useLayoutEffect(() => {
    if (!isOpen || input.current === null || list.current === null) return undefined
    const begun = new Combobox(input.current, list.current, { tabInsertsSuggestions: false })
    combobox.current = begun
    begun.start()
    scrollTo(list.current, list.current.querySelector('[data-chosen]'))
    return () => {
      begun.stop()
      combobox.current = null
    }
  }, [isOpen])
  // What was typed most likely means the first that fits. After all listeners of the typing: one of them clears.
  useEffect(() => selectFirst(), [query])

  const close = (): void => setView(closed)
  const commit = (event: Event): void => {
    const option = event.target as HTMLElement
    close()
    if (option.dataset['literal'] === undefined) onPick(option.dataset['name'] ?? '')
    else onLiteral(query)
  }
  const selectFirst = (): void => {
    const isSelected = list.current?.querySelector('[aria-selected="true"]') !== null
    // The client's own text is taken only by who chooses it: it may be a name with a slip of the pen.
    if (query !== '' && groups.length > 0 && !isSelected) combobox.current?.navigate(1)
  }
  const keyDown = (event: KeyboardEvent): void => {
    if (!isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      setView({ isOpen: true, query: '' })
    } else if (isOpen && event.key === 'Escape') {
      event.preventDefault()
      close()
    } else if (isOpen && event.key === 'Enter') {
      // Not the form's. This comes before the list's own listener, which takes what is selected.
      event.preventDefault()
      selectFirst()
      if (list.current?.querySelector('[aria-selected="true"]') === null) close()
    }
  }

  return html`<div class="picker">
    <input
      ...${control}
      ref=${input}
      type="text"
      role="combobox"
      aria-autocomplete="list"
      aria-haspopup="listbox"
      aria-expanded="false"
      aria-controls=${listId}
      autocomplete="off"
      autocapitalize="off"
      spellcheck=${false}
      placeholder=${texts.form.chooseValue}
      value=${value}
      onClick=${() => setView({ isOpen: true, query: '' })}
      onInput=${(event: Event) => {
        const text = textOf(event)
        onText(text)
        setView({ isOpen: true, query: text })
      }}
      onKeyDown=${keyDown}
      onBlur=${() => {
        close()
        control.onBlur()
      }}
    />
    ${
      isOpen &&
      html`<div
          ref=${list}
          id=${listId}
          class="options"
          role="listbox"
          aria-label=${texts.form.value}
          onMouseDown=${(event: Event) => event.preventDefault()}
          oncombobox-commit=${commit}
        >
          ${groups.map(
            ({ group, options }) =>
              html`<div key=${group} role="group" aria-labelledby=${`${listId}-${group}`}>
                <div class="heading" id=${`${listId}-${group}`} role="presentation">
                  ${texts.groups[group]}
                </div>
                ${options.map(
                  ({ name, meaning, isEndOnly }) =>
                    html`<div
                      key=${name}
                      id=${`${listId}-${name}`}
                      class="option"
                      role="option"
                      data-name=${name}
                      data-chosen=${name === value ? '' : undefined}
                    >
                      <span class="name">${name}</span>
                      ${isEndOnly && marks === 'end_only' && html`<span class="mark">${texts.form.endOnly}</span>`}
                      <span class="meaning">${meaning}</span>
                    </div>`,
                )}
              </div>`,
          )}
          ${groups.length === 0 && html`<div class="nothing" role="presentation">${texts.form.pickerEmpty}</div>`}
          <div id=${`${listId}-own-text`} class="option own" role="option" data-literal="">
            ${texts.form.asLiteral(query)}
          </div>
        </div>
        <span class="unseen" role="status"
          >${texts.form.pickerCount(groups.reduce((sum, { options }) => sum + options.length, 0))}</span
        >`
    }
  </div>`
}

const closed = { isOpen: false, query: '' }

/** Inside the list alone; the page stays where it is. */
function scrollTo(list: HTMLElement, option: HTMLElement | null): void {
  if (option !== null) list.scrollTop = option.offsetTop - list.clientHeight / 2
}
