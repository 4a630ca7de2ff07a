/// <reference lib="dom" />
// The life of one form: what was typed, what is wrong with it, and what became of saving it.
// Invariants: nothing that was typed is lost unless somebody says so; a fault of the server's stands while the form is
// what the server judged, and no longer.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { WebhookFault } from '../../domain/webhook-fault.ts'
import type { Api, Refusal } from './api.ts'
import { byField, isForAnotherAddress } from './fault-placement.ts'
import type { FieldId } from './fault-placement.ts'
import type { FormControl } from './form-context.ts'
import { draftOf, judge } from './form-draft.ts'
import type { FormDraft } from './form-draft.ts'
import { formStateOf } from './form-state.ts'
import type { FormState } from './form-state.ts'
import { shownAddress } from './host-text.ts'
import type { CurrentWebhook } from './wire.ts'
import { usePreview } from './use-preview.ts'
import type { PreviewState } from './use-preview.ts'
import { useSession } from './session-context.ts'
import { useWording } from './wording.ts'

/** What is edited; null for a new webhook. */
export type Base = CurrentWebhook | null

export type Conflict =
  | { readonly kind: 'changed'; readonly current: CurrentWebhook }
  /** The current version is shown; what was typed waits. */
  | { readonly kind: 'loaded'; readonly mine: FormState }

export interface WebhookFormLife {
  readonly control: FormControl
  readonly draft: FormDraft
  readonly preview: PreviewState
  /** Of fields that were left, or all after an attempt to save; of stored secrets as soon as they are known. */
  readonly shownFaults: ReadonlyMap<FieldId, readonly WebhookFault[]>
  readonly isFaulty: boolean
  /** What was stored had faults when the form was opened. */
  readonly isBrokenBefore: boolean
  readonly isDirty: boolean
  readonly isSaving: boolean
  /** Rises with each attempt to save that ended with faults. */
  readonly refusals: number
  readonly conflict: Conflict | null
  readonly trouble: Refusal | null
  save(): Promise<'saved' | 'not_saved'>
  loadCurrent(current: CurrentWebhook): void
  restoreMine(mine: FormState): void
}

export function editableState({ webhook }: CurrentWebhook): FormState {
  return { ...formStateOf(webhook), address: shownAddress(webhook.address) }
}

export function useWebhookForm(api: Api, begun: Base, initial: FormState): WebhookFormLife {
  const { faultText, warningText } = useWording()
  const unverifiedTls = useSession()?.unverified_tls
  const [base, setBase] = useState(begun)
  const [state, setState] = useState(initial)
  const [clean, setClean] = useState(() => textOf(draftOf(initial)))
  // What is wrong with a stored webhook is told at once.
  const [isBrokenBefore, setBrokenBefore] = useState(
    () => begun !== null && judge(draftOf(initial), unverifiedTls).faults.length > 0,
  )
  const [touched, setTouched] = useState<ReadonlySet<FieldId> | 'all'>(
    isBrokenBefore ? 'all' : new Set<FieldId>(),
  )
  const [told, setTold] = useState<{ readonly of: string; readonly faults: readonly WebhookFault[] } | null>(
    null,
  )
  const [isSaving, setSaving] = useState(false)
  const [refusals, setRefusals] = useState(0)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [trouble, setTrouble] = useState<Refusal | null>(null)
  const busy = useRef(false)

  const draft = useMemo(() => draftOf(state), [state])
  const text = useMemo(() => textOf(draft), [draft])
  const judgement = useMemo(() => judge(draft, unverifiedTls), [draft])
  const trial = { webhook: draft.json, ...(base === null ? {} : { webhook_id: base.webhook.webhook_id }) }
  const preview = usePreview(api, judgement.faults.length === 0 ? trial : null)
  useEffect(() => {
    if (preview.kind === 'refused' && preview.refusal.status === 422) {
      setTold({ of: preview.asked, faults: preview.refusal.faults })
      // What only the server can judge, a stored secret for one, is told as soon as it says so.
      if (begun !== null && preview.asked === clean) {
        setBrokenBefore(true)
        setTouched('all')
      }
    }
  }, [preview])

  const serverFaults = told !== null && told.of === text && judgement.faults.length === 0 ? told.faults : []
  const faults = [...judgement.faults, ...serverFaults]
  const placed = byField(faults, draft)
  const shownFaults = new Map(
    Array.from(placed).filter(
      ([field, of]) =>
        touched === 'all' || touched.has(field) || field === 'form' || of.some(isForAnotherAddress),
    ),
  )
  const rendered = preview.kind === 'shown' ? preview.preview.warnings : []
  const fromRendering = rendered.filter(({ rule }) => rule === 'url_too_long' || rule === 'body_too_large')
  const warnings = byField([...judgement.warnings, ...fromRendering], draft)

  const control: FormControl = {
    state,
    change: (change) =>
      setState((now) => (typeof change === 'function' ? change(now) : { ...now, ...change })),
    faultsOf: (field) => (shownFaults.get(field) ?? []).map(faultText),
    warningsOf: (field) => (warnings.get(field) ?? []).map(warningText),
    touch: (field) => setTouched((now) => (now === 'all' || now.has(field) ? now : new Set([...now, field]))),
  }

  const save = async (): Promise<'saved' | 'not_saved'> => {
    if (busy.current) return 'not_saved'
    setTouched('all')
    setTrouble(null)
    if (faults.length > 0) {
      setRefusals((before) => before + 1)
      return 'not_saved'
    }
    busy.current = true
    setSaving(true)
    const reply =
      base === null
        ? await api.create(draft.json)
        : await api.replace(base.webhook.webhook_id, base.etag, draft.json)
    busy.current = false
    setSaving(false)
    if (reply.kind === 'done') return 'saved'
    if (reply.kind === 'refused') refused(reply)
    return 'not_saved'
  }
  const refused = (refusal: Refusal): void => {
    if (refusal.status === 422) {
      setTold({ of: text, faults: refusal.faults })
      setRefusals((before) => before + 1)
    } else if (refusal.status === 412 && refusal.current !== null) {
      setConflict({ kind: 'changed', current: refusal.current })
    } else if (refusal.status !== 401) setTrouble(refusal)
  }

  return {
    control,
    draft,
    preview,
    shownFaults,
    isFaulty: faults.length > 0,
    isBrokenBefore,
    isDirty: text !== clean,
    isSaving,
    refusals,
    conflict,
    trouble,
    save,
    loadCurrent: (current) => {
      const fresh = editableState(current)
      setConflict({ kind: 'loaded', mine: state })
      setBase(current)
      setState(fresh)
      setClean(textOf(draftOf(fresh)))
      setTouched(new Set<FieldId>())
    },
    restoreMine: (mine) => {
      setConflict(null)
      setState(mine)
    },
  }
}

function textOf({ json }: FormDraft): string {
  return JSON.stringify(json)
}
