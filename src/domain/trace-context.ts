// Where work stands in a trace, as W3C Trace Context (Level 1) writes it in headers of records and requests.
// Invariant: what does not follow the rules to the letter is no trace; nothing of it is passed on.

export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string
  /** Of what led here: 16 of them, not all zero. */
  readonly spanId: string
  /** Whether whoever began the trace records it. */
  readonly recorded: 'yes' | 'no'
  /** The vendors' own entries, at most 512 characters; empty: none. */
  readonly traceState: string
}

/** Headers with text or bytes as values, as records have them. */
type Headers = Readonly<Record<string, unknown>>

const parentHeader = 'traceparent'
const stateHeader = 'tracestate'

/** A version to come may append fields behind a further hyphen. */
const parentPattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/s

/** Null: there is none, several, or one that is against the rules. */
export function traceContextIn(headers: Headers): TraceContext | null {
  const given = headers[parentHeader]
  if (given === undefined) return null
  const [, version, traceId = '', spanId = '', flags = '', more] = parentPattern.exec(textOf(given)) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return null
  if (isZero(traceId) || isZero(spanId)) return null
  const recorded = Number.parseInt(flags, 16) % 2 === 1 ? 'yes' : 'no'
  return { traceId, spanId, recorded, traceState: traceStateIn(headers[stateHeader]) }
}

/** What of a context goes along: `both` may hold what vendors wrote for each other. */
export type Propagation = 'none' | 'traceparent' | 'both'

/** Name, value, name, value …, as of version 00; of the flags only the one that it knows. */
export function traceHeaders(context: TraceContext | null, propagation: Propagation): readonly string[] {
  if (context === null || propagation === 'none') return []
  const { traceId, spanId, recorded, traceState } = context
  const parent = [parentHeader, `00-${traceId}-${spanId}-0${recorded === 'yes' ? 1 : 0}`]
  return propagation === 'both' && traceState !== '' ? [...parent, stateHeader, traceState] : parent
}

/** The whole of it, for a record of ours. */
export function traceRecordHeaders(context: TraceContext | null): Readonly<Record<string, string>> {
  const [, parent, , state] = traceHeaders(context, 'both')
  if (parent === undefined) return {}
  return state === undefined ? { [parentHeader]: parent } : { [parentHeader]: parent, [stateHeader]: state }
}

const maxMembers = 32
const maxStateLength = 512
/** Of an entry; where there is too much, longer ones go first. */
const longMember = 128
/** Nothing that is longer is looked at: 32 entries of 513 characters and what may stand between them. */
const maxGivenLength = 20_000

/** A vendor's key, or a tenant's at a vendor's; then up to 256 visible characters but comma and equals sign. */
const memberPattern =
  /^(?:[a-z][a-z\d_\-*/]{0,255}|[a-z\d][a-z\d_\-*/]{0,240}@[a-z][a-z\d_\-*/]{0,13})=[ !-+\--<>-~]{0,255}[!-+\--<>-~]$/

/** One entry against the rules voids all, and no more: the trace itself goes on. */
function traceStateIn(given: unknown): string {
  const text = Array.isArray(given) ? given.map(textOf).join() : textOf(given)
  if (text === '' || text.length > maxGivenLength) return ''
  const members = text
    .split(',')
    .map((member) => member.replaceAll(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '')
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))))
  if (members.length > maxMembers || keys.size < members.length) return ''
  return members.every((member) => memberPattern.test(member)) ? shortened(members) : ''
}

function shortened(members: readonly string[]): string {
  const all = members.join()
  if (all.length <= maxStateLength) return all
  const kept: string[] = []
  let length = -1
  for (const member of members.filter(({ length }) => length <= longMember)) {
    length += member.length + 1
    if (length > maxStateLength) break
    kept.push(member)
  }
  return kept.join()
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits)
}

/** Empty where it is none. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : ''
}
