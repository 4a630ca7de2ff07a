// What any pair of answers comes to: which addresses, in which order, for how long, or which failure.
import { describe, expect, it } from '@jest/globals'
import type { FamilyAnswer, NameFailure } from '../../../src/http/resolution.ts'
import { resolutionOf } from '../../../src/http/resolution.ts'

const some = (ttlS: number, ...addresses: string[]): FamilyAnswer => ({ kind: 'addresses', addresses, ttlS })
const none = (failure: NameFailure): FamilyAnswer => ({ kind: 'failed', failure, code: failure })

describe('two answers', () => {
  it('are one list, IPv4 first, in the order in which they came', () => {
    expect(resolutionOf(some(10, '10.0.0.2', '10.0.0.1'), some(10, 'fd00::1'))).toMatchObject({
      addresses: [
        { address: '10.0.0.2', family: 4 },
        { address: '10.0.0.1', family: 4 },
        { address: 'fd00::1', family: 6 },
      ],
    })
  })

  it.each<[string, FamilyAnswer, FamilyAnswer, number]>([
    ['as long as the one that lasts less', some(20, '10.0.0.1'), some(10, 'fd00::1'), 10_000],
    ['at least a second', some(0, '10.0.0.1'), some(10, 'fd00::1'), 1_000],
    ['at most 30', some(86_400, '10.0.0.1'), some(90_000, 'fd00::1'), 30_000],
    ['as long as the only family there is', some(20, '10.0.0.1'), none('no_data'), 20_000],
    ['the same without IPv4', none('no_such_name'), some(20, 'fd00::1'), 20_000],
    ['no longer than a failure, where half is not known', some(20, '10.0.0.1'), none('timeout'), 5_000],
    ['the same without IPv4', none('server_failure'), some(20, 'fd00::1'), 5_000],
    ['less, where the known half says so', some(2, '10.0.0.1'), none('timeout'), 2_000],
  ])('hold %s', (_what, ipv4, ipv6, holdMs) => {
    expect(resolutionOf(ipv4, ipv6)).toMatchObject({ kind: 'addresses', holdMs })
  })

  it.each<[NameFailure, NameFailure, NameFailure]>([
    ['no_such_name', 'no_such_name', 'no_such_name'],
    ['no_such_name', 'no_data', 'no_data'],
    ['server_failure', 'no_data', 'server_failure'],
    ['server_failure', 'timeout', 'timeout'],
  ])('%s and %s are %s', (one, other, failure) => {
    expect(resolutionOf(none(one), none(other))).toMatchObject({ kind: 'failed', failure })
    expect(resolutionOf(none(other), none(one))).toMatchObject({ kind: 'failed', failure })
  })
})
