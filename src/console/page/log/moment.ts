// A moment that is read by people and by programs.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { exactTime } from '../relative-time.ts'
import { useWording } from '../wording.ts'
import { momentText } from './amounts.ts'

/** `at`: ISO 8601. */
export function Moment({ at }: { readonly at: string }): VNode {
  const { language } = useWording()
  const atMs = Date.parse(at)
  return html`<time datetime=${at} title=${exactTime(atMs, language)}>${momentText(atMs, language)}</time>`
}
