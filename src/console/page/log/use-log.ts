/// <reference lib="dom" />
// A log as it is now. Invariants: an answer to an earlier question never replaces that to a later one; what is shown
// moves only when somebody asks for it.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Refusal } from '../api.ts'
import type { LogApi, LogScope } from './log-api.ts'
import { lookedAt, opened, withMore, withWaiting } from './shown-log.ts'
import type { ShownLog } from './shown-log.ts'

export interface LogReading {
  /** Null until there was an answer. */
  readonly log: ShownLog | null
  readonly trouble: Refusal | null
  readonly isLoading: boolean
  more(): void
  /** There may be something new. */
  look(): void
  /** Shows what waits. */
  showWaiting(): void
  /** From the newest on, anew. */
  restart(): void
}

const pageLength = 50

export function useLog(api: LogApi, scope: LogScope): LogReading {
  const [log, setLog] = useState<ShownLog | null>(null)
  const [trouble, setTrouble] = useState<Refusal | null>(null)
  const [isLoading, setLoading] = useState(true)
  const [turn, setTurn] = useState(0)
  const reading = useRef(new AbortController())
  const isAsking = useRef(false)

  /** One question at a time; what was asked for meanwhile is asked for again. */
  const ask = async (after: string | null, fold: (log: ShownLog | null, page: ShownLog) => ShownLog) => {
    const { signal } = reading.current
    const reply = await api.log(scope, { limit: pageLength, after }, signal)
    if (signal.aborted) return
    if (reply.kind === 'done') setLog((now) => fold(now, opened(reply.body)))
    setTrouble(reply.kind === 'refused' ? reply : null)
    setLoading(false)
  }
  useEffect(() => {
    reading.current = new AbortController()
    isAsking.current = false
    setLoading(true)
    void ask(null, (_log, page) => page)
    return () => reading.current.abort()
  }, [api, JSON.stringify(scope), turn])
  return {
    log,
    trouble,
    isLoading,
    more: () => {
      if (log === null || log.next === null || isAsking.current) return
      const { signal } = reading.current
      isAsking.current = true
      setLoading(true)
      void ask(log.next, (now, page) => (now === null ? page : withMore(now, page))).finally(() => {
        if (!signal.aborted) isAsking.current = false
      })
    },
    look: () => void ask(null, (now, page) => (now === null ? page : lookedAt(now, page))),
    showWaiting: () => setLog((now) => (now === null ? now : withWaiting(now))),
    restart: () => setTurn((before) => before + 1),
  }
}
