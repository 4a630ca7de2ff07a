/// <reference lib="dom" />
// The preview of what is in the form: asked for when the typing rests. Invariant: the newest question wins; what was
// asked before is called off, and its answer never shown.
import { useEffect, useState } from 'preact/hooks'
import type { Api, Refusal, Trial } from './api.ts'
import type { Preview } from './wire.ts'

const askAfterMs = 300

export type PreviewState =
  /** The form has faults, or nothing to show yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'shown'; readonly preview: Preview }
  /** By the server, which also judges what is not judged here. `asked`: the form as it was. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly asked: string }

/** `trial`: null while there is nothing to ask. */
export function usePreview(api: Api, trial: Trial | null): PreviewState {
  const [state, setState] = useState<PreviewState>({ kind: 'none' })
  const asked = trial === null ? null : JSON.stringify(trial)
  useEffect(() => {
    if (trial === null || asked === null) return undefined
    const ended = new AbortController()
    const ask = async (): Promise<void> => {
      const reply = await api.preview(trial, ended.signal)
      if (ended.signal.aborted || reply.kind === 'called_off') return
      setState(
        reply.kind === 'done'
          ? { kind: 'shown', preview: reply.body }
          : { kind: 'refused', refusal: reply, asked: JSON.stringify(trial.webhook) },
      )
    }
    const timer = setTimeout(() => void ask(), askAfterMs)
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [api, asked])
  return state
}
