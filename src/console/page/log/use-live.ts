/// <reference lib="dom" />
// Tells a view that there may be something new, while somebody looks at it.
import { useEffect, useRef, useState } from 'preact/hooks'
import { followEvents } from './follow-events.ts'
import type { LogApi, LogScope } from './log-api.ts'

/** Between two looks: a busy webhook tells of something new every second. */
const restMs = 1_000

/** `broken`: nothing is heard at present, and it is tried again. */
export function useLive(api: LogApi, scope: LogScope, look: () => void): 'followed' | 'broken' {
  const [state, setState] = useState<'followed' | 'broken'>('followed')
  const latest = useRef(look)
  latest.current = look
  // One stream for all that is shown of a webhook, whatever of it is left out.
  const of = scope.kind === 'webhook' ? scope.webhookId : scope.callId
  useEffect(() => {
    const ended = new AbortController()
    let isResting = false
    let isWanted = false
    // What is shown has just been asked for.
    let isFirst = true
    const wanted = (): void => {
      isWanted = true
      if (isResting || document.hidden) return
      isWanted = false
      isResting = true
      latest.current()
      void wait(restMs, ended.signal).then(() => {
        isResting = false
        if (isWanted && !ended.signal.aborted) wanted()
      })
    }
    const seen = (): void => {
      if (isWanted) wanted()
    }
    document.addEventListener('visibilitychange', seen)
    void followEvents(
      {
        open: (signal) => api.events(scope, signal),
        told: (what) => {
          setState('followed')
          if (what !== 'connected' || !isFirst) wanted()
          isFirst = false
        },
        broken: () => {
          isFirst = false
          setState('broken')
        },
        wait,
      },
      ended.signal,
    )
    return () => {
      ended.abort()
      document.removeEventListener('visibilitychange', seen)
    }
  }, [api, scope.kind, of])
  return state
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const ended = (): void => {
      clearTimeout(timer)
      resolve()
    }
    if (signal.aborted) ended()
    else signal.addEventListener('abort', ended, { once: true })
  })
}
