// Waits for what nobody can call off, and no longer than a signal allows; what comes of it afterwards is nobody's.

/** Rejects with the signal's reason once that aborts. */
export function unlessLate<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const isOver = (): void => signal.removeEventListener('abort', onAbort)
    work.finally(isOver).then(resolve, reject)
  })
}
