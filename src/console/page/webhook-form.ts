/// <reference lib="dom" />
// The form itself, with the preview and the test beside it.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { AdvancedFields } from './advanced-fields.ts'
import type { Api } from './api.ts'
import { isAdvanced, wholeForm } from './fault-placement.ts'
import { FormProvider } from './form-context.ts'
import { eventTypesOf } from './form-state.ts'
import type { FormState } from './form-state.ts'
import { limitsIn } from './limit-texts.ts'
import { MainFields } from './main-fields.ts'
import { PreviewPanel } from './preview-panel.ts'
import type { Navigation } from './router.ts'
import { go, logPath } from './router.ts'
import { TestPanel } from './test-panel.ts'
import { troubleText } from './troubles.ts'
import { useFocusOnShow } from './use-focus-on-show.ts'
import { useWebhookForm } from './use-webhook-form.ts'
import type { Base, Conflict } from './use-webhook-form.ts'
import { useWording } from './wording.ts'

export interface WebhookFormProps {
  readonly api: Api
  readonly base: Base
  readonly initial: FormState
  readonly guard: Navigation['guard']
  /** Where it was come from. */
  readonly back: string
  onFinished(notice: string): void
}

export function WebhookForm({ api, base, initial, guard, back, onFinished }: WebhookFormProps): VNode {
  const { texts, faultText } = useWording()
  const life = useWebhookForm(api, base, initial)
  const { control, draft, shownFaults, isFaulty, isDirty, refusals } = life
  const { state } = control
  const form = useRef<HTMLFormElement>(null)
  const heading = useFocusOnShow()
  const [isOpen, setOpen] = useState(() => isUsed(initial))
  const isNew = base === null

  useEffect(() => guard(isDirty ? 'dirty' : 'clean'), [isDirty])
  useEffect(() => () => guard('clean'), [])
  useEffect(() => {
    if (refusals === 0) return undefined
    if ([...shownFaults.keys()].some(isAdvanced)) setOpen(true)
    const frame = requestAnimationFrame(() => focusFirstFault(form.current))
    return () => cancelAnimationFrame(frame)
  }, [refusals])

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if ((await life.save()) === 'saved') onFinished(isNew ? texts.notices.added : texts.notices.saved)
  }
  const trial = { webhook: draft.json, ...(base === null ? {} : { webhook_id: base.webhook.webhook_id }) }
  const count = [...shownFaults.values()].reduce((sum, faults) => sum + faults.length, 0)
  const atHead = (shownFaults.get(wholeForm) ?? []).map(faultText)

  return html`<${FormProvider} value=${control}>
    <div class="head">
      <div>
        <h1 ref=${heading} tabindex="-1">${isNew ? texts.form.newTitle : texts.form.editTitle}</h1>
      </div>
      ${base !== null && html`<a href=${logPath(base.webhook.webhook_id)}>${texts.list.log}</a>`}
    </div>
    <div class="beside">
      <form class="main card" ref=${form} onSubmit=${submit} novalidate>
        <div role="alert">
          ${refusals > 0 && count > 0 && html`<p class="notice bad">${texts.form.faults(count)}</p>`}
          ${refusals === 0 && life.isBrokenBefore && count > 0 && html`<p class="notice bad">${texts.form.brokenBefore}</p>`}
          ${atHead.map((fault) => html`<p key=${fault} class="notice bad">${fault}</p>`)}
          ${life.trouble !== null && html`<p class="notice bad">${troubleText(life.trouble, texts)}</p>`}
          ${life.conflict !== null && conflictNotice(life.conflict)}
        </div>
        <${MainFields} />
        <${AdvancedFields} isOpen=${isOpen} onToggle=${setOpen} />
        <div class="section finish">
          <label class="switch">
            <input
              type="checkbox"
              role="switch"
              checked=${state.enabled}
              onChange=${() => control.change({ enabled: !state.enabled })}
            />
            ${texts.form.enabled}
          </label>
          <div class="buttons">
            <button type="button" class="secondary outline" onClick=${() => go(back)}>
              ${texts.form.cancel}
            </button>
            <button type="submit" aria-busy=${life.isSaving ? 'true' : undefined}>
              ${isNew ? texts.form.add : texts.form.save}
            </button>
          </div>
        </div>
      </form>
      <aside>
        <${PreviewPanel}
          state=${life.preview}
          form=${state.address.trim() === '' ? 'empty' : isFaulty ? 'faulty' : 'fine'}
        />
        <${TestPanel}
          api=${api}
          trial=${isFaulty ? null : trial}
          eventTypes=${eventTypesOf(state.eventTypes)}
          onOrigin=${(address: string) => control.change({ address })}
        />
      </aside>
    </div>
  <//>`

  function conflictNotice(conflict: Conflict): VNode {
    if (conflict.kind === 'changed') {
      return html`<div class="notice bad">
        <p>${texts.conflict.body}</p>
        <button type="button" class="outline" onClick=${() => life.loadCurrent(conflict.current)}>
          ${texts.conflict.load}
        </button>
      </div>`
    }
    return html`<div class="notice">
      <p>${texts.conflict.loaded}</p>
      <button type="button" class="outline" onClick=${() => life.restoreMine(conflict.mine)}>
        ${texts.conflict.restore}
      </button>
    </div>`
  }
}

/** Whoever has set something there should see it. */
function isUsed(state: FormState): boolean {
  return (
    state.headers.length > 0 ||
    state.signingSecrets.length > 0 ||
    state.authentication !== 'none' ||
    state.tlsVerification !== 'on' ||
    state.missingValues !== 'empty' ||
    state.timeZone !== '' ||
    limitsIn(state) !== null
  )
}

function focusFirstFault(form: HTMLFormElement | null): void {
  const first = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-fault]')
  first?.focus()
  first?.scrollIntoView({ block: 'center' })
}
