// The path of a webhook, from what a client typed to what stands on the request line.
// Invariant: it begins with a slash, holds neither query nor fragment, and joined to an origin leaves it untouched.
import type { WebhookFault } from './webhook-fault.ts'
import { webhookLimits } from './webhook-rules.ts'

export type PathReading =
  | { readonly kind: 'path'; readonly path: string }
  /** Says nothing of the path itself: it may hold a secret. */
  | { readonly kind: 'fault'; readonly fault: WebhookFault }

const { pathBytes } = webhookLimits
const allowedForm = 'all that stands before "?", without "#" and control characters'
const allowedLength = `at most ${pathBytes} bytes, in which a Cyrillic letter takes 6`

/** With or without its leading slash, percent-encoded or as people write it. */
export function readPath(text: string): PathReading {
  // Encoding shortens nothing but `..`, and nobody needs 2,048 characters of that.
  if (text.length > pathBytes) return fault('length', `has ${text.length} characters`, allowedLength)
  const found = /[?#]|\p{Cc}/u.exec(text)
  if (found !== null) {
    const what = found[0] === '?' || found[0] === '#' ? `"${found[0]}"` : 'a control character'
    return fault('form', `contains ${what}`, allowedForm)
  }
  // Let the URL parser encode Cyrillic and spaces, read a backslash as a slash and resolve dots as a browser would,
  // then take back only the path.
  const url = new URL('http://path.invalid')
  url.pathname = /^[/\\]/.test(text) ? text : `/${text}`
  const path = url.pathname
  return path.length > pathBytes
    ? fault('length', `takes ${path.length} bytes as it is sent`, allowedLength)
    : { kind: 'path', path }
}

function fault(rule: WebhookFault['rule'], found: string, allowed: string): PathReading {
  return { kind: 'fault', fault: { path: 'path', rule, found, allowed } }
}
