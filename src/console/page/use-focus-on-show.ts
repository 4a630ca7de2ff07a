/// <reference lib="dom" />
// A view that replaces another takes the focus to its heading, so that whoever cannot see the change hears it. The
// first view of all does not: the browser has just announced the page.
// Before it is painted: a focus that moved a moment later would take the first keys away from whoever types at once.
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

let isFirst = true

export function useFocusOnShow(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    if (!isFirst) heading.current?.focus()
    isFirst = false
  }, [])
  return heading
}
