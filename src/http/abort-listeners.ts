// Who is told when a signal aborts. A listener of its own on a signal costs more than all else that an exchange does when
// it begins and ends, and hundreds of exchanges are under way beneath one signal.
// Invariant: a signal that aborts tells everybody beneath it once; nobody is kept in memory by having listened.

export interface AbortListener {
  aborted(): void
}

const beneath = new WeakMap<AbortSignal, Set<AbortListener>>()

/** The listeners of a signal that has not aborted: to be added to and deleted from. */
export function listenersOf(signal: AbortSignal): Set<AbortListener> {
  const known = beneath.get(signal)
  if (known !== undefined) return known
  const listeners = new Set<AbortListener>()
  beneath.set(signal, listeners)
  const tellAll = (): void => {
    for (const each of listeners) each.aborted()
    listeners.clear()
  }
  signal.addEventListener('abort', tellAll, { once: true })
  return listeners
}
