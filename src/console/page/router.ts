/// <reference lib="dom" />
// The page's addresses: a hash each, so that the server serves one document and a bookmark leads back.
// Invariant: whatever the hash says leads somewhere; what is unknown is the list.
import { useEffect, useRef, useState } from 'preact/hooks'

export type Route =
  { readonly kind: 'list' } | { readonly kind: 'new' } | { readonly kind: 'edit'; readonly webhookId: string }

export const paths = { integrations: '#/integrations', webhooks: '#/webhooks', create: '#/webhooks/new' }

export function go(path: string): void {
  location.hash = path
}

export function editPath(webhookId: string): string {
  return `#/webhooks/by-id/${encodeURIComponent(webhookId)}`
}

export function routeOf(hash: string): Route {
  if (hash === paths.create) return { kind: 'new' }
  const [, webhookId] = /^#\/webhooks\/by-id\/(.+)$/.exec(hash) ?? []
  const id = webhookId === undefined ? null : decoded(webhookId)
  return id === null ? { kind: 'list' } : { kind: 'edit', webhookId: id }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

export interface Navigation {
  readonly hash: string
  readonly route: Route
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
  useEffect(() => {
    const changed = (): void => {
      if (location.hash === shown.current) return
      if (isDirty.current) {
        setWanted(location.hash)
        // Without an event of its own, so that the form stays what it is.
        history.pushState(null, '', shown.current === '' ? '#' : shown.current)
        return
      }
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
