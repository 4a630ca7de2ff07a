/// <reference lib="dom" />
// Lets a press end before the page moves. Whoever presses a button leaves a field first; if its fault appeared at once,
// the button would move away from under the pointer, and the press would be none.

let isPressed = false
const watch = { capture: true, passive: true }
addEventListener('pointerdown', () => void (isPressed = true), watch)
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => void (isPressed = false), watch)

/** Runs it at once, or after the click, where the pointer is down. */
export function afterPress(work: () => void): void {
  if (!isPressed) {
    work()
    return
  }
  const over = new AbortController()
  const ended = (): void => {
    over.abort()
    // The click follows in the same turn.
    setTimeout(work)
  }
  for (const end of ['pointerup', 'pointercancel']) addEventListener(end, ended, { signal: over.signal })
}
