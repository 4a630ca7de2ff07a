/// <reference lib="dom" />
// The page's addresses: a hash each, so that the server serves one document and a bookmark leads back.
// Invariant: whatever the hash says leads somewhere; what is unknown is the list.
import { useEffect, useRef, useState } from 'preact/hooks'

export type Route =
  | { readonly kind: 'list' }
  | { readonly kind: 'new' }
  | { readonly kind: 'edit'; readonly webhookId: string }
  /** What happened to what a webhook was to get. */
  | { readonly kind: 'log'; readonly webhookId: string }
  /** What happened to all that a call was to send. */
  | { readonly kind: 'call'; readonly callId: string }

export const paths = { integrations: '#/integrations', webhooks: '#/webhooks', create: '#/webhooks/new' }

export function go(path: string): void {
  location.hash = path
}

export function editPath(webhookId: string): string {
  return `#/webhooks/by-id/${encodeURIComponent(webhookId)}`
}

export function logPath(webhookId: string): string {
  return `${editPath(webhookId)}/deliveries`
}

export function callPath(callId: string): string {
  return `#/calls/${encodeURIComponent(callId)}`
}

export function routeOf(hash: string): Route {
  if (hash === paths.create) return { kind: 'new' }
  const callId = decoded(/^#\/calls\/(.+)$/.exec(hash)?.[1])
  if (callId !== null) return { kind: 'call', callId }
  const logged = decoded(/^#\/webhooks\/by-id\/([^/]+)\/deliveries$/.exec(hash)?.[1])
  if (logged !== null) return { kind: 'log', webhookId: logged }
  const webhookId = decoded(/^#\/webhooks\/by-id\/(.+)$/.exec(hash)?.[1])
  return webhookId === null ? { kind: 'list' } : { kind: 'edit', webhookId }
}

function decoded(text: string | undefined): string | null {
  if (text === undefined) return null
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

export interface Navigation {
  readonly hash: string
  readonly route: Route
  /** The hash that was shown before this one; null: this is the first. */
  readonly before: string | null
  /** Whether leaving would lose what was typed: then it is asked first. */
  guard(state: 'dirty' | 'clean'): void
  /** Where somebody wants to go from a dirty form; null: nowhere. */
  readonly wanted: string | null
  leave(): void
  stay(): void
}

export function useNavigation(): Navigation {
  const [hash, setHash] = useState(location.hash)
  const [wanted, setWanted] = useState<string | null>(null)
  const isDirty = useRef(false)
  const shown = useRef(hash)
  const before = useRef<string | null>(null)
  useEffect(() => {
    const changed = (): void => {
      if (location.hash === shown.current) return
      if (isDirty.current) {
        setWanted(location.hash)
        // Without an event of its own, so that the form stays what it is.
        history.pushState(null, '', shown.current === '' ? '#' : shown.current)
        return
      }
      before.current = shown.current
      shown.current = location.hash
      setHash(location.hash)
    }
    const unload = (event: BeforeUnloadEvent): void => {
      if (isDirty.current) event.preventDefault()
    }
    addEventListener('hashchange', changed)
    addEventListener('beforeunload', unload)
    return () => {
      removeEventListener('hashchange', changed)
      removeEventListener('beforeunload', unload)
    }
  }, [])
  return {
    hash,
    route: routeOf(hash),
    before: before.current,
    wanted,
    guard: (state) => {
      isDirty.current = state === 'dirty'
    },
    leave: () => {
      isDirty.current = false
      if (wanted !== null) location.hash = wanted
      setWanted(null)
    },
    stay: () => setWanted(null),
  }
}
