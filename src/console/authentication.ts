// Which account asks. Invariants: without an authentication nobody beyond this machine is served; a header names an
// account only where it comes from a trusted proxy, and once; a token is compared by its digest, all of them each
// time, so that the time of an answer tells nothing, and is never kept, logged or told.
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Settings } from '../settings/schema.ts'
import { ConsoleRefused } from './console-refused.ts'

export interface Authentication {
  readonly kind: 'none' | 'proxy' | 'token'
  /** Null: it is not known who asks. */
  accountOf(request: Asking): string | null
}

/** What of a request tells who asks. */
export type Asking = Pick<IncomingMessage, 'headers' | 'rawHeaders'> & {
  readonly socket: { readonly remoteAddress?: string | undefined }
}

type ConsoleSettings = Pick<
  Settings['console'],
  'host' | 'authentication' | 'account' | 'accountHeader' | 'trustedProxies' | 'tokensFile'
>

/** As long as an account's id may be. */
const maxAccountLength = 200
/** A token that can be guessed is none. */
const leastTokenLength = 16

/** @throws ConsoleRefused, with one line. */
export function createAuthentication(settings: ConsoleSettings): Authentication {
  switch (settings.authentication) {
    case 'none':
      return nobodyAsked(settings)
    case 'proxy':
      return trustedHeader(settings)
    case 'token':
      return bearerToken(settings)
  }
}

/** A name or an address of this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost') return true
  const version = isIP(bare)
  return version !== 0 && loopback.check(bare, version === 4 ? 'ipv4' : 'ipv6')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function nobodyAsked({ host, account }: ConsoleSettings): Authentication {
  if (!isLoopback(host)) {
    throw new ConsoleRefused(
      `console.host (CONSOLE_HOST) is ${host}, and console.authentication (CONSOLE_AUTHENTICATION) is none: beyond this machine the console needs proxy or token`,
    )
  }
  return { kind: 'none', accountOf: () => account }
}

function trustedHeader({ accountHeader, trustedProxies }: ConsoleSettings): Authentication {
  const trusted = new BlockList()
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(prefix), family)
  }
  return {
    kind: 'proxy',
    accountOf({ headers, rawHeaders, socket }) {
      const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
      const version = isIP(peer)
      if (version === 0 || !trusted.check(peer, version === 4 ? 'ipv4' : 'ipv6')) return null
      // A client's own beside the proxy's: Node.js would join the two, and which is whose cannot be told.
      const times = rawHeaders.filter(
        (name, at) => at % 2 === 0 && name.toLowerCase() === accountHeader,
      ).length
      const value = headers[accountHeader]
      return times === 1 && typeof value === 'string' && isAccount(value) ? value : null
    },
  }
}

function bearerToken({ tokensFile }: ConsoleSettings): Authentication {
  const accounts = readTokens(tokensFile)
  return {
    kind: 'token',
    accountOf({ headers }) {
      const [, token] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? []
      if (token === undefined) return null
      const asked = digestOf(token)
      let account: string | null = null
      for (const [digest, owner] of accounts) if (timingSafeEqual(digest, asked)) account = owner
      return account
    },
  }
}

function readTokens(path: string): readonly (readonly [Buffer, string])[] {
  const refuse = (fault: string): ConsoleRefused =>
    new ConsoleRefused(`console.tokensFile (CONSOLE_TOKENS_FILE): ${fault}`)
  if (path === '') throw refuse('missing, but console.authentication is token')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown }
    throw refuse(`the file "${path}" cannot be read (${typeof code === 'string' ? code : 'no reason given'})`)
  }
  const allowed = `allowed: an object of accounts by token, each token of at least ${leastTokenLength} visible characters`
  let tokens: unknown
  try {
    tokens = JSON.parse(text)
  } catch {
    // The parser quotes what it met, and that would be a token.
    throw refuse(`the file "${path}" is not JSON; ${allowed}`)
  }
  if (typeof tokens !== 'object' || tokens === null || Array.isArray(tokens)) {
    throw refuse(`the file "${path}" holds no object; ${allowed}`)
  }
  const entries = Object.entries(tokens as Record<string, unknown>)
  if (entries.length === 0) throw refuse(`the file "${path}" holds no token; ${allowed}`)
  return entries.map(([token, account], index) => {
    if (token.length < leastTokenLength || !/^[!-~]+$/.test(token)) {
      throw refuse(`token ${index + 1} of the file "${path}" is too short or no visible text; ${allowed}`)
    }
    if (typeof account !== 'string' || account === '' || account.length > maxAccountLength) {
      throw refuse(`the account of token ${index + 1} of the file "${path}" is no text; ${allowed}`)
    }
    return [digestOf(token), account] as const
  })
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Visible ASCII: a header's other bytes mean one thing to the proxy and another here. */
function isAccount(value: string): boolean {
  return value.length <= maxAccountLength && /^[!-~]+$/.test(value)
}
