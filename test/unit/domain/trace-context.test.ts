// The rules are those of https://www.w3.org/TR/trace-context-1/, sections 3.2 and 3.3.
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { traceContextIn, traceHeaders, traceRecordHeaders } from '../../../src/domain/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const parent = `00-${traceId}-${spanId}-01`
const zeros = '0'.repeat(32)

const stateOf = (tracestate: unknown): string | undefined =>
  traceContextIn({ traceparent: parent, tracestate })?.traceState

describe('traceparent', () => {
  it.each([
    [parent, 'yes'],
    [`00-${traceId}-${spanId}-00`, 'no'],
    // Flags that this version does not know say nothing.
    [`00-${traceId}-${spanId}-fe`, 'no'],
    [`00-${traceId}-${spanId}-ff`, 'yes'],
    // Versions to come: what is known of them is read, what they append is not.
    [`cc-${traceId}-${spanId}-01`, 'yes'],
    [`cc-${traceId}-${spanId}-01-what the future will be like`, 'yes'],
    [`cc-${traceId}-${spanId}-01-`, 'yes'],
  ])('%s is read', (traceparent, recorded) => {
    const context = { traceId, spanId, recorded, traceState: '' }
    expect(traceContextIn({ traceparent })).toEqual(context)
    expect(traceContextIn({ traceparent: Buffer.from(traceparent) })).toEqual(context)
  })

  it.each<[string, unknown]>([
    ['absent', undefined],
    ['empty', ''],
    ['the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['a trace of zeros', `00-${zeros}-${spanId}-01`],
    ['a span of zeros', `00-${traceId}-${zeros.slice(16)}-01`],
    ['upper case', parent.toUpperCase()],
    ['upper case in one place', parent.replace('f', 'F')],
    ['more than version 00 has', `${parent}-`],
    ['more than version 00 has, with a text', `${parent}-00`],
    ['a later version with more, not behind a hyphen', `cc-${traceId}-${spanId}-01.what`],
    ['a digit too few', parent.slice(0, -1)],
    ['a digit too many', `${parent}0`],
    ['a blank before', ` ${parent}`],
    ['a line feed behind', `${parent}\n`],
    ['version in three digits', `000-${traceId}-${spanId}-01`],
    ['no hexadecimal digit', parent.replace('4bf', '4bg')],
    ['letters that only look alike', parent.replace('a', 'а')],
    ['not text', 7],
    ['two of them', [parent, parent]],
    ['without a value', null],
  ])('that is %s is no trace, and its tracestate is none either', (_what, traceparent) => {
    expect(traceContextIn({ traceparent, tracestate: 'a=1' })).toBeNull()
  })

  it('whatever is given, is read or not, and what is read is written as it was', () => {
    const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
    const nearly = fc.tuple(hex(2), hex(32), hex(16), hex(2)).map((parts) => parts.join('-'))
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string(), fc.string({ unit: 'binary' })), (traceparent) => {
        const context = traceContextIn({ traceparent })
        if (context === null) return
        const [, written = ''] = traceHeaders(context, 'traceparent')
        expect(written.slice(3, 52)).toBe(traceparent.slice(3, 52))
        expect(written).toMatch(/^00-.*-0[01]$/)
      }),
    )
  })
})

describe('tracestate', () => {
  const member = (index: number, length: number): string => `k${index}=`.padEnd(length, 'v')
  const list = (count: number, length: number): string =>
    Array.from({ length: count }, (_, index) => member(index, length)).join()

  it.each<[unknown, string]>([
    ['vendorname=opaqueValue', 'vendorname=opaqueValue'],
    ['a=1, b=2\t,\tc=3', 'a=1,b=2,c=3'],
    [', a=1,,', 'a=1'],
    [[Buffer.from('a=1'), 'b=2'], 'a=1,b=2'],
    ['fw529a3039@dt=FfD1k;x:y', 'fw529a3039@dt=FfD1k;x:y'],
    ['a=b c', 'a=b c'],
    [list(32, 16), list(32, 16).slice(0, 31 * 17 - 1 - 17)],
    ['', ''],
  ])('%p goes along', (given, kept) => {
    expect(stateOf(given)).toBe(kept)
  })

  it.each<[string, unknown]>([
    ['an entry without a value', 'a=1,b'],
    ['an empty value', 'a='],
    ['an equals sign in a value', 'a=1=2'],
    ['a key in upper case', 'A=1'],
    ['a key that begins with a digit and has no tenant', '1a=1'],
    ['a key twice', 'a=1,b=2,a=3'],
    ['more than 32 entries', list(33, 8)],
    ['a control character', 'a=1\u0007'],
    ['a line that would end a header', 'a=1\r\nx-evil: 1'],
    ['letters beyond ASCII', 'a=ключ'],
    ['more than anybody may send', list(32, 16).padEnd(30_000, 'v')],
    ['not text', 7],
  ])('with %s is left behind, and the trace goes on', (_what, given) => {
    expect(stateOf(given)).toBe('')
  })

  it('is cut to 512 characters by whole entries, long ones first, then from the end', () => {
    const long = member(99, 200)
    expect(stateOf(`${long},${list(3, 100)},${member(7, 128)}`)).toBe(`${list(3, 100)},${member(7, 128)}`)
    expect(stateOf(list(20, 100))).toBe(list(5, 100))
    expect(stateOf(member(1, 600))).toBe('')
  })
})

describe('the headers of what a trace leads to', () => {
  const context = { traceId, spanId, recorded: 'yes', traceState: 'a=1' } as const

  it('tell as much as the operator allows', () => {
    expect(traceHeaders(context, 'both')).toEqual(['traceparent', parent, 'tracestate', 'a=1'])
    expect(traceHeaders(context, 'traceparent')).toEqual(['traceparent', parent])
    expect(traceHeaders(context, 'none')).toEqual([])
    expect(traceHeaders(null, 'both')).toEqual([])
    expect(traceHeaders({ ...context, traceState: '' }, 'both')).toEqual(['traceparent', parent])
  })

  it('tell a record of ours all of it', () => {
    const bytes = Object.entries(traceRecordHeaders(context)).map(([name, text]) => [name, Buffer.from(text)])
    expect(traceContextIn(Object.fromEntries(bytes))).toEqual(context)
    expect(traceRecordHeaders({ ...context, traceState: '' })).toEqual({ traceparent: parent })
    expect(traceRecordHeaders(null)).toEqual({})
  })
})
