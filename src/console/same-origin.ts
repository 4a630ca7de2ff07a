// Whether a request may come from where it comes: against pages of other sites that aim a visitor's browser at the
// console, and against names of strangers that are pointed at this machine (DNS rebinding).
import type { IncomingHttpHeaders } from 'node:http'
import type { Authentication } from './authentication.ts'
import { isLoopback } from './authentication.ts'

export interface Arriving {
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

/** Null where nothing speaks against it. */
export type OriginRefusal = 'foreign_host' | 'cross_site' | null

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** `authentication`: without one, whatever reaches this machine is served, so the name it asks for must be ours. */
export function originRefusal(
  { method, headers }: Arriving,
  authentication: Authentication['kind'],
): OriginRefusal {
  if (authentication === 'none' && !isLoopback(hostName(headers.host))) return 'foreign_host'
  if (reading.has(method)) return null
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'cross_site'
  const { origin } = headers
  if (origin === undefined || ourHosts(headers, authentication).includes(hostOf(origin))) return null
  return 'cross_site'
}

/** Without the port; an empty text is nobody's name. */
function hostName(host: string | undefined): string {
  return (host ?? '').replace(/:\d{1,5}$/, '')
}

/** A proxy may ask under a name of its own and say in a header under which it was asked. */
function ourHosts(headers: IncomingHttpHeaders, authentication: Authentication['kind']): readonly string[] {
  const forwarded = authentication === 'proxy' ? headers['x-forwarded-host'] : undefined
  const names = typeof forwarded === 'string' ? [headers.host, forwarded] : [headers.host]
  return names.flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]))
}

/** Not a scheme's default port, as in a Host header. `null`, which browsers send for opaque origins, has none. */
function hostOf(origin: string): string {
  return URL.parse(origin)?.host ?? ''
}
