/// <reference lib="dom" />
// Sending again, from counting to the result. Invariants: nothing is sent before somebody has seen how much it is and
// said so; what was begun and is left before that is forgotten by the console, too.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Refusal } from '../api.ts'
import type { LogApi } from './log-api.ts'
import type { Replay, ReplayChoice } from './log-wire.ts'

export type ReplayLife =
  | { readonly kind: 'none' }
  | { readonly kind: 'seen'; readonly replay: Replay }
  /** Of counting or of sending. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The console knows nothing of it any more. */
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'stopped'; readonly replay: Replay }

export interface Replaying {
  readonly life: ReplayLife
  count(choice: ReplayChoice): void
  send(): void
  /** Of what is being sent: the rest stays. */
  stop(): void
  /** As before: what was counted is forgotten, what is being sent goes on. */
  leave(): void
}

const lookAgainMs = 500

export function useReplay(api: LogApi, webhookId: string): Replaying {
  const [life, setLife] = useState<ReplayLife>({ kind: 'none' })
  /** What is asked for now; another one ends it. */
  const turn = useRef(new AbortController())
  const begun = useRef<Replay | null>(null)

  const next = (): AbortSignal => {
    turn.current.abort()
    turn.current = new AbortController()
    return turn.current.signal
  }
  const refused = (refusal: Refusal): void => {
    const isForgotten = refusal.status === 404 && begun.current !== null
    begun.current = null
    setLife(isForgotten ? { kind: 'forgotten' } : { kind: 'refused', refusal })
  }
  /** Until somebody is to decide, or there is no more to see. */
  const watch = async (replayId: string, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const reply = await api.replay(replayId)
      if (signal.aborted || reply.kind === 'called_off') return
      // Whoever sends goes on sending where nobody hears of it for a moment.
      const isAway = reply.kind === 'refused' && (reply.status === 0 || reply.status >= 500)
      if (reply.kind === 'refused' && !isAway) return refused(reply)
      if (reply.kind === 'done') {
        begun.current = reply.body
        setLife({ kind: 'seen', replay: reply.body })
        if (reply.body.state !== 'counting' && reply.body.state !== 'sending') return
      }
      await new Promise((resolve) => setTimeout(resolve, isAway ? 4 * lookAgainMs : lookAgainMs))
    }
  }
  const count = async (choice: ReplayChoice): Promise<void> => {
    leave()
    const signal = next()
    setLife({ kind: 'seen', replay: { ...nothingYet, state: 'counting' } })
    const reply = await api.count(webhookId, choice)
    if (reply.kind === 'called_off') return
    if (signal.aborted) {
      if (reply.kind === 'done') void api.forget(reply.body.replay_id)
      return
    }
    if (reply.kind === 'refused') return refused(reply)
    begun.current = { ...nothingYet, ...reply.body, state: 'counting' }
    await watch(reply.body.replay_id, signal)
  }
  const send = async (): Promise<void> => {
    const replay = begun.current
    if (replay === null || replay.state !== 'counted') return
    const signal = next()
    begun.current = { ...replay, state: 'sending' }
    setLife({ kind: 'seen', replay: begun.current })
    const reply = await api.send(replay.replay_id)
    if (signal.aborted || reply.kind === 'called_off') return
    if (reply.kind === 'refused') return refused(reply)
    await watch(replay.replay_id, signal)
  }
  const stop = async (): Promise<void> => {
    const replay = begun.current
    if (replay === null) return
    next()
    begun.current = null
    setLife({ kind: 'stopped', replay })
    await api.forget(replay.replay_id)
  }
  const leave = (): void => {
    const replay = begun.current
    next()
    begun.current = null
    setLife({ kind: 'none' })
    if (replay !== null && replay.state !== 'sending') void api.forget(replay.replay_id)
  }
  useEffect(() => leave, [])
  return {
    life,
    count: (choice) => void count(choice),
    send: () => void send(),
    stop: () => void stop(),
    leave,
  }
}

const nothingYet: Replay = {
  replay_id: '',
  state: 'counting',
  read: 0,
  count: null,
  sent: 0,
  passed_over: 0,
  unsent: [],
  left: 0,
  error: null,
}
