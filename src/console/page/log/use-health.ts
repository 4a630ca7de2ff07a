/// <reference lib="dom" />
// How a webhook fares and what it is, as they are now.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Api, Refusal } from '../api.ts'
import type { ListedWebhook } from '../wire.ts'
import type { LogApi } from './log-api.ts'
import type { Health } from './log-wire.ts'

export interface HealthReading {
  readonly listed: ListedWebhook | null
  readonly health: Health | null
  readonly trouble: Refusal | null
  look(): void
}

export function useHealth(api: Api, logApi: LogApi, webhookId: string): HealthReading {
  const [listed, setListed] = useState<ListedWebhook | null>(null)
  const [health, setHealth] = useState<Health | null>(null)
  const [trouble, setTrouble] = useState<Refusal | null>(null)
  const turn = useRef(new AbortController())
  const ask = async (): Promise<void> => {
    turn.current.abort()
    turn.current = new AbortController()
    const { signal } = turn.current
    const [webhook, fares] = await Promise.all([api.get(webhookId), logApi.health(webhookId, signal)])
    if (signal.aborted) return
    if (webhook.kind === 'done') setListed(webhook.body)
    if (fares.kind === 'done') setHealth(fares.body)
    setTrouble(webhook.kind === 'refused' ? webhook : fares.kind === 'refused' ? fares : null)
  }
  useEffect(() => {
    void ask()
    return () => turn.current.abort()
  }, [api, webhookId])
  return { listed, health, trouble, look: () => void ask() }
}
