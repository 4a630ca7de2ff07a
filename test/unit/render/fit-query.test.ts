import { describe, expect, it } from '@jest/globals'
import type { ParameterName } from '../../../src/domain/parameter-catalogue.ts'
import { fitQuery } from '../../../src/render/fit-query.ts'
import type { EventPair, Fit, QuerySpace } from '../../../src/render/fit-query.ts'
import type { CleanValue } from '../../../src/render/encoder.ts'
import { queryEncoder } from '../../../src/render/query-encoder.ts'
import type { Cuttable } from '../../../src/render/webhook-plan.ts'

function pair(parameter: ParameterName | null, cuttable: Cuttable, value: CleanValue, name = 'n'): EventPair {
  const lead = `${name}=`
  return { lead, value, planned: { lead, parameter, cuttable, value: () => value } }
}

const text = (value: string | null, parameter: ParameterName = 'keyword') => pair(parameter, 'text', value)
const url = (value: string | null, parameter: ParameterName = 'landing_page') => pair(parameter, 'url', value)
const fixed = (value: string) => pair(null, 'never', value)

const queryOf = (pairs: readonly EventPair[]): string => `?${queryEncoder.write(pairs, '').text}`

interface Outcome {
  readonly query: string
  readonly cutValues: readonly ParameterName[]
}

function fitted(
  pairs: readonly EventPair[],
  bytes: number,
  missingValues: QuerySpace['missingValues'] = 'empty',
) {
  const fit: Fit = fitQuery(pairs, { bytes, missingValues })
  if (fit.kind === 'too_long') return fit
  const outcome: Outcome = { query: queryOf(fit.pairs), cutValues: fit.cutValues }
  return outcome
}

const a = (count: number): string => 'a'.repeat(count)

describe('free texts', () => {
  it('are cut at the highest common level, the longest alone where that is enough', () => {
    const pairs = [text(a(100), 'city'), fixed(a(30)), text(a(300)), text(a(200), 'region')]
    const bytes = queryOf(pairs).length
    expect(fitted(pairs, bytes - 10)).toEqual({
      query: queryOf([text(a(100)), fixed(a(30)), text(a(290)), text(a(200))]),
      cutValues: ['keyword'],
    })
    // 121 too many: 100 of the longest, and 11 more of both.
    expect(fitted(pairs, bytes - 121)).toEqual({
      query: queryOf([text(a(100)), fixed(a(30)), text(a(189)), text(a(189))]),
      cutValues: ['keyword', 'region'],
    })
  })

  it('are cut to no less than 64 code points, and shorter ones never', () => {
    const pairs = [text(a(63)), text(a(65)), text(a(500))]
    const least = queryOf([text(a(63)), text(a(64)), text(a(64))]).length
    expect(fitted(pairs, least)).toMatchObject({ query: queryOf([text(a(63)), text(a(64)), text(a(64))]) })
    expect(fitted(pairs, least - 1)).toEqual({ kind: 'too_long', bytes: least })
  })

  it.each([
    ['я', 6],
    ['€', 9],
    ['😀', 12],
    [' ', 3],
    ["'", 1],
    ['~', 1],
    ['+', 3],
    ['%', 3],
  ])('of %s are cut between characters, each of %i bytes', (character, size) => {
    const pairs = [text(character.repeat(100))]
    for (const spare of [0, size - 1]) {
      const bytes = '?n='.length + 80 * size + spare
      expect(fitted(pairs, bytes)).toMatchObject({ query: queryOf([text(character.repeat(80))]) })
    }
  })

  it('that are empty, not known, or megabytes long are no trouble', () => {
    const pairs = [text(''), text(null), text(a(3_000_000)), text('😀'.repeat(1_000_000))]
    const fit = fitted(pairs, 8_000)
    expect(fit).toMatchObject({ cutValues: ['keyword'] })
    // One level more would take 13 bytes.
    expect('query' in fit ? 8_000 - fit.query.length : 13).toBeLessThan(13)
  })

  it('are named once, in their order, however often they are sent', () => {
    const pairs = [text(a(900), 'region'), text(a(900), 'city'), text(a(900), 'region')]
    expect(fitted(pairs, 1_000)).toMatchObject({ cutValues: ['region', 'city'] })
  })
})

describe('URL values', () => {
  it('are left empty only where cutting texts does not suffice, the longest first', () => {
    const pairs = [url(a(200), 'call_page'), text(a(100)), url(a(300)), url(a(250), 'referrer')]
    const cut = (value: number, ...urls: readonly number[]): string =>
      queryOf([url(a(urls[0] ?? 0)), text(a(value)), url(a(urls[1] ?? 0)), url(a(urls[2] ?? 0))])
    const least = cut(64, 200, 300, 250).length
    expect(fitted(pairs, least)).toEqual({ query: cut(64, 200, 300, 250), cutValues: ['keyword'] })
    // What an emptied value frees goes back to the texts.
    expect(fitted(pairs, least - 1)).toEqual({ query: cut(100, 200, 0, 250), cutValues: ['landing_page'] })
    expect(fitted(pairs, least - 300)).toEqual({
      query: cut(64, 200, 0, 250),
      cutValues: ['keyword', 'landing_page'],
    })
    expect(fitted(pairs, least - 301)).toMatchObject({ query: cut(100, 200, 0, 0) })
    expect(fitted(pairs, least - 750)).toEqual({
      query: cut(64, 0, 0, 0),
      cutValues: ['call_page', 'keyword', 'landing_page', 'referrer'],
    })
    expect(fitted(pairs, least - 751)).toEqual({ kind: 'too_long', bytes: least - 750 })
  })

  it('are left out with their names where unknown values are', () => {
    const pairs = [url(a(200)), fixed(a(10))]
    expect(fitted(pairs, 50, 'omit')).toEqual({ query: queryOf([fixed(a(10))]), cutValues: ['landing_page'] })
    expect(fitted(pairs, 12, 'omit')).toEqual({ kind: 'too_long', bytes: 13 })
  })

  it('that are empty already are not named', () => {
    expect(fitted([url(''), url(null), url(a(100), 'referrer')], 20)).toMatchObject({
      cutValues: ['referrer'],
    })
  })

  it('of the same length are left empty in their order', () => {
    expect(fitted([url(a(100), 'referrer'), url(a(100), 'call_page')], 120)).toMatchObject({
      cutValues: ['referrer'],
    })
  })
})

it('touches nothing else, however long it is', () => {
  const pairs = [fixed(a(500)), pair('call_id', 'never', a(500)), pair('tags', 'never', [a(500)])]
  expect(fitted(pairs, 100)).toEqual({ kind: 'too_long', bytes: queryOf(pairs).length })
})

it('has nothing to give where not even the path fits', () => {
  expect(fitted([text(a(100))], -5)).toEqual({ kind: 'too_long', bytes: '?n='.length + 64 })
})
