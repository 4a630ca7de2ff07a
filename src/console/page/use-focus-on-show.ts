/// <reference lib="dom" />
// A view that replaces another takes the focus to its heading, so that whoever cannot see the change hears it. The
// first view of all does not: the browser has just announced the page.
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

let isFirst = true

export function useFocusOnShow(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!isFirst) heading.current?.focus()
    isFirst = false
  }, [])
  return heading
}
