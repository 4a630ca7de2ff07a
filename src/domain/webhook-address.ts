// "Host, port and protocol", the one field in which a client says where requests go, and its three parts.
// Invariant: what is read is what is dialled. The WHATWG parser has the last word on what a host is, so no disguise
// (other digits, full-width letters, odd IPv4 forms) reaches those who judge addresses later.
import type { WebhookFault } from './webhook-fault.ts'
import type { Protocol, WebhookRules } from './webhook-rules.ts'
import { defaultPorts, protocols, webhookLimits } from './webhook-rules.ts'

export interface Address {
  readonly protocol: Protocol
  /** ASCII in lower case; IPv4 in dotted form, IPv6 in brackets. */
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
}

export type AddressReading =
  | ({ readonly kind: 'address' } & Address)
  /** Its path is `address`. */
  | { readonly kind: 'fault'; readonly fault: WebhookFault }

/** What is wrong with a part, whatever the field is called. */
type Refusal = Omit<WebhookFault, 'path'>

const { addressLength, hostLength, minPort, maxPort } = webhookLimits
const allowedForm =
  'a domain or an IP address, with http:// or https:// before it and :port behind it where needed'
const allowedHost = 'a domain name, an IPv4 address, or an IPv6 address'
const allowedPort = `a whole number from ${minPort} to ${maxPort}`

/** `mysite.ru`, `https://mysite.ru`, `mysite.ru:8080`, `1.2.3.4`, `[::1]:81`; without more it is http on port 80. */
export function parseAddress(text: string, rules: WebhookRules): AddressReading {
  if (text.length > addressLength) {
    return fault({
      rule: 'length',
      found: `has ${text.length} characters`,
      allowed: `at most ${addressLength}`,
    })
  }
  const trimmed = text.trim()
  if (trimmed === '') return fault({ rule: 'required', found: 'is empty', allowed: allowedForm })
  if (/\p{Cc}/u.test(trimmed)) return malformed('contains a control character')
  if (trimmed.includes('\\')) return malformed('contains a backslash')
  const [, scheme, rest = ''] = /^(?:([^/?#@[\]]*):\/\/)?(.*)$/s.exec(trimmed) ?? []
  const protocol = scheme === undefined ? 'http' : protocols.find((one) => one === scheme.toLowerCase())
  if (protocol === undefined) {
    return fault({
      rule: 'one_of',
      found: 'has a protocol that is not known',
      allowed: 'http:// or https://',
    })
  }
  if (scheme === undefined && /^https?:(?!\d+\/?$)/i.test(rest))
    return malformed('has no "//" after its protocol')
  const end = rest.search(/[/?#]/)
  const authority = end === -1 ? rest : rest.slice(0, end)
  const surplus = end === -1 ? null : surplusOf(rest.slice(end))
  if (authority.includes('@')) {
    const allowed = 'the host alone; credentials belong into the field "authentication"'
    return fault({ rule: 'form', found: 'contains "@"', allowed })
  }
  if (authority === '') return fault({ rule: 'required', found: 'has no host', allowed: allowedForm })
  if (surplus !== null) return fault(surplus)
  return addressOf(protocol, authority, rules)
}

/** With its protocol, a default port left out: `https://mysite.ru`, `http://[::1]:81`. */
export function formatAddress({
  protocol,
  host,
  port,
}: {
  readonly protocol: Protocol | 'unknown'
  readonly host: string
  readonly port: number
}): string {
  const isDefault = protocol !== 'unknown' && port === defaultPorts[protocol]
  return `${protocol}://${isBareIpv6(host) ? `[${host}]` : host}${isDefault ? '' : `:${port}`}`
}

export type HostReading =
  { readonly kind: 'host'; readonly host: string } | { readonly kind: 'refused'; readonly refusal: Refusal }

const ipv6 = /^\[.*\]$/
/** Labels of 1 to 63 characters as DNS has them, and the underscore that it tolerates; the root's dot may follow. */
const domainName = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/
/** A host without any of these cannot smuggle user-info, a path or a port into the address. */
const foreign = /[\s/?#@\\%<>^|]|\p{Cc}|^$/u

/** A host of its own, an IPv6 address with or without its brackets. */
export function readHost(text: string): HostReading {
  const notOne: HostReading = {
    kind: 'refused',
    refusal: { rule: 'form', found: 'is not a host', allowed: allowedHost },
  }
  if (text.length > addressLength) return tooLong(text)
  if (foreign.test(text)) return notOne
  // With a port behind it, so that a port within the text is no way in.
  const host = URL.parse(`http://${isBareIpv6(text) ? `[${text}]` : text}:1`)?.hostname
  if (host === undefined || !(ipv6.test(host) || domainName.test(host))) return notOne
  return host.length > hostLength ? tooLong(host) : { kind: 'host', host }
}

function tooLong(host: string): HostReading {
  const found = `has ${host.length} characters`
  return { kind: 'refused', refusal: { rule: 'length', found, allowed: `at most ${hostLength}` } }
}

/** What is wrong with a port, or null. */
export function portRefusal(port: number, { blockedPorts }: WebhookRules): Refusal | null {
  if (!Number.isInteger(port) || port < minPort || port > maxPort) {
    return { rule: 'range', found: `is ${port}`, allowed: allowedPort }
  }
  if (!blockedPorts.has(port)) return null
  return {
    rule: 'reserved',
    found: `is ${port}, which is blocked`,
    allowed: 'a port on which HTTP is spoken',
  }
}

function addressOf(protocol: Protocol, authority: string, rules: WebhookRules): AddressReading {
  const { hostText, portText } = splitAuthority(authority)
  if (hostText === '') return fault({ rule: 'required', found: 'has no host', allowed: allowedForm })
  const reading = readHost(hostText)
  if (reading.kind === 'refused') {
    const { rule, found, allowed } = reading.refusal
    if (rule !== 'length') return fault({ rule, found, allowed: allowedForm })
    return fault({ rule, found: `has a host that ${found}`, allowed })
  }
  const { host } = reading
  if (portText === null) return { kind: 'address', protocol, host, port: defaultPorts[protocol] }
  if (portText === '') {
    return fault({ rule: 'form', found: 'has no port after its colon', allowed: allowedPort })
  }
  if (!/^\d+$/.test(portText)) {
    return fault({ rule: 'form', found: 'has a port that is not a number', allowed: allowedPort })
  }
  const port = Number(portText)
  const refusal = portRefusal(port, rules)
  if (refusal === null) return { kind: 'address', protocol, host, port }
  // Digits that are no port may be anything, a secret included.
  const found =
    refusal.rule === 'range' ? 'has a port outside its range' : `has port ${port}, which is blocked`
  return fault({ ...refusal, found })
}

/** `portText` is null without a colon; more than one colon without brackets is an IPv6 address alone. */
function splitAuthority(authority: string): { readonly hostText: string; readonly portText: string | null } {
  const bracket = authority.startsWith('[') ? authority.indexOf(']') : -1
  const colon = authority.indexOf(':', Math.max(bracket, 0))
  const isBare = bracket === -1 && colon !== authority.lastIndexOf(':')
  if (colon === -1 || isBare) return { hostText: authority, portText: null }
  return { hostText: authority.slice(0, colon), portText: authority.slice(colon + 1) }
}

/** What follows the authority; null for the lone slash that comes with an address copied from a browser. */
function surplusOf(tail: string): Refusal | null {
  const stop = tail.search(/[?#]/)
  const path = stop === -1 ? tail : tail.slice(0, stop)
  if (path.length > 1) {
    return {
      rule: 'form',
      found: 'contains a path',
      allowed: 'the host alone; a path belongs into the field "path"',
    }
  }
  if (stop === -1) return null
  const allowed =
    tail[stop] === '?' ? 'the host alone; what is sent belongs into the field "parameters"' : 'the host alone'
  return { rule: 'form', found: `contains "${tail[stop]}"`, allowed }
}

function isBareIpv6(host: string): boolean {
  return host.includes(':') && !host.startsWith('[')
}

function malformed(found: string): AddressReading {
  return fault({ rule: 'form', found, allowed: allowedForm })
}

function fault(refusal: Refusal): AddressReading {
  return { kind: 'fault', fault: { path: 'address', ...refusal } }
}
