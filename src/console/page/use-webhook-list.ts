/// <reference lib="dom" />
// The list as it is now: asked for again every few seconds while somebody looks, so that counts move by themselves.
// Invariant: an answer to an earlier question never replaces that to a later one.
import { useEffect, useState } from 'preact/hooks'
import type { Api, Refusal, Reply } from './api.ts'
import type { WebhookPage } from './wire.ts'

export interface WebhookListing {
  /** Null until there was an answer. */
  readonly page: WebhookPage | null
  /** Of the last question; null where it was answered. */
  readonly trouble: Refusal | null
  more(): void
  refresh(): void
}

const pageLength = 50
/** As many as the API gives at once. */
const mostAtOnce = 500
const refreshMs = 3_000

export function useWebhookList(api: Api, search: string): WebhookListing {
  const [wanted, setWanted] = useState({ search, count: pageLength })
  const [turn, setTurn] = useState(0)
  const [page, setPage] = useState<WebhookPage | null>(null)
  const [trouble, setTrouble] = useState<Refusal | null>(null)
  const count = wanted.search === search ? wanted.count : pageLength
  useEffect(() => {
    const ended = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (): Promise<void> => {
      const reply = await firstOf(api, { search, count }, ended.signal)
      if (ended.signal.aborted) return
      if (reply.kind === 'done') setPage(reply.body)
      setTrouble(reply.kind === 'refused' ? reply : null)
      timer = setTimeout(next, refreshMs)
    }
    const next = (): void => {
      if (document.hidden) timer = setTimeout(next, refreshMs)
      else void ask()
    }
    void ask()
    return () => {
      ended.abort()
      clearTimeout(timer)
    }
  }, [api, search, count, turn])
  return {
    page,
    trouble,
    more: () => setWanted({ search, count: count + pageLength }),
    refresh: () => setTurn((before) => before + 1),
  }
}

async function firstOf(
  api: Api,
  { search, count }: { readonly search: string; readonly count: number },
  signal: AbortSignal,
): Promise<Reply<WebhookPage>> {
  const webhooks: WebhookPage['webhooks'][number][] = []
  for (let after: string | null = null; ;) {
    const limit = Math.min(mostAtOnce, count - webhooks.length)
    const reply: Reply<WebhookPage> = await api.list({ limit, after, search }, signal)
    if (reply.kind !== 'done') return reply
    const { total, next } = reply.body
    webhooks.push(...reply.body.webhooks)
    if (next === null || webhooks.length >= count) return { kind: 'done', body: { webhooks, total, next } }
    after = next
  }
}
