/// <reference lib="dom" />
// Asks what is to be sent again, before it is counted.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { ReplayChoice } from './log-wire.ts'
import { localText, periods, windowOf } from './replay-period.ts'
import type { Period } from './replay-period.ts'
import { useLogTexts } from './use-log-texts.ts'

export interface PeriodFormProps {
  onCount(choice: ReplayChoice): void
  onCancel(): void
}

export function PeriodForm({ onCount, onCancel }: PeriodFormProps): VNode {
  const { replay: texts } = useLogTexts()
  const [period, setPeriod] = useState<Period>('day')
  const [own, setOwn] = useState(() => {
    const nowMs = Date.now()
    return { since: localText(nowMs - 3_600_000), until: localText(nowMs) }
  })
  const [isWrong, setWrong] = useState(false)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const choice = windowOf(period, own, Date.now())
    setWrong(choice === null)
    if (choice !== null) onCount(choice)
  }
  const moment = (name: 'since' | 'until') =>
    html`<div class="field">
      <label for=${`replay-${name}`}>${texts[name]}</label>
      <input
        id=${`replay-${name}`}
        type="datetime-local"
        value=${own[name]}
        aria-invalid=${isWrong ? 'true' : undefined}
        aria-describedby="replay-fault"
        onInput=${(event: Event) => setOwn((now) => ({ ...now, [name]: valueOf(event) }))}
      />
    </div>`
  return html`<form onSubmit=${submit} novalidate>
    <div class="field">
      <label for="replay-period">${texts.period}</label>
      <select id="replay-period" onChange=${(event: Event) => setPeriod(valueOf(event) as Period)}>
        ${periods.map(
          (one) =>
            html`<option key=${one} value=${one} selected=${one === period}>${texts.periods[one]}</option>`,
        )}
      </select>
    </div>
    ${period === 'own' && html`<div class="pair">${moment('since')}${moment('until')}</div>`}
    <div class="notes" id="replay-fault" role="alert">
      ${isWrong && html`<small class="fault">${texts.wrongPeriod}</small>`}
    </div>
    <footer>
      <button type="button" class="secondary outline" onClick=${onCancel}>${texts.cancel}</button>
      <button type="submit">${texts.count}</button>
    </footer>
  </form>`
}

function valueOf(event: Event): string {
  return (event.currentTarget as HTMLInputElement | HTMLSelectElement).value
}
