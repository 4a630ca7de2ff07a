// Pictures on buttons. Each button has its name in words, so that these say nothing to a screen reader.
import { html } from 'htm/preact'
import type { VNode } from 'preact'

const shapes = {
  pencil: 'M4 20h4L19 9l-4-4L4 16v4zM13.5 6.5l4 4',
  bin: 'M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3',
  cross: 'M6 6l12 12M18 6L6 18',
  arrow: 'M4 12h15M13 6l6 6-6 6',
} as const

export function Icon({ shape }: { readonly shape: keyof typeof shapes }): VNode {
  return html`<svg
    class="icon"
    viewBox="0 0 24 24"
    width="20"
    height="20"
    aria-hidden="true"
    focusable="false"
  >
    <path d=${shapes[shape]} />
  </svg>`
}
